#include "instantiate/initialisers.h"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "eval/evaluate.h"

namespace modelc::instantiate {

namespace {

/// PyTorch's fan in and fan out of a weight: the first two dimensions and the receptive field.
std::pair<double, double> fans(const std::vector<std::int64_t>& shape) {
  if (shape.size() < 2)
    return {shape.empty() ? 1.0 : static_cast<double>(shape[0]), shape.empty() ? 1.0 : static_cast<double>(shape[0])};
  double field = 1;
  for (std::size_t i = 2; i < shape.size(); ++i) field *= static_cast<double>(shape[i]);
  return {static_cast<double>(shape[1]) * field, static_cast<double>(shape[0]) * field};
}

/// torch.nn.init.calculate_gain.
double gain_of(const std::string& nonlinearity, double a) {
  if (nonlinearity == "relu") return std::sqrt(2.0);
  if (nonlinearity == "tanh") return 5.0 / 3;
  if (nonlinearity == "leaky_relu") return std::sqrt(2.0 / (1 + a * a));
  if (nonlinearity == "selu") return 3.0 / 4;
  return 1;
}

}  // namespace

std::optional<ops::Init> initialiser(Context& c, const ast::ExprPtr& expr, const std::vector<std::int64_t>& shape,
                                     const Scope& scope, bool report) {
  const ast::Expr* e = expr.get();
  const ast::Expr* callee = e->kind == ast::ExprKind::Call ? e->children[0].get() : e;
  if (callee->kind != ast::ExprKind::Name) return std::nullopt;
  std::string name = callee->text;
  if (!name.empty() && name.back() == '_') name.pop_back();
  static const std::set<std::string> names = {"zeros",
                                              "ones",
                                              "constant",
                                              "uniform",
                                              "normal",
                                              "kaiming_uniform",
                                              "kaiming_normal",
                                              "xavier_uniform",
                                              "xavier_normal",
                                              "full",
                                              "trunc_normal",
                                              "orthogonal",
                                              "eye",
                                              "dirac"};
  if (!names.count(name)) return std::nullopt;
  Arguments args;
  if (e->kind == ast::ExprKind::Call) {
    auto given = evaluate_arguments(c, *e, scope);
    if (!given) return ops::Init::zeros();
    args = std::move(*given);
  }
  // `zeros(n, heads)` names sizes: an expression, not an initialiser.
  if ((name == "zeros" || name == "ones" || name == "eye" || name == "full") && !args.empty()) return std::nullopt;
  const auto get = [&](std::size_t position, const char* key, double otherwise) {
    std::size_t p = 0;
    for (const GivenArgument& a : args) {
      if (a.name == key || (a.name.empty() && p == position)) {
        if (a.value.is_int() || a.value.kind == Value::Float) return a.value.as_double();
      }
      if (a.name.empty()) ++p;
    }
    return otherwise;
  };
  const auto word = [&](const char* key, const std::string& otherwise) {
    for (const GivenArgument& a : args) {
      if (a.name == key && a.value.kind == Value::String) return a.value.text;
    }
    return otherwise;
  };
  const auto [fan_in, fan_out] = fans(shape);
  if (name == "zeros") return ops::Init::zeros();
  if (name == "ones") return ops::Init::ones();
  if (name == "constant") return ops::Init::fill(get(0, "val", 0));
  if (name == "uniform") {
    ops::Init i;
    i.kind = ops::Init::Uniform;
    i.a = get(0, "a", 0);
    i.b = get(1, "b", 1);
    return i;
  }
  if (name == "normal") return ops::Init::normal(get(0, "mean", 0), get(1, "std", 1));
  const double gain = get(0, "gain", 1);
  if (name == "xavier_uniform")
    return ops::Init::uniform(std::sqrt(3.0) * (gain * std::sqrt(2.0 / (fan_in + fan_out))));
  if (name == "xavier_normal") return ops::Init::normal(0, gain * std::sqrt(2.0 / (fan_in + fan_out)));
  if (name == "kaiming_uniform" || name == "kaiming_normal") {
    const double fan = word("mode", "fan_in") == "fan_out" ? fan_out : fan_in;
    const double std = gain_of(word("nonlinearity", "leaky_relu"), get(0, "a", 0)) / std::sqrt(fan);
    return name == "kaiming_uniform" ? ops::Init::uniform(std::sqrt(3.0) * std) : ops::Init::normal(0, std);
  }
  if (report) c.sink.report(expr->span, diag::NotSupportedYet, fmt::format("the initialiser `{}`", name));
  return ops::Init::zeros();
}

}  // namespace modelc::instantiate

#include "instantiate/initial_value.h"

#include <fmt/format.h>

#include <cmath>

namespace modelc::instantiate {

namespace {

using catalogue::InitialiserId;

struct Fans {
  double in = 0, out = 0;
};

/// PyTorch's fans of a weight: its first two dimensions times the receptive field.
Fans fans_of(const std::vector<std::int64_t>& shape) {
  double field = 1;
  for (std::size_t i = 2; i < shape.size(); ++i) field *= static_cast<double>(shape[i]);
  return {static_cast<double>(shape[1]) * field, static_cast<double>(shape[0]) * field};
}

/// torch.nn.init.calculate_gain.
double gain_of(const std::string& nonlinearity, double a) {
  const std::pair<std::string_view, double> gains[] = {
      {"relu", std::sqrt(2.0)}, {"tanh", 5.0 / 3}, {"leaky_relu", std::sqrt(2.0 / (1 + a * a))}, {"selu", 3.0 / 4}};
  for (const auto& [name, gain] : gains)
    if (nonlinearity == name) return gain;
  return 1;
}

bool reads_fans(InitialiserId id) {
  switch (id) {
    case InitialiserId::KaimingUniform:
    case InitialiserId::KaimingNormal:
    case InitialiserId::XavierUniform:
    case InitialiserId::XavierNormal:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::optional<ops::Init> initial_value(const catalogue::Entry& entry, const std::vector<catalogue::Actual>& args,
                                       const std::vector<std::int64_t>& shape, support::Span at,
                                       diagnostics::Sink& sink) {
  if (catalogue::refuse_not_yet(entry, at, sink)) return std::nullopt;
  const catalogue::Bound bound = catalogue::bind(catalogue::signature_of(entry), args, at, sink);
  if (!bound.usable()) return std::nullopt;
  const auto number = [&](std::string_view name) { return bound.value(name).as_double(); };
  const auto id = catalogue::id_of<InitialiserId>(entry);
  if (reads_fans(id) && shape.size() < 2) {
    sink.report(at, diag::InitialiserRank, entry.name, fmt::format("[{}]", fmt::join(shape, ", ")))
        .help("vectors and numbers start from `zeros`, `ones`, `constant`, `uniform` or `normal`");
    return std::nullopt;
  }
  switch (id) {
    case InitialiserId::Zeros:
      return ops::Init::zeros();
    case InitialiserId::Ones:
      return ops::Init::ones();
    case InitialiserId::Constant:
      return ops::Init::fill(number("val"));
    case InitialiserId::Uniform:
    case InitialiserId::TruncNormal: {
      ops::Init init;
      if (id == InitialiserId::Uniform) {
        init.kind = ops::Init::Uniform;
        init.a = number("a"), init.b = number("b");
      } else {
        init.kind = ops::Init::TruncatedNormal;
        init.a = number("mean"), init.b = number("std");
        init.values = {number("a"), number("b")};
      }
      if (number("a") <= number("b")) return init;
      const auto given = bound.argument("b");
      sink.report(given ? args[*given].span : at, diag::ArgumentRange, "b", entry.name, bound.value("b").str(),
                  fmt::format("at least {}, which is `a`", bound.value("a").str()));
      return std::nullopt;
    }
    case InitialiserId::Normal:
      return ops::Init::normal(number("mean"), number("std"));
    case InitialiserId::XavierUniform:
    case InitialiserId::XavierNormal: {
      const Fans fans = fans_of(shape);
      const double std = number("gain") * std::sqrt(2.0 / (fans.in + fans.out));
      if (id == InitialiserId::XavierNormal) return ops::Init::normal(0, std);
      return ops::Init::uniform(std::sqrt(3.0) * std);
    }
    case InitialiserId::KaimingUniform:
    case InitialiserId::KaimingNormal: {
      const Fans fans = fans_of(shape);
      const double fan = bound.value("mode") == types::Constant("fan_out") ? fans.out : fans.in;
      const double std = gain_of(bound.value("nonlinearity").as_string(), number("a")) / std::sqrt(fan);
      if (id == InitialiserId::KaimingNormal) return ops::Init::normal(0, std);
      return ops::Init::uniform(std::sqrt(3.0) * std);
    }
    case InitialiserId::Orthogonal:  // refused above
    case InitialiserId::Eye:
    case InitialiserId::Dirac:
      break;
  }
  return std::nullopt;
}

}  // namespace modelc::instantiate

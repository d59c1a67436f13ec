// Arithmetic, comparison and logic, element by element. A static number stands as a wrapped 0-dim tensor, which
// promotes as PyTorch's numbers do.
#include <ATen/Functions.h>

#include "kernels/bind.h"

namespace modelc::kernels {
namespace {

using at::Tensor;

/// Python writes `2 - x` as a method of the tensor; the numbers must be those.
Kernel divide(const NodeView& n) {
  auto x = n.tensor("input"), y = n.tensor("other");
  if (n.has("rounding_mode")) {
    return single(n, [x, y, mode = n.arg("rounding_mode").as_string()](const Frame& f) {
      return at::div(x(f), y(f), c10::string_view(mode));
    });
  }
  if (!n.is_tensor("input") && n.is_tensor("other")) {
    return single(n, [x, y](const Frame& f) { return y(f).reciprocal() * x(f); });  // Tensor.__rdiv__
  }
  return single(n, [x, y](const Frame& f) { return at::div(x(f), y(f)); });
}

/// A static exponent has kernels of its own (a square is a product), and another gradient.
Kernel power(const NodeView& n) {
  auto x = n.tensor("input"), e = n.tensor("other");
  const auto is_number = [&](std::string_view name) {
    return !n.is_tensor(name) && (n.arg(name).is_int() || n.arg(name).is_float());
  };
  if (is_number("other")) {
    return single(n, [x, a = scalar(n.arg("other"))](const Frame& f) { return at::pow(x(f), a); });
  }
  if (is_number("input")) {
    return single(n, [e, a = scalar(n.arg("input"))](const Frame& f) { return at::pow(a, e(f)); });
  }
  return single(n, [x, e](const Frame& f) { return at::pow(x(f), e(f)); });
}

/// add and sub, `alpha` scaling the other.
template <class F>
Lowering scaled(F f) {
  return [f](const NodeView& n) {
    const at::Scalar alpha = maybe_scalar(n, "alpha").value_or(1);
    return single(n, [f, alpha, x = n.tensor("input"), y = n.tensor("other")](const Frame& fr) {
      return f(x(fr), y(fr), alpha);
    });
  };
}

Kernel clamp(const NodeView& n) {
  auto x = n.tensor("input");
  if (n.is_tensor("min") || n.is_tensor("max")) {
    return single(n, [x, low = n.tensor("min"), high = n.tensor("max")](const Frame& f) {
      return at::clamp(x(f), maybe(low(f)), maybe(high(f)));
    });
  }
  const bool least = n.has("min"), most = n.has("max");
  return single(n, [=, low = scalar_of(n, "min"), high = scalar_of(n, "max")](const Frame& f) {
    return at::clamp(x(f), least ? c10::make_optional(low(f)) : c10::nullopt,
                     most ? c10::make_optional(high(f)) : c10::nullopt);
  });
}

Kernel masked_fill(const NodeView& n) {
  auto x = n.tensor("input"), mask = n.tensor("mask");
  if (n.is_tensor("value")) {
    return single(
        n, [x, mask, value = n.tensor("value")](const Frame& f) { return at::masked_fill(x(f), mask(f), value(f)); });
  }
  return single(
      n, [x, mask, value = scalar_of(n, "value")](const Frame& f) { return at::masked_fill(x(f), mask(f), value(f)); });
}

Kernel where(const NodeView& n) {
  return single(n, [c = n.tensor("condition"), x = n.tensor("input"), y = n.tensor("other"), dtype = result_dtype(n)](
                       const Frame& f) { return at::where(c(f).to(at::kBool), x(f).to(dtype), y(f).to(dtype)); });
}

}  // namespace

// One line per function that is called as ATen calls it.
#define MODELC_UNARY(name) lowerings.add(#name, unary([](const Tensor& x) { return at::name(x); }))
#define MODELC_BINARY(name) \
  lowerings.add(#name, binary([](const Tensor& x, const Tensor& y) { return at::name(x, y); }))

void lower_elementwise(Lowerings& lowerings) {
  MODELC_UNARY(neg);
  MODELC_UNARY(abs);
  MODELC_UNARY(exp);
  MODELC_UNARY(log);
  MODELC_UNARY(log2);
  MODELC_UNARY(log10);
  MODELC_UNARY(log1p);
  MODELC_UNARY(expm1);
  MODELC_UNARY(sqrt);
  MODELC_UNARY(rsqrt);
  MODELC_UNARY(square);
  MODELC_UNARY(sin);
  MODELC_UNARY(cos);
  MODELC_UNARY(tan);
  MODELC_UNARY(erf);
  MODELC_UNARY(floor);
  MODELC_UNARY(ceil);
  MODELC_UNARY(round);
  MODELC_UNARY(sign);
  MODELC_UNARY(reciprocal);
  MODELC_UNARY(logical_not);
  MODELC_UNARY(bitwise_not);
  MODELC_UNARY(isnan);
  MODELC_UNARY(isinf);
  MODELC_UNARY(isfinite);
  MODELC_BINARY(mul);
  MODELC_BINARY(floor_divide);
  MODELC_BINARY(remainder);
  MODELC_BINARY(maximum);
  MODELC_BINARY(minimum);
  MODELC_BINARY(eq);
  MODELC_BINARY(ne);
  MODELC_BINARY(lt);
  MODELC_BINARY(le);
  MODELC_BINARY(gt);
  MODELC_BINARY(ge);
  MODELC_BINARY(logical_and);
  MODELC_BINARY(logical_or);
  MODELC_BINARY(bitwise_and);
  MODELC_BINARY(bitwise_or);
  lowerings.add("add", scaled([](const Tensor& x, const Tensor& y, const at::Scalar& a) { return at::add(x, y, a); }));
  lowerings.add("sub", scaled([](const Tensor& x, const Tensor& y, const at::Scalar& a) { return at::sub(x, y, a); }));
  lowerings.add("div", divide);
  lowerings.add("pow", power);
  lowerings.add("clamp", clamp);
  lowerings.add("clip", clamp);
  lowerings.add("masked_fill", masked_fill);
  lowerings.add("where", where);
}

#undef MODELC_UNARY
#undef MODELC_BINARY

}  // namespace modelc::kernels

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
  auto x = n.tensor("input"), e = n.tensor("exponent");
  const auto is_number = [&](std::string_view name) {
    return !n.is_tensor(name) && (n.arg(name).is_int() || n.arg(name).is_float());
  };
  if (is_number("exponent")) {
    return single(n, [x, a = scalar(n.arg("exponent"))](const Frame& f) { return at::pow(x(f), a); });
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

Kernel lerp(const NodeView& n) {
  auto x = n.tensor("input"), end = n.tensor("end");
  if (n.is_tensor("weight"))
    return single(n, [x, end, w = n.tensor("weight")](const Frame& f) { return at::lerp(x(f), end(f), w(f)); });
  return single(n, [x, end, w = scalar_of(n, "weight")](const Frame& f) { return at::lerp(x(f), end(f), w(f)); });
}

/// `f(input, tensor1, tensor2, value)`.
template <class F>
Lowering added(F f) {
  return [f](const NodeView& n) {
    return single(n, [f, x = n.tensor("input"), a = n.tensor("tensor1"), b = n.tensor("tensor2"),
                      value = n.number("value"), whole = !types::is_floating(n.result_type(0).dtype)](const Frame& fr) {
      return f(x(fr), a(fr), b(fr), whole ? at::Scalar(static_cast<std::int64_t>(value)) : at::Scalar(value));
    });
  };
}

/// `f(input, bound)`, the bound a tensor or a number.
template <class F>
Lowering bounded(std::string name, F f) {
  return [f, name = std::move(name)](const NodeView& n) -> Kernel {
    auto x = n.tensor("input");
    if (n.is_tensor(name)) return single(n, [f, x, b = n.tensor(name)](const Frame& fr) { return f(x(fr), b(fr)); });
    return single(n, [f, x, b = scalar_of(n, name)](const Frame& fr) { return f(x(fr), b(fr)); });
  };
}

/// Of one tensor, or three, and static numbers.
void lower_numbered(Lowerings& lowerings) {
  lowerings.add("logit", [](const NodeView& n) {
    return single(
        n, [x = n.tensor("input"), eps = maybe_number(n, "eps")](const Frame& f) { return at::logit(x(f), eps); });
  });
  lowerings.add("nan_to_num", [](const NodeView& n) {
    return single(n,
                  [x = n.tensor("input"), nan = maybe_number(n, "nan"), high = maybe_number(n, "posinf"),
                   low = maybe_number(n, "neginf")](const Frame& f) { return at::nan_to_num(x(f), nan, high, low); });
  });
  lowerings.add("polygamma", [](const NodeView& n) {
    return single(
        n, [x = n.tensor("input"), order = n.integer("n")](const Frame& f) { return at::polygamma(order, x(f)); });
  });
  lowerings.add("mvlgamma", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), p = n.integer("p")](const Frame& f) { return at::mvlgamma(x(f), p); });
  });
  lowerings.add("isclose", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), y = n.tensor("other"), rtol = n.number("rtol"), atol = n.number("atol"),
                      nan = n.flag("equal_nan")](const Frame& f) { return at::isclose(x(f), y(f), rtol, atol, nan); });
  });
  lowerings.add("lerp", lerp);
  lowerings.add("addcmul", added([](const Tensor& x, const Tensor& a, const Tensor& b, const at::Scalar& value) {
                  return at::addcmul(x, a, b, value);
                }));
  lowerings.add("addcdiv", added([](const Tensor& x, const Tensor& a, const Tensor& b, const at::Scalar& value) {
                  return at::addcdiv(x, a, b, value);
                }));
  lowerings.add("clamp_min", bounded("min", [](const Tensor& x, const auto& b) { return at::clamp_min(x, b); }));
  lowerings.add("clamp_max", bounded("max", [](const Tensor& x, const auto& b) { return at::clamp_max(x, b); }));
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
  MODELC_UNARY(sign);
  MODELC_UNARY(reciprocal);
  MODELC_UNARY(logical_not);
  MODELC_UNARY(bitwise_not);
  MODELC_UNARY(isnan);
  MODELC_UNARY(isinf);
  MODELC_UNARY(isfinite);
  MODELC_UNARY(acos);
  MODELC_UNARY(acosh);
  MODELC_UNARY(asin);
  MODELC_UNARY(asinh);
  MODELC_UNARY(atan);
  MODELC_UNARY(atanh);
  MODELC_UNARY(cosh);
  MODELC_UNARY(sinh);
  MODELC_UNARY(exp2);
  MODELC_UNARY(erfc);
  MODELC_UNARY(erfinv);
  MODELC_UNARY(sinc);
  MODELC_UNARY(lgamma);
  MODELC_UNARY(digamma);
  MODELC_UNARY(i0);
  MODELC_UNARY(deg2rad);
  MODELC_UNARY(rad2deg);
  MODELC_UNARY(angle);
  MODELC_UNARY(trunc);
  MODELC_UNARY(frac);
  MODELC_UNARY(positive);
  MODELC_UNARY(sgn);
  MODELC_UNARY(signbit);
  MODELC_UNARY(isposinf);
  MODELC_UNARY(isneginf);
  MODELC_UNARY(isreal);
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
  MODELC_BINARY(bitwise_xor);
  MODELC_BINARY(bitwise_left_shift);
  MODELC_BINARY(bitwise_right_shift);
  MODELC_BINARY(fmod);
  MODELC_BINARY(xlogy);
  MODELC_BINARY(copysign);
  MODELC_BINARY(atan2);
  MODELC_BINARY(hypot);
  MODELC_BINARY(logaddexp);
  MODELC_BINARY(logaddexp2);
  MODELC_BINARY(nextafter);
  MODELC_BINARY(igamma);
  MODELC_BINARY(igammac);
  MODELC_BINARY(fmax);
  MODELC_BINARY(fmin);
  MODELC_BINARY(ldexp);
  MODELC_BINARY(logical_xor);
  MODELC_BINARY(gcd);
  MODELC_BINARY(lcm);
  lowerings.add("float_power",
                binary([](const Tensor& x, const Tensor& y) { return at::float_power(x, y); }, "exponent"));
  lowerings.add("heaviside", binary([](const Tensor& x, const Tensor& y) { return at::heaviside(x, y); }, "values"));
  lower_numbered(lowerings);
  lowerings.add("round", [](const NodeView& n) -> Kernel {
    auto x = n.tensor("input");
    // With decimals ATen has another kernel, which no whole number has.
    if (n.integer("decimals") == 0) return single(n, [x](const Frame& f) { return at::round(x(f)); });
    return single(n, [x, decimals = n.integer("decimals")](const Frame& f) { return at::round(x(f), decimals); });
  });
  lowerings.add("add", scaled([](const Tensor& x, const Tensor& y, const at::Scalar& a) { return at::add(x, y, a); }));
  lowerings.add("sub", scaled([](const Tensor& x, const Tensor& y, const at::Scalar& a) { return at::sub(x, y, a); }));
  lowerings.add("rsub",
                scaled([](const Tensor& x, const Tensor& y, const at::Scalar& a) { return at::rsub(x, y, a); }));
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

// Random tensors.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kDtype{"random.dtype", "the result is floating-point"};
constexpr Constraint kRandintSize{"random.randint_size", "one `size` is given"};
constexpr Constraint kBounds{"random.bounds", "`low` and `high` are bounds of numbers that the dtype has"};
constexpr Constraint kPermuted{"random.permuted", "the numbers from 0 to below n are no bools"};
constexpr Constraint kStd{"random.std", "`std` is at least 0"};
constexpr Constraint kNormalSize{"random.normal_size", "numbers go with a `size`, tensors without"};

bool require_floating_result(InferContext& cx, DType dtype) {
  if (types::is_floating(dtype)) return true;
  cx.fault(kDtype, cx.op() + " would give " + std::string(types::dtype_word(dtype)) + ", expected floating point",
           "state `dtype=float32`");
  return false;
}

Type infer_sized(InferContext& cx) {
  const DType dtype = dtype_or(cx, DType::Float32);
  return require_floating_result(cx, dtype) ? result(cx, dtype, cx.dims("size")) : Type::poison();
}

Type infer_like(InferContext& cx) {
  const DType dtype = dtype_or(cx, cx.tensor("input").dtype);
  return require_floating_result(cx, dtype) ? Type::of({dtype, cx.tensor("input").shape}) : Type::poison();
}

/// ATen looks at the bounds themselves: of an unsigned dtype and of bool at least 0.
bool draws_within(DType dtype, Dim low, Dim high) {
  if (!low.is_constant() || !high.is_constant() || types::is_floating(dtype)) return true;
  if (dtype == DType::Bool) return low.constant() >= 0 && high.constant() <= 2;
  return has_number(dtype, Constant(low)) && has_number(dtype, Constant(high - 1)) &&
         (dtype != DType::UInt8 || low.constant() >= 0);
}

/// torch.randint(low=0, high, size): of two arguments, `randint(10, [3])`, the second is the size.
Type infer_randint(InferContext& cx) {
  const bool two = cx.arg("high").is_list();
  if (two != cx.is_null("size"))
    return cx.fault(kRandintSize,
                    cx.op() + (two ? " is given two sizes" : " is given no `size`") +
                        ", expected `randint(high, size)` or `randint(low, high, size)`",
                    {}, two ? "size" : "");
  const Dim low = two ? Dim(0) : cx.dim("low"), high = cx.dim(two ? "low" : "high");
  if (!cx.require_at_least(high, low + 1, "`high` is above `low`")) return Type::poison();
  const DType dtype = dtype_or(cx, DType::Int64);
  if (!draws_within(dtype, low, high))
    return cx.fault(kBounds, cx.op() + " draws from " + low.str() + " to below " + high.str() + " for " +
                                 std::string(types::dtype_word(dtype)) + ", expected numbers that it has");
  return result(cx, dtype, cx.dims(two ? "high" : "size"));
}

/// As randint: of one number it is the upper bound.
Type infer_randint_like(InferContext& cx) {
  const bool one = cx.is_null("high");
  const Dim low = one ? Dim(0) : cx.dim("low"), high = cx.dim(one ? "low" : "high");
  if (!cx.require_at_least(high, low + 1, "`high` is above `low`")) return Type::poison();
  const DType dtype = dtype_or(cx, cx.tensor("input").dtype);
  if (!draws_within(dtype, low, high))
    return cx.fault(kBounds, cx.op() + " draws from " + low.str() + " to below " + high.str() + " for " +
                                 std::string(types::dtype_word(dtype)) + ", expected numbers that it has");
  return Type::of({dtype, cx.tensor("input").shape});
}

Type infer_poisson(InferContext& cx) { return keep_floating(cx); }

Type infer_bernoulli(InferContext& cx) {
  // With `p` the input gives the shape only.
  if (!cx.is_null("p")) return result_like(cx, "input");
  return cx.require_floating("input") ? result_like(cx, "input") : Type::poison();
}

Type infer_multinomial(InferContext& cx) {
  if (!cx.require_floating("input") || !cx.require_rank_between("input", 1, 2)) return Type::poison();
  const TensorType& input = cx.tensor("input");
  const Dim count = cx.dim("num_samples");
  if (!cx.flag("replacement") &&
      !cx.require_at_least(input.shape.back(), count, "without replacement there are no more samples than classes"))
    return Type::poison();
  if (!cx.require_at_least(count, 1, "at least one sample is drawn")) return Type::poison();
  std::vector<Dim> shape = input.shape;
  shape.back() = count;
  return result(cx, DType::Int64, std::move(shape));
}

Type infer_permutation(InferContext& cx) {
  const DType dtype = dtype_or(cx, DType::Int64);
  if (dtype == DType::Bool)
    return cx.fault(kPermuted, cx.op() + " is given " + tick("dtype=bool") + ", expected a number", {}, "dtype");
  return result(cx, dtype, {cx.dim("n")});
}

Type infer_normal(InferContext& cx) {
  const bool mean = cx.has("mean"), std = cx.has("std");
  for (std::string_view name : {"mean", "std"})
    if (cx.has(name) && !cx.require_floating(name)) return Type::poison();
  if (!std && !cx.arg("std").is_null() && (cx.arg("std").is_float() || cx.arg("std").is_int()) && cx.number("std") < 0)
    return cx.fault(kStd, cx.op() + " is given " + tick("std=" + cx.arg("std").str()) + ", expected at least 0", {},
                    "std");
  if ((mean || std) && !cx.is_null("size"))
    return cx.fault(kNormalSize, cx.op() + " is given a tensor and a `size`, expected one of them", {}, "size");
  if (mean && std) {
    const TensorType& a = cx.tensor("mean");
    const TensorType& b = cx.tensor("std");
    auto shape = cx.broadcast(a.shape, b.shape, [&] {
      return a.str() + " and " + b.str() + " are taken elementwise, and only a size of 1 stretches";
    });
    return shape ? result(cx, a.dtype, std::move(*shape)) : Type::poison();
  }
  if (mean || std) return result_like(cx, mean ? "mean" : "std");
  if (cx.is_null("size"))
    return cx.fault(kNormalSize, cx.op() + " is given numbers and no `size`, expected a size", {}, "size");
  return result(cx, DType::Float32, cx.dims("size"));
}

}  // namespace

void declare_random(std::vector<Op>& ops) {
  static const char* const kDType = "dtype: dtype? = null";
  for (const auto& [name, what] :
       {std::pair{"randn", "draws of the standard normal distribution"}, std::pair{"rand", "draws between 0 and 1"}}) {
    ops.push_back(function_op(name)
                      .summary(what)
                      .input("size: dim[]")
                      .keyword(kDType)
                      .variadic()
                      .demands({kDtype})
                      .infer(infer_sized)
                      .traits(kRandom)
                      .example(std::string(name) + "(2, 3)", ""));
    ops.push_back(function_op(name + std::string("_like"))
                      .summary(what + std::string(", of the same shape and dtype"))
                      .input("input: Tensor")
                      .keyword(kDType)
                      .demands({kDtype})
                      .infer(infer_like)
                      .traits(kRandom)
                      .example(std::string(name) + "_like(x)", "float[B, 6]"));
  }
  ops.push_back(function_op("randint")
                    .summary("integers from low to below high")
                    .input("low: dim = 0")
                    .input("high: dim|dim[]")
                    .input("size: dim[]? = null")
                    .keyword(kDType)
                    .demands({kRandintSize, kBounds})
                    .infer(infer_randint)
                    .traits(kRandom)
                    .note("with two arguments, `randint(high, size)`, low is 0")
                    .example("randint(0, 5, [2, 3])", ""));
  ops.push_back(function_op("randint_like")
                    .summary("integers from low to below high, of the same shape and dtype")
                    .input("input: Tensor")
                    .input("low: dim")
                    .input("high: dim? = null")
                    .keyword(kDType)
                    .demands({kBounds})
                    .infer(infer_randint_like)
                    .traits(kRandom)
                    .note("with one number, `randint_like(x, high)`, low is 0")
                    .example("randint_like(x, 5)", "float[B, 6]"));
  ops.push_back(function_op("randperm")
                    .summary("the integers from 0 to below n in a random order")
                    .input("n: dim in 1..")
                    .keyword(kDType)
                    .demands({kPermuted})
                    .infer(infer_permutation)
                    .traits(kRandom)
                    .example("randperm(5)", ""));
  ops.push_back(function_op("poisson")
                    .summary("counts drawn by their means")
                    .input("input: Tensor")
                    .infer(infer_poisson)
                    .traits(kRandom)
                    .example("poisson(x)", "float[B, 6]"));
  ops.push_back(function_op("bernoulli")
                    .summary("1 with the probability that the input, or `p`, gives, else 0")
                    .input("input: Tensor")
                    .input("p: float? in 0..1 = null")
                    .infer(infer_bernoulli)
                    .traits(kRandom)
                    .example("bernoulli(x)", "float[B, 6]"));
  ops.push_back(function_op("multinomial")
                    .summary("class numbers drawn by weights along the last dimension")
                    .input("input: Tensor")
                    .input("num_samples: dim in 1..")
                    .input("replacement: bool = false")
                    .infer(infer_multinomial)
                    .traits(kRandom)
                    .example("multinomial(x, 1)", "float[B, 6]"));
  ops.push_back(function_op("normal")
                    .summary("draws of normal distributions by mean and standard deviation")
                    .input("mean: Tensor|number = 0")
                    .input("std: Tensor|number = 1")
                    .input("size: dim[]? = null")
                    .demands({kStd, kNormalSize})
                    .infer(infer_normal)
                    .traits(kRandom)
                    .example("normal(0.0, 1.0, [2, 3])", ""));
}

}  // namespace modelc::ops

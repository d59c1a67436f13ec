// Tensors from static values: constants, ranges; random ones have a file of their own.
#include <cmath>

#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kNumber{"creation.number", "a number is one that the dtype has"};
constexpr Constraint kStep{"creation.step", "`step` is not 0"};
constexpr Constraint kKnownNumbers{"creation.known_numbers", "beside a fraction all three are known numbers"};
constexpr Constraint kFiniteRange{"creation.finite_range",
                                  "a range of fractions has at least one element and is finite"};

Type filled(InferContext& cx, DType otherwise) { return result(cx, dtype_or(cx, otherwise), cx.dims("size")); }

/// The dtype that torch.full infers from its value.
DType value_dtype(const Constant& value) {
  return value.is_bool() ? DType::Bool : value.is_dim() ? DType::Int64 : DType::Float32;
}

bool require_number(InferContext& cx, std::string_view name, DType dtype) {
  const Constant& value = cx.arg(name);
  if (has_number(dtype, value)) return true;
  cx.fault(kNumber,
           cx.op() + " is given " + tick(std::string(name) + "=" + value.str()) + " for " +
               std::string(types::dtype_word(dtype)) + ", expected a number that it has",
           {}, name);
  return false;
}

Type infer_full(InferContext& cx) {
  const DType otherwise = value_dtype(cx.arg("fill_value"));
  return require_number(cx, "fill_value", dtype_or(cx, otherwise)) ? filled(cx, otherwise) : Type::poison();
}

Type infer_like(InferContext& cx) {
  return Type::of({dtype_or(cx, cx.tensor("input").dtype), cx.tensor("input").shape});
}

Type infer_eye(InferContext& cx) {
  const Dim n = cx.dim("n");
  return result(cx, dtype_or(cx, DType::Float32), {n, cx.is_null("m") ? n : cx.dim("m")});
}

/// ceil((end - start) / step), in double where one of them is no integer.
Type infer_arange(InferContext& cx) {
  const bool one = cx.is_null("end");
  const Constant start = one ? Constant(0) : cx.arg("start");
  const Constant end = one ? cx.arg("start") : cx.arg("end");
  const Constant& step = cx.arg("step");
  if (start.is_dim() && end.is_dim() && step.is_int()) {
    if (step.as_int() == 0) return cx.fault(kStep, cx.op() + " is given `step=0`, expected another step", {}, "step");
    const bool down = step.as_int() < 0;
    const Dim span = down ? start.as_dim() - end.as_dim() : end.as_dim() - start.as_dim();
    const Dim size = types::ceil_div(span, down ? -step.as_dim() : step.as_dim());
    if (!cx.require_at_least(size, 1,
                             [&] { return "a range from " + start.str() + " to " + end.str() + " has an element"; }))
      return Type::poison();
    return result(cx, dtype_or(cx, DType::Int64), {size});
  }
  for (const Constant* part : {&start, &end, &step})
    if (!part->is_float() && !part->is_int())
      return cx.fault(kKnownNumbers,
                      cx.op() + " is given " + tick(part->str()) + " beside a fraction, expected a known number");
  const DType dtype = dtype_or(cx, DType::Float32);
  // Of integers ATen takes the whole part of each number.
  const auto number = [&](const Constant& part) {
    return types::is_floating(dtype) ? part.as_double() : std::trunc(part.as_double());
  };
  const double size = std::ceil((number(end) - number(start)) / number(step));
  constexpr double kGreatest = 1e15;
  if (!(size >= 1 && size < kGreatest))
    return cx.fault(kFiniteRange, cx.op() + " from " + start.str() + " to " + end.str() + " by " + step.str() +
                                      " is no finite range, expected at least one element");
  return result(cx, dtype, {static_cast<std::int64_t>(size)});
}

Type infer_linspace(InferContext& cx) {
  const DType dtype = dtype_or(cx, DType::Float32);
  if (!require_number(cx, "start", dtype) || !require_number(cx, "end", dtype)) return Type::poison();
  return result(cx, dtype, {cx.dim("steps")});
}

}  // namespace

std::vector<Op> creation_family() {
  static const char* const kDType = "dtype: dtype? = null";
  std::vector<Op> ops;
  for (const auto& [name, summary] : {std::pair{"zeros", "zeros"}, std::pair{"ones", "ones"}})
    ops.push_back(function_op(name)
                      .summary(summary + std::string(" of a size"))
                      .input("size: dim[]")
                      .keyword(kDType)
                      .variadic()
                      .traits(kPure)
                      .fills(name[0] == 'z' ? 0 : 1)
                      .infer([](InferContext& cx) { return filled(cx, DType::Float32); })
                      .example(std::string(name) + "(2, 3)", ""));
  ops.push_back(function_op("full")
                    .summary("one value everywhere")
                    .input("size: dim[]")
                    .input("fill_value: bool|dim|float")
                    .keyword(kDType)
                    .traits(kPure)
                    .fills("fill_value")
                    .demands({kNumber})
                    .infer(infer_full)
                    .example("full([2, 3], 0.5)", ""));
  ops.push_back(function_op("eye")
                    .summary("ones on the diagonal of a matrix")
                    .input("n: dim in 1..")
                    .input("m: dim? in 1.. = null")
                    .keyword(kDType)
                    .traits(kPure)
                    .infer(infer_eye)
                    .example("eye(3)", ""));
  ops.push_back(function_op("arange")
                    .summary("start, start + step, … below end; with one number from 0 to it")
                    .input("start: dim|float = 0")
                    .input("end: dim|float? = null")
                    .input("step: dim|float = 1")
                    .keyword(kDType)
                    .traits(kPure)
                    .demands({kStep, kKnownNumbers, kFiniteRange})
                    .infer(infer_arange)
                    .example("arange(0, 10, 2)", ""));
  ops.push_back(function_op("linspace")
                    .summary("so many steps from start to end, both included")
                    .input("start: float")
                    .input("end: float")
                    .input("steps: dim in 1..")
                    .keyword(kDType)
                    .traits(kPure)
                    .demands({kNumber})
                    .infer(infer_linspace)
                    .example("linspace(0.0, 1.0, 5)", ""));
  for (const auto& [name, summary] : {std::pair{"zeros_like", "zeros of the same shape and dtype"},
                                      std::pair{"ones_like", "ones of the same shape and dtype"}})
    ops.push_back(function_op(name)
                      .summary(summary)
                      .input("input: Tensor")
                      .keyword(kDType)
                      .traits(kPure)
                      .complex()
                      .fills(name[0] == 'z' ? 0 : 1)
                      .infer(infer_like)
                      .example(std::string(name) + "(x)", "float[B, 6]"));
  ops.push_back(function_op("full_like")
                    .summary("one value, of the same shape and dtype")
                    .input("input: Tensor")
                    .input("fill_value: bool|dim|float")
                    .keyword(kDType)
                    .traits(kPure)
                    .complex()
                    .fills("fill_value")
                    .infer(infer_like)
                    .example("full_like(x, 0.5)", "float[B, 6]"));
  declare_making(ops);
  declare_random(ops);
  return ops;
}

}  // namespace modelc::ops

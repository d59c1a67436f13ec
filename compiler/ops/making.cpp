// Tensors from static values: literals, tensors like others, windows, indices of triangles, powers of a base.
#include <algorithm>

#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kLiteral{"making.literal", "`data` is a number, or lists of numbers of one length"};
constexpr Constraint kDtype{"making.dtype", "a window is floating-point"};
constexpr Constraint kPositions{"making.positions", "positions are int, int32 or int16"};
constexpr Constraint kKnownNumber{"making.known_number", "the sizes of the triangle are known"};

/// The shape of nested lists; nullopt where they are of several lengths, or hold anything but numbers.
std::optional<std::vector<Dim>> literal_shape(const Constant& data) {
  if (!data.is_list()) {
    if (data.is_bool() || data.is_int() || data.is_float()) return std::vector<Dim>{};
    return std::nullopt;
  }
  std::optional<std::vector<Dim>> first;
  for (const Constant& item : data.as_list()) {
    const auto inner = literal_shape(item);
    if (!inner || (first && *inner != *first)) return std::nullopt;
    first = inner;
  }
  if (!first) return std::nullopt;
  first->insert(first->begin(), static_cast<std::int64_t>(data.as_list().size()));
  return first;
}

/// A fraction makes all of them floating-point, else an integer makes all integers.
DType literal_dtype(const Constant& data) {
  if (!data.is_list()) return data.is_bool() ? DType::Bool : data.is_int() ? DType::Int64 : DType::Float32;
  DType dtype = DType::Bool;
  for (const Constant& item : data.as_list()) dtype = types::promote(dtype, literal_dtype(item));
  return dtype;
}

Type infer_literal(InferContext& cx) {
  if (cx.type("data").is_tensor()) return Type::of({dtype_or(cx, cx.tensor("data").dtype), cx.tensor("data").shape});
  const Constant& data = cx.arg("data");
  auto shape = literal_shape(data);
  if (!shape)
    return cx.fault(
        kLiteral,
        cx.op() + " is given " + tick("data=" + data.str()) + ", expected a number or lists of numbers of one length",
        {}, "data");
  return result(cx, dtype_or(cx, literal_dtype(data)), std::move(*shape));
}

Type infer_new(InferContext& cx) { return result(cx, dtype_or(cx, cx.tensor("input").dtype), cx.dims("size")); }

Type infer_like(InferContext& cx) {
  return Type::of({dtype_or(cx, cx.tensor("input").dtype), cx.tensor("input").shape});
}

Type infer_window(InferContext& cx) {
  const DType dtype = dtype_or(cx, DType::Float32);
  if (!types::is_floating(dtype))
    return cx.fault(kDtype,
                    cx.op() + " would give " + std::string(types::dtype_word(dtype)) + ", expected floating point", {},
                    "dtype");
  return result(cx, dtype, {cx.dim("window_length")});
}

Type infer_logspace(InferContext& cx) { return result(cx, dtype_or(cx, DType::Float32), {cx.dim("steps")}); }

/// Rows and columns of the elements of a triangle.
Type infer_triangle(InferContext& cx, bool lower) {
  if (!cx.arg("row").is_int() || !cx.arg("col").is_int())
    return cx.fault(kKnownNumber, cx.op() + " is given " + cx.arg("row").str() + " by " + cx.arg("col").str() +
                                      ", expected known sizes");
  const std::int64_t rows = cx.integer("row"), columns = cx.integer("col"), offset = cx.integer("offset");
  std::int64_t count = 0;
  for (std::int64_t i = 0; i < rows; ++i) {
    const std::int64_t below = std::clamp<std::int64_t>(i + offset + (lower ? 1 : 0), 0, columns);
    count += lower ? below : columns - below;
  }
  const DType dtype = dtype_or(cx, DType::Int64);
  if (dtype != DType::Int64 && dtype != DType::Int32 && dtype != DType::Int16)
    return cx.fault(kPositions,
                    cx.op() + " is given " + tick("dtype=" + cx.arg("dtype").str()) + ", expected int, int32 or int16",
                    {}, "dtype");
  return result(cx, dtype, {2, count});
}

constexpr const char* kDType = "dtype: dtype? = null";

void declare_like(std::vector<Op>& ops) {
  struct New {
    const char* name;
    const char* summary;
    std::int64_t value;
  };
  for (const New& n : {New{"new_zeros", "zeros of a size, of the tensor's dtype", 0},
                       New{"new_ones", "ones of a size, of the tensor's dtype", 1},
                       New{"new_empty", "zeros, which PyTorch leaves open, of the tensor's dtype", 0}})
    ops.push_back(function_op(n.name)
                      .summary(n.summary)
                      .input("input: Tensor")
                      .input("size: dim[]")
                      .keyword(kDType)
                      .variadic()
                      .traits(kPure)
                      .fills(n.value)
                      .infer(infer_new)
                      .example("x." + std::string(n.name) + "(2, 3)", "float[B]"));
  ops.push_back(function_op("new_full")
                    .summary("one value everywhere, of the tensor's dtype")
                    .input("input: Tensor")
                    .input("size: dim[]")
                    .input("fill_value: bool|dim|float")
                    .keyword(kDType)
                    .traits(kPure)
                    .fills("fill_value")
                    .infer(infer_new)
                    .example("x.new_full([2, 3], 0.5)", "float[B]"));
  ops.push_back(function_op("empty")
                    .summary("zeros of a size, which PyTorch leaves open")
                    .input("size: dim[]")
                    .keyword(kDType)
                    .variadic()
                    .traits(kPure)
                    .fills(0)
                    .infer([](InferContext& cx) { return result(cx, dtype_or(cx, DType::Float32), cx.dims("size")); })
                    .example("empty(2, 3)", ""));
  ops.push_back(function_op("empty_like")
                    .summary("zeros, which PyTorch leaves open, of the same shape and dtype")
                    .input("input: Tensor")
                    .keyword(kDType)
                    .traits(kPure)
                    .fills(0)
                    .infer(infer_like)
                    .example("empty_like(x)", "float[B, 6]"));
}

void declare_windows(std::vector<Op>& ops) {
  const auto window = [](const char* name, const char* summary) {
    OpBuilder op(name + std::string("_window"), false);
    op.summary(summary).input("window_length: dim in 1..").input("periodic: bool = true");
    op.traits(kPure).demands({kDtype}).infer(infer_window).example(name + std::string("_window(8)"), "");
    return op;
  };
  ops.push_back(window("hann", "a raised cosine").keyword(kDType));
  ops.push_back(window("blackman", "a sum of two cosines").keyword(kDType));
  ops.push_back(window("bartlett", "a triangle").keyword(kDType));
  ops.push_back(window("hamming", "a raised cosine that does not reach 0")
                    .input("alpha: float = 0.54")
                    .input("beta: float = 0.46")
                    .keyword(kDType));
  ops.push_back(window("kaiser", "a quotient of Bessel functions").input("beta: float = 12").keyword(kDType));
}

}  // namespace

void declare_making(std::vector<Op>& ops) {
  for (const auto& [name, summary] : {std::pair{"tensor", "the numbers that are written down; of a tensor a copy"},
                                      std::pair{"as_tensor", "the numbers that are written down, or the tensor"}})
    ops.push_back(function_op(name)
                      .summary(summary)
                      .input("data: any")
                      .keyword(kDType)
                      .traits(kPure)
                      .demands({kLiteral})
                      .infer(infer_literal)
                      .example(std::string(name) + "([[1, 2], [3, 4]])", ""));
  ops.push_back(function_op("scalar_tensor")
                    .summary("a number, float unless a dtype is given")
                    .input("s: bool|int|float")
                    .keyword(kDType)
                    .traits(kPure)
                    .infer([](InferContext& cx) { return result(cx, dtype_or(cx, DType::Float32), {}); })
                    .example("scalar_tensor(2.5)", ""));
  declare_like(ops);
  declare_windows(ops);
  ops.push_back(function_op("logspace")
                    .summary("powers of a base, the exponents so many steps from start to end")
                    .input("start: float")
                    .input("end: float")
                    .input("steps: dim in 1..")
                    .input("base: float = 10")
                    .keyword(kDType)
                    .traits(kPure)
                    .infer(infer_logspace)
                    .example("logspace(0.0, 1.0, 5)", ""));
  for (const auto& [name, lower] : {std::pair{"tril_indices", true}, std::pair{"triu_indices", false}})
    ops.push_back(
        function_op(name)
            .summary(lower ? "rows and columns of the lower triangle" : "rows and columns of the upper triangle")
            .input("row: dim in 1..")
            .input("col: dim in 1..")
            .input("offset: int = 0")
            .keyword(kDType)
            .traits(kPure)
            .demands({kKnownNumber, kPositions})
            .infer([lower = lower](InferContext& cx) { return infer_triangle(cx, lower); })
            .example(name + std::string("(3, 3)"), ""));
}

}  // namespace modelc::ops

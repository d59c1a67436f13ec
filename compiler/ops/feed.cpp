// What a recipe's feed does to columns (LANGUAGE §11). Names that torch has too begin with `_`.
#include <limits>

#include "ops/fill.h"
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kNumbers{"feed.numbers", "the column holds numbers"};
constexpr Constraint kColumns{"feed.columns", "at least one column is left"};
constexpr Constraint kMode{"feed.mode", "missing text is filled in by the mode"};
constexpr Constraint kEdges{"feed.edges", "edges are numbers in ascending order, at least one"};
constexpr Constraint kJoined{"feed.joined", "joined columns have one or several numbers a row"};

bool require_number(InferContext& cx, std::string_view name) {
  if (cx.tensor(name).dtype != DType::String) return true;
  cx.fault(kNumbers, received(cx, name) + ", a column of text, expected numbers",
           "`category(c)` numbers the values of a column", name);
  return false;
}

Type to_float32(InferContext& cx) {
  if (!require_number(cx, "input")) return Type::poison();
  return Type::of({DType::Float32, cx.tensor("input").shape});
}

Type infer_feed_normalize(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  for (std::string_view name : {"mean", "std"}) {
    const Constant& values = cx.arg(name);
    const std::size_t count = values.is_list() ? values.as_list().size() : 1;
    if (count == 1) continue;
    if (!cx.require_rank_between("input", 2, kAnyRank) ||
        !cx.require_equal(input.shape[1], static_cast<std::int64_t>(count), [&] {
          return tick(std::string(name)) + " has one value, or one for each channel of " + input.str();
        }))
      return Type::poison();
  }
  return to_float32(cx);
}

Type infer_windows(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (!cx.require_rank_between("input", 1, kAnyRank)) return Type::poison();
  const Dim n = cx.arg("n").as_int();
  std::vector<Dim> shape{types::floor_div(input.shape[0], n), n};
  shape.insert(shape.end(), input.shape.begin() + 1, input.shape.end());
  return Type::of({input.dtype, std::move(shape)});
}

Type infer_category(InferContext& cx) { return Type::of({DType::Int64, cx.tensor("input").shape}); }

Type infer_impute(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (input.dtype != DType::String) return to_float32(cx);
  if (support::meaning_of(kFills, cx.arg("by").as_string()) == Fill::Mode) return Type::of(input);
  return cx.fault(kMode, received(cx, "input") + ", a column of text, which has no " + cx.arg("by").as_string(),
                  "`by=\"mode\"` fills in the most frequent word", "by");
}

Type infer_bins(InferContext& cx) {
  if (!require_number(cx, "input")) return Type::poison();
  const types::ConstantList& edges = cx.arg("edges").as_list();
  double last = -std::numeric_limits<double>::infinity();
  for (const Constant& edge : edges) {
    if (!(edge.as_double() >= last))
      return cx.fault(kEdges, "the edge " + edge.str() + " stands behind a higher one, expected ascending order", {},
                      "edges");
    last = edge.as_double();
  }
  if (edges.empty()) return cx.fault(kEdges, "no edge is given, expected at least one", {}, "edges");
  return Type::of({DType::Int64, cx.tensor("input").shape});
}

Type infer_columns(InferContext& cx) {
  const std::vector<TensorType> inputs = cx.tensors("inputs");
  if (inputs.empty()) return cx.fault(kColumns, "no column is left, expected at least one", {}, "inputs");
  Dim total = 0;
  for (const TensorType& column : inputs) {
    if (column.dtype == DType::String || column.rank() < 1 || column.rank() > 2)
      return cx.fault(kJoined,
                      "a column of " + column.str() + " is joined to others, expected one or several numbers a row", {},
                      "inputs");
    if (!cx.require_equal(column.shape[0], inputs[0].shape[0], "all columns have the same rows")) return Type::poison();
    total = total + (column.rank() == 2 ? column.shape[1] : Dim(1));
  }
  return result(cx, DType::Float32, {inputs[0].shape[0], total});
}

}  // namespace

std::vector<Op> feed_family() {
  std::vector<Op> ops;
  ops.push_back(function_op("standardize")
                    .summary("mean 0 and deviation 1, fitted on the training rows")
                    .input("input: Tensor")
                    .traits({Trait::Pure, Trait::Elementwise, Trait::Fitted})
                    .demands({kNumbers})
                    .infer(to_float32)
                    .example("standardize(x)", "float[B, 6]"));
  ops.push_back(function_op("_feed_normalize")
                    .summary("(x - mean) / std with given numbers, one or one for each channel")
                    .input("input: Tensor")
                    .input("mean: float[]")
                    .input("std: float[]")
                    .traits(kElementwise)
                    .demands({kNumbers})
                    .infer(infer_feed_normalize)
                    .example("normalize(x, 127.5, 127.5)", "uint8[B, 3, 8, 8]"));
  ops.push_back(function_op("category")
                    .summary("the number of each value among the sorted values of the training rows")
                    .input("input: Tensor")
                    .traits({Trait::Pure, Trait::Elementwise, Trait::Fitted})
                    .infer(infer_category)
                    .example("category(x)", "int[B]"));
  ops.push_back(function_op("_numbered")
                    .summary("pieces of text by their numbers in the vocabulary of the training rows")
                    .input("input: Tensor")
                    .input("padding: int = 0")
                    .traits({Trait::Pure, Trait::Elementwise, Trait::Fitted})
                    .infer(infer_category)
                    .example("_numbered(x)", "int[B, 8]"));
  ops.push_back(function_op("_windows")
                    .summary("rows that stand one window behind the other, as windows")
                    .input("input: Tensor")
                    .input("n: int in 1..")
                    .traits(kPure)
                    .infer(infer_windows)
                    .example("_windows(x, 3)", "float[6, 2]"));
  ops.push_back(function_op("impute")
                    .summary("missing values filled in by what the training rows have")
                    .input("input: Tensor")
                    .input("by: {median|mean|mode} = median")
                    .traits({Trait::Pure, Trait::Elementwise, Trait::Fitted})
                    .demands({kNumbers, kMode})
                    .infer(infer_impute)
                    .example("impute(x)", "float[B, 6]"));
  ops.push_back(function_op("bins")
                    .summary("the number of the interval between edges that a value lies in")
                    .input("input: Tensor")
                    .input("edges: float[]")
                    .traits(kElementwise)
                    .demands({kNumbers, kEdges})
                    .infer(infer_bins)
                    .example("bins(x, [0.0, 1.0])", "float[B, 6]"));
  ops.push_back(function_op("_columns")
                    .summary("columns side by side")
                    .input("inputs: Tensor[]")
                    .traits(kPure)
                    .demands({kColumns, kJoined})
                    .infer(infer_columns)
                    .example("numeric()", "float[B], float[B, 2]"));
  return ops;
}

}  // namespace modelc::ops

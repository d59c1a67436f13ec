// Look-up tables.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

bool require_index(InferContext& cx, std::string_view name) {
  const DType dtype = cx.tensor(name).dtype;
  if (dtype == DType::Int64 || dtype == DType::Int32) return true;
  cx.fault(received(cx, name) + ", expected row numbers of int or int32", "convert it: `x.long()`", name);
  return false;
}

Type with_width(InferContext& cx, DType dtype, Dim width) {
  std::vector<Dim> shape = cx.tensor("input").shape;
  shape.push_back(width);
  return result(cx, dtype, std::move(shape));
}

Type infer_embedding(InferContext& cx) {
  if (!require_index(cx, "input")) return Type::poison();
  if (!cx.is_null("max_norm"))
    return cx.fault(cx.op() + " is given " + tick("max_norm=" + cx.arg("max_norm").str()) + ", expected null",
                    "a look-up never changes the table; scale the rows with `normalize`", "max_norm");
  const std::int64_t rows = cx.integer("num_embeddings");
  Init init = Init::normal(0, 1);
  if (!cx.is_null("padding_idx")) {
    const std::int64_t row = cx.integer("padding_idx");
    if (row < -rows || row >= rows)
      return cx.fault(cx.op() + " is given " + tick("padding_idx=" + std::to_string(row)) + ", expected a row of " +
                          tick("num_embeddings=" + std::to_string(rows)),
                      {}, "padding_idx");
    init.zero_row = row < 0 ? row + rows : row;
  }
  const Dim width = cx.dim("embedding_dim");
  if (!own(cx, "weight", {rows, width}, init)) return Type::poison();
  return with_width(cx, cx.parameter_dtype(), width);
}

Type infer_embedding_function(InferContext& cx) {
  if (!require_index(cx, "input") || !cx.require_rank("weight", 2)) return Type::poison();
  return with_width(cx, cx.tensor("weight").dtype, cx.tensor("weight").shape[1]);
}

Type infer_one_hot(InferContext& cx) {
  if (cx.tensor("input").dtype != DType::Int64)
    return cx.fault(received(cx, "input") + ", expected int", "convert it: `x.long()`", "input");
  return with_width(cx, DType::Int64, cx.dim("num_classes"));
}

}  // namespace

std::vector<Op> embedding_family() {
  std::vector<Op> ops;
  ops.push_back(module_op("Embedding")
                    .summary("rows of a trainable table, by number")
                    .arg("num_embeddings: int in 1..")
                    .arg("embedding_dim: int in 1..")
                    .arg("padding_idx: int? = null")
                    .arg("max_norm: float? = null")
                    .arg("norm_type: float = 2")
                    .arg("scale_grad_by_freq: bool = false")
                    .arg("sparse: bool = false")
                    .input("input: Tensor")
                    .infer(infer_embedding)
                    .note("max_norm must be null")
                    .example("Embedding(100, 8)", "int[B, T]"));
  ops.push_back(function_op("embedding")
                    .summary("rows of a given table, by number")
                    .input("input: Tensor")
                    .input("weight: Tensor")
                    .input("padding_idx: int? = null")
                    .traits(kPure)
                    .infer(infer_embedding_function)
                    .example("embedding(x, y)", "int[B, T], float[100, 8]"));
  ops.push_back(function_op("one_hot")
                    .summary("a new last dimension of num_classes, 1 at the class and 0 elsewhere")
                    .input("input: Tensor")
                    .input("num_classes: dim in 1..")
                    .traits(kPure)
                    .infer(infer_one_hot)
                    .note("num_classes must be stated: the result's size may not depend on the data")
                    .example("one_hot(x, 5)", "int[B]"));
  return ops;
}

}  // namespace modelc::ops

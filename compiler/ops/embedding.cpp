// Look-up tables.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kIndex{"embedding.index", "row numbers are int or int32"};
constexpr Constraint kMaxNorm{"embedding.max_norm", "`max_norm` is null"};
constexpr Constraint kPaddingIdx{"embedding.padding_idx", "`padding_idx` is a row of the table"};
constexpr Constraint kClasses{"embedding.classes", "class numbers are int"};

bool require_index(InferContext& cx, std::string_view name) {
  const DType dtype = cx.tensor(name).dtype;
  if (dtype == DType::Int64 || dtype == DType::Int32) return true;
  cx.fault(kIndex, received(cx, name) + ", expected row numbers of int or int32", "convert it: `x.long()`", name);
  return false;
}

Type with_width(InferContext& cx, DType dtype, Dim width) {
  std::vector<Dim> shape = cx.tensor("input").shape;
  shape.push_back(width);
  return result(cx, dtype, std::move(shape));
}

bool require_fixed_table(InferContext& cx) {
  if (cx.is_null("max_norm")) return true;
  cx.fault(kMaxNorm, cx.op() + " is given " + tick("max_norm=" + cx.arg("max_norm").str()) + ", expected null",
           "a look-up never changes the table; scale the rows with `normalize`", "max_norm");
  return false;
}

bool prepare_embedding(InferContext& cx) {
  if (!require_index(cx, "input") || !require_fixed_table(cx)) return false;
  const std::int64_t rows = cx.integer("num_embeddings");
  Init init = Init::normal(0, 1);
  if (!cx.is_null("padding_idx")) {
    const std::int64_t row = cx.integer("padding_idx");
    if (row < -rows || row >= rows) {
      cx.fault(kPaddingIdx,
               cx.op() + " is given " + tick("padding_idx=" + std::to_string(row)) + ", expected a row of " +
                   tick("num_embeddings=" + std::to_string(rows)),
               {}, "padding_idx");
      return false;
    }
    init.zero_row = row < 0 ? row + rows : row;
  }
  return own(cx, "weight", {rows, cx.dim("embedding_dim")}, init);
}

Type infer_embedding(InferContext& cx) {
  if (!require_index(cx, "input") || !cx.require_rank("weight", 2) || !require_fixed_table(cx)) return Type::poison();
  const TensorType& weight = cx.tensor("weight");
  if (!cx.is_null("padding_idx")) {
    const std::int64_t row = cx.integer("padding_idx");
    if (!cx.require_at_least(weight.shape[0], row < 0 ? -row : row + 1, [&] {
          return tick("padding_idx=" + std::to_string(row)) + " is a row of " + weight.str();
        }))
      return Type::poison();
  }
  return with_width(cx, weight.dtype, weight.shape[1]);
}

Type infer_one_hot(InferContext& cx) {
  if (cx.tensor("input").dtype != DType::Int64)
    return cx.fault(kClasses, received(cx, "input") + ", expected int", "convert it: `x.long()`", "input");
  if (!cx.require_at_least(cx.dim("num_classes"), 1, "there is at least one class")) return Type::poison();
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
                    .demands({kPaddingIdx})
                    .prepare(prepare_embedding)
                    .becomes("embedding")
                    .note("max_norm must be null")
                    .example("Embedding(100, 8)", "int[B, T]"));
  ops.push_back(function_op("embedding")
                    .summary("rows of a given table, by number")
                    .input("input: Tensor")
                    .input("weight: Tensor")
                    .input("padding_idx: int? = null")
                    .input("max_norm: float? = null")
                    .input("norm_type: float = 2")
                    .input("scale_grad_by_freq: bool = false")
                    .input("sparse: bool = false")
                    .traits(kPure)
                    .demands({kIndex, kMaxNorm})
                    .indexes({.input = "input", .of = "weight", .counted = "rows"})
                    .infer(infer_embedding)
                    .note("max_norm must be null")
                    .example("embedding(x, y)", "int[B, T], float[100, 8]"));
  ops.push_back(function_op("one_hot")
                    .summary("a new last dimension of num_classes, 1 at the class and 0 elsewhere")
                    .input("input: Tensor")
                    .input("num_classes: dim in 1..")
                    .traits(kPure)
                    .demands({kClasses})
                    .indexes({.input = "input", .of = "num_classes", .counted = "classes"})
                    .infer(infer_one_hot)
                    .note("num_classes must be stated: the result's size may not depend on the data")
                    .example("one_hot(x, 5)", "int[B]"));
  return ops;
}

}  // namespace modelc::ops

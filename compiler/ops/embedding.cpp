// Look-up tables.
#include "ops/modes.h"
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kIndex{"embedding.index", "row numbers are int or int32"};
constexpr Constraint kPaddingIdx{"embedding.padding_idx", "`padding_idx` is a row of the table"};
constexpr Constraint kOffsets{"embedding.offsets", "`offsets` go with numbers in a row, and only with them"};
constexpr Constraint kSampleWeights{"embedding.sample_weights", "`per_sample_weights` go with `mode=\"sum\"`"};
constexpr Constraint kClasses{"embedding.classes", "class numbers are int"};

constexpr const char* kRenormalised =
    "max_norm: rows that are looked up are shortened to that norm first, in the table itself";

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

bool prepare_embedding(InferContext& cx) {
  if (!require_index(cx, "input")) return false;
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
  if (!require_index(cx, "input") || !cx.require_rank("weight", 2)) return Type::poison();
  const TensorType& weight = cx.tensor("weight");
  if (!cx.is_null("padding_idx")) {
    const std::int64_t row = cx.integer("padding_idx");
    if (!cx.require_at_least(weight.shape[0], row < 0 ? -row : row + 1, [&] {
          return tick("padding_idx=" + std::to_string(row)) + " is a row of " + weight.str();
        }))
      return Type::poison();
  }
  if (!require_written_positions(cx, weight.shape[0], "input")) return Type::poison();
  return with_width(cx, weight.dtype, weight.shape[1]);
}

/// A row of the input is a bag; of a vector `offsets` tell where bags begin.
Type infer_embedding_bag(InferContext& cx) {
  if (!require_index(cx, "input") || !cx.require_rank("weight", 2) || !cx.require_rank_between("input", 1, 2))
    return Type::poison();
  if (!cx.require_floating("weight")) return Type::poison();
  const TensorType& input = cx.tensor("input");
  const TensorType& weight = cx.tensor("weight");
  if (cx.has("offsets") != (input.rank() == 1))
    return cx.fault(kOffsets,
                    received(cx, "input") +
                        (input.rank() == 1 ? " without `offsets`, expected them" : " and `offsets`, expected a vector"),
                    {}, input.rank() == 1 ? "input" : "offsets");
  Dim bags = input.shape[0];
  if (input.rank() == 1) {
    if (!cx.require_rank("offsets", 1) || !require_same_dtype(cx, "input", "offsets")) return Type::poison();
    bags = cx.tensor("offsets").shape[0] - (cx.flag("include_last_offset") ? 1 : 0);
  }
  if (cx.has("per_sample_weights")) {
    if (reduction(cx.word("mode")) != Reduce::Sum)
      return cx.fault(
          kSampleWeights,
          cx.op() + " is given `per_sample_weights` for " + tick("mode=" + cx.arg("mode").str()) + ", expected \"sum\"",
          {}, "per_sample_weights");
    if (!require_same_shape(cx, "input", "per_sample_weights") ||
        !require_same_dtype(cx, "weight", "per_sample_weights"))
      return Type::poison();
  }
  return result(cx, weight.dtype, {bags, weight.shape[1]});
}

Type infer_one_hot(InferContext& cx) {
  if (cx.tensor("input").dtype != DType::Int64)
    return cx.fault(kClasses, received(cx, "input") + ", expected int", "convert it: `x.long()`", "input");
  if (!cx.require_at_least(cx.dim("num_classes"), 1, "there is at least one class")) return Type::poison();
  if (!require_written_positions(cx, cx.dim("num_classes"), "input")) return Type::poison();
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
                    .note(kRenormalised)
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
                    .demands({kIndex})
                    .indexes({.input = "input", .of = "weight", .counted = "rows"})
                    .infer(infer_embedding)
                    .note(kRenormalised)
                    .example("embedding(x, y)", "int[B, T], float[100, 8]"));
  const char* const mode = "mode: {sum|mean|max} = mean";
  ops.push_back(module_op("EmbeddingBag")
                    .summary("sums, means or maxima of rows of a trainable table")
                    .arg("num_embeddings: int in 1..")
                    .arg("embedding_dim: int in 1..")
                    .arg("max_norm: float? = null")
                    .arg("norm_type: float = 2")
                    .arg("scale_grad_by_freq: bool = false")
                    .arg(mode)
                    .arg("sparse: bool = false")
                    .named_arg("include_last_offset: bool = false")
                    .named_arg("padding_idx: int? = null")
                    .input("input: Tensor")
                    .input("offsets: Tensor? = null")
                    .input("per_sample_weights: Tensor? = null")
                    .demands({kPaddingIdx})
                    .prepare(prepare_embedding)
                    .becomes("embedding_bag")
                    .note(kRenormalised)
                    .example("EmbeddingBag(100, 8)", "int[B, T]"));
  ops.push_back(function_op("embedding_bag")
                    .summary("sums, means or maxima of rows of a given table")
                    .input("input: Tensor")
                    .input("weight: Tensor")
                    .input("offsets: Tensor? = null")
                    .input("max_norm: float? = null")
                    .input("norm_type: float = 2")
                    .input("scale_grad_by_freq: bool = false")
                    .input(mode)
                    .input("sparse: bool = false")
                    .input("per_sample_weights: Tensor? = null")
                    .input("include_last_offset: bool = false")
                    .input("padding_idx: int? = null")
                    .traits(kPure)
                    .demands({kIndex, kOffsets, kSampleWeights})
                    .infer(infer_embedding_bag)
                    .note(kRenormalised)
                    .example("embedding_bag(x, y)", "int[B, T], float[100, 8]"));
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

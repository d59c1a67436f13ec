// Losses that are likelihoods: of counts, of normal distributions, of sequences.
#include "ops/loss_rules.h"
#include "ops/parts.h"

namespace modelc::ops {
namespace {

constexpr Constraint kVariance{"likelihood.variance", "`var` has a value for each of the input, or for each row"};
constexpr Constraint kCtcTargets{"likelihood.ctc_targets", "class numbers and lengths are int or int32"};
constexpr Constraint kBlank{"likelihood.blank", "`blank` is a class"};

Type infer_poisson(InferContext& cx) {
  const DType dtype = promoted(cx, {"input", "target"});
  if ((!types::is_floating(dtype) && !cx.require_floating("input")) || !require_same_shape(cx, "input", "target"))
    return Type::poison();
  return reduced_loss(cx, dtype, cx.tensor("input").shape);
}

/// As many dimensions, the last perhaps 1; or one less.
bool require_variance(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const TensorType& var = cx.tensor("var");
  if (var.rank() != input.rank() && var.rank() + 1 != input.rank()) {
    cx.fault(kVariance, received(cx, "var") + " for " + input.str() + ", expected a variance for each value or row", {},
             "var");
    return false;
  }
  for (std::size_t i = 0; i < var.rank(); ++i) {
    const Dim size = cx.simplify(var.shape[i]);
    if (i + 1 == input.rank() && size == Dim(1)) continue;
    if (!cx.require_equal(size, input.shape[i], "`var` of " + var.str() + " fits " + input.str())) return false;
  }
  return true;
}

Type infer_gaussian(InferContext& cx) {
  if (!cx.require_floating("input") || !cx.require_floating("var") || !require_same_shape(cx, "input", "target") ||
      !require_variance(cx))
    return Type::poison();
  return reduced_loss(cx, promoted(cx, {"input", "target", "var"}), cx.tensor("input").shape);
}

bool require_class_numbers(InferContext& cx, std::string_view name) {
  const DType dtype = cx.tensor(name).dtype;
  if (dtype == DType::Int64 || dtype == DType::Int32) return true;
  cx.fault(kCtcTargets, received(cx, name) + ", expected int or int32", "convert it: `x.long()`", name);
  return false;
}

/// [T, N, C] with a length for each of N; [T, C] with one length.
Type infer_ctc(InferContext& cx) {
  if (!cx.require_floating("log_probs") || !cx.require_rank_between("log_probs", 2, 3)) return Type::poison();
  const TensorType& probs = cx.tensor("log_probs");
  const bool batched = probs.rank() == 3;
  for (std::string_view name : {"targets", "input_lengths", "target_lengths"})
    if (!require_class_numbers(cx, name)) return Type::poison();
  if (!cx.require_rank_between("targets", 1, batched ? 2 : 1)) return Type::poison();
  for (std::string_view name : {"input_lengths", "target_lengths"}) {
    if (!(batched ? cx.require_rank(name, 1) : cx.require_rank_between(name, 0, 1))) return Type::poison();
    if (cx.tensor(name).rank() && !cx.require_equal(cx.tensor(name).shape[0], batched ? probs.shape[1] : Dim(1),
                                                    tick(std::string(name)) + " has a length for each sequence"))
      return Type::poison();
  }
  if (batched && cx.tensor("targets").rank() == 2 &&
      !cx.require_equal(cx.tensor("targets").shape[0], probs.shape[1], "`targets` has a row for each sequence"))
    return Type::poison();
  const Dim classes = cx.simplify(probs.shape.back());
  if (classes.is_constant() && cx.integer("blank") >= classes.constant())
    return cx.fault(kBlank,
                    cx.op() + " is given " + tick("blank=" + cx.arg("blank").str()) + " of " + classes.str() +
                        " classes, expected one of them",
                    {}, "blank");
  return reduced_loss(cx, probs.dtype, batched ? std::vector<Dim>{probs.shape[1]} : std::vector<Dim>{});
}

}  // namespace

void declare_likelihoods(std::vector<Op>& ops) {
  ops.push_back(function_op("poisson_nll_loss")
                    .summary("negative log likelihood of counts under a Poisson distribution")
                    .input("input: Tensor")
                    .input("target: Tensor")
                    .input("log_input: bool = true")
                    .input("full: bool = false")
                    .keyword("eps: float = 1e-8")
                    .keyword(kReduction)
                    .traits(kPure)
                    .infer(infer_poisson)
                    .example("poisson_nll_loss(x, y)", "float[B], float[B]"));
  ops.push_back(function_op("gaussian_nll_loss")
                    .summary("negative log likelihood of values under normal distributions")
                    .input("input: Tensor")
                    .input("target: Tensor")
                    .input("var: Tensor")
                    .input("full: bool = false")
                    .input("eps: float in 0<.. = 1e-6")
                    .input(kReduction)
                    .traits(kPure)
                    .demands({kVariance})
                    .infer(infer_gaussian)
                    .example("gaussian_nll_loss(x, y, z)", "float[B, 4], float[B, 4], float[B, 4]"));
  ops.push_back(function_op("ctc_loss")
                    .summary("negative log likelihood of unaligned sequences")
                    .input("log_probs: Tensor")
                    .input("targets: Tensor")
                    .input("input_lengths: Tensor")
                    .input("target_lengths: Tensor")
                    .input("blank: int in 0.. = 0")
                    .input(kReduction)
                    .input("zero_infinity: bool = false")
                    .traits(kPure)
                    .demands({kCtcTargets, kBlank})
                    .infer(infer_ctc)
                    .note("log_probs float[T, N, C]; targets int[N, S], or all in a row")
                    .example("ctc_loss(x, y, z, w)", "float[7, 2, 9], int[2, 3], int[2], int[2]"));
}

}  // namespace modelc::ops

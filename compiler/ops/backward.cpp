// What derivatives are made of beside the operators themselves: ATen's own backward kernels. No description calls them.
#include "ops/rules.h"

namespace modelc::ops {
namespace {

Type like_input(InferContext& cx) { return Type::of(cx.tensor("input")); }
Type like_weight(InferContext& cx) { return Type::of(cx.tensor("weight")); }
Type like_output(InferContext& cx) { return Type::of(cx.tensor("output")); }

/// Of the input, and of weight and bias in the form of the statistics' channels where they are given.
Type of_affine(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const auto given = [&](std::string_view name) {
    return cx.has(name) ? Type::of(cx.tensor(name)) : Type::of({input.dtype, {}});
  };
  return Type::tuple({Type::of(input), given("weight"), given("bias")});
}

OpBuilder backward(const char* name, const char* summary, Infer infer) {
  OpBuilder op(name, false);
  op.summary(summary).input("gradient: Tensor").traits(kPure).infer(std::move(infer));
  return op;
}

/// Of the gradient of a normalisation and the statistics that it saved.
OpBuilder normalization(const char* name, const char* argument) {
  OpBuilder op = backward(name, "the gradients of input, weight and bias of a normalisation", of_affine);
  op.input("input: Tensor");
  if (argument) op.input(argument);
  op.input("mean: Tensor").input("rstd: Tensor").input("weight: Tensor? = null").input("bias: Tensor? = null");
  return op;
}

}  // namespace

std::vector<Op> backward_family() {
  std::vector<Op> ops;
  const auto add = [&](OpBuilder op, const char* call, const char* inputs) { ops.push_back(op.example(call, inputs)); };
  add(backward("_gelu_backward", "the gradient of gelu's input", like_input)
          .input("input: Tensor")
          .input("approximate: {none|tanh} = none"),
      "_gelu_backward(x, y)", "float[B, 6], float[B, 6]");
  for (const char* name : {"_softmax_backward", "_log_softmax_backward"})
    add(backward(name, "the gradient of the input of a softmax", like_output).input("output: Tensor").input("dim: int"),
        name[1] == 's' ? "_softmax_backward(x, y, 1)" : "_log_softmax_backward(x, y, 1)", "float[B, 6], float[B, 6]");
  add(backward("_rearrange_backward", "elements back in the places they had before a rearrangement", like_input)
          .input("input: Tensor")
          .input("pattern: str")
          .input("names: any? = null"),
      "_rearrange_backward(x, y, \"a b -> b a\")", "float[6, B], float[B, 6]");
  add(backward("_index_backward", "zeros, and the gradient at the places that an index chose", like_input)
          .input("input: Tensor")
          .input("index: any"),
      "_index_backward(x, y, [0])", "float[6], float[B, 6]");
  for (const bool input : {true, false})
    add(backward(input ? "_convolution_input_backward" : "_convolution_weight_backward",
                 input ? "the gradient of a convolution's input" : "the gradient of a convolution's weight",
                 input ? like_input : like_weight)
            .input("input: Tensor")
            .input("weight: Tensor")
            .input("stride: int[]")
            .input("padding: int[]")
            .input("dilation: int[]")
            .input("groups: int")
            .input("transposed: bool = false")
            .input("output_padding: int[]? = null"),
        input ? "_convolution_input_backward(x, y, z, [1], [0], [1], 1)"
              : "_convolution_weight_backward(x, y, z, [1], [0], [1], 1)",
        "float[B, 2, 4], float[B, 3, 6], float[2, 3, 3]");
  add(backward("_max_pool_backward", "each window's gradient where its greatest value stood", like_input)
          .input("input: Tensor")
          .input("indices: Tensor")
          .input("kernel_size: int[]")
          .input("stride: int[]? = null")
          .input("padding: int[] = 0")
          .input("dilation: int[] = 1")
          .input("ceil_mode: bool = false"),
      "_max_pool_backward(x, y, z, [2, 2])", "float[B, 2, 2, 2], float[B, 2, 4, 4], int[B, 2, 2, 2]");
  add(backward("_avg_pool_backward", "each window's gradient shared out over it", like_input)
          .input("input: Tensor")
          .input("kernel_size: int[]")
          .input("stride: int[]? = null")
          .input("padding: int[] = 0")
          .input("ceil_mode: bool = false")
          .input("count_include_pad: bool = true")
          .input("divisor_override: int? = null"),
      "_avg_pool_backward(x, y, [2, 2])", "float[B, 2, 2, 2], float[B, 2, 4, 4]");
  add(backward("_adaptive_avg_pool_backward", "each window's gradient shared out over it", like_input)
          .input("input: Tensor"),
      "_adaptive_avg_pool_backward(x, y)", "float[B, 2, 2, 2], float[B, 2, 4, 4]");
  add(backward("_embedding_backward", "the gradients of rows added up where they were looked up", like_weight)
          .input("input: Tensor")
          .input("weight: Tensor")
          .input("padding_idx: int? = null")
          .input("scale_grad_by_freq: bool = false"),
      "_embedding_backward(x, y, z)", "float[B, 8], int[B], float[100, 8]");
  const char* const reduction = "reduction: {none|mean|sum} = mean";
  add(backward("_cross_entropy_backward", "the gradient of the logits of a cross entropy", like_input)
          .input("input: Tensor")
          .input("target: Tensor")
          .input("weight: Tensor? = null")
          .input("ignore_index: int = -100")
          .input(reduction)
          .input("label_smoothing: float = 0"),
      "_cross_entropy_backward(x, y, z)", "float[], float[B, 5], int[B]");
  add(backward("_nll_backward", "the gradient of log-probabilities of a likelihood", like_input)
          .input("input: Tensor")
          .input("target: Tensor")
          .input("weight: Tensor? = null")
          .input("ignore_index: int = -100")
          .input(reduction),
      "_nll_backward(x, y, z)", "float[], float[B, 5], int[B]");
  add(normalization("_layer_norm_backward", "normalized_shape: dim[]"), "_layer_norm_backward(x, y, [6], z, z)",
      "float[B, 6], float[B, 6], float[B, 1]");
  add(normalization("_group_norm_backward", "num_groups: int"), "_group_norm_backward(x, y, 2, z, z)",
      "float[B, 6, 8], float[B, 6, 8], float[B, 2]");
  add(normalization("_batch_norm_backward", nullptr)
          .input("running_mean: Tensor? = null")
          .input("running_var: Tensor? = null")
          .input("training: bool? = null")
          .input("eps: float = 1e-5"),
      "_batch_norm_backward(x, y, z, z)", "float[B, 6], float[B, 6], float[6]");
  return ops;
}

}  // namespace modelc::ops

// Derivatives of what slides windows: convolutions, pooling.
#include "ops/derivative_terms.h"

namespace modelc::ops {
namespace {

using namespace terms;
using Args = std::vector<std::pair<std::string_view, Given>>;

/// The bias is added everywhere in its channel.
void give_bias(Rule& r, std::size_t sides) {
  if (!r.has("bias") || !r.wanted("bias")) return;
  const Term g = r.gradient();
  const std::size_t rank = r.type(g).rank();
  std::vector<std::int64_t> dims;
  for (std::size_t d = 0; d < rank; ++d)
    if (d != rank - sides - 1) dims.push_back(static_cast<std::int64_t>(d));
  r.give("bias", sum(r, g, dims));
}

void convolution(Rule& r, std::size_t sides, bool transposed) {
  if (!transposed && (r.arg("padding_mode").as_string() != "zeros" || r.arg("padding").is_string())) return r.decline();
  const Args args{{"gradient", r.gradient()},
                  {"input", r.operand("input")},
                  {"weight", r.operand("weight")},
                  {"stride", r.arg("stride")},
                  {"padding", r.arg("padding")},
                  {"dilation", r.arg("dilation")},
                  {"groups", r.arg("groups")},
                  {"transposed", transposed},
                  {"output_padding", transposed ? Given(r.arg("output_padding")) : Given(Constant())}};
  if (r.wanted("input")) r.give("input", r.call("_convolution_input_backward", args));
  if (r.wanted("weight")) r.give("weight", r.call("_convolution_weight_backward", args));
  give_bias(r, sides);
}

template <std::size_t sides>
void of_convolution(Rule& r) {
  convolution(r, sides, false);
}
template <std::size_t sides>
void of_transposed(Rule& r) {
  convolution(r, sides, true);
}

/// Each window's gradient goes to where its greatest value stood.
void of_max_pool(Rule& r) {
  if (!r.gradient(0).given()) return;
  r.give("input", r.call("_max_pool_backward", {{"gradient", r.gradient(0)},
                                                {"input", r.operand("input")},
                                                {"indices", r.result(1)},
                                                {"kernel_size", r.arg("kernel_size")},
                                                {"stride", r.arg("stride")},
                                                {"padding", r.arg("padding")},
                                                {"dilation", r.arg("dilation")},
                                                {"ceil_mode", r.arg("ceil_mode")}}));
}

void of_avg_pool(Rule& r) {
  r.give("input", r.call("_avg_pool_backward", {{"gradient", r.gradient()},
                                                {"input", r.operand("input")},
                                                {"kernel_size", r.arg("kernel_size")},
                                                {"stride", r.arg("stride")},
                                                {"padding", r.arg("padding")},
                                                {"ceil_mode", r.arg("ceil_mode")},
                                                {"count_include_pad", r.arg("count_include_pad")},
                                                {"divisor_override", r.arg("divisor_override")}}));
}

void of_adaptive_avg_pool(Rule& r) {
  r.give("input", r.call("_adaptive_avg_pool_backward", {{"gradient", r.gradient()}, {"input", r.operand("input")}}));
}

}  // namespace

std::vector<DerivativeRow> window_derivatives() {
  return {
      {"conv1d", of_convolution<1>},
      {"conv2d", of_convolution<2>},
      {"conv3d", of_convolution<3>},
      {"conv_transpose1d", of_transposed<1>},
      {"conv_transpose2d", of_transposed<2>},
      {"conv_transpose3d", of_transposed<3>},
      {"max_pool2d", of_max_pool, "max_pool2d", {{"return_indices", types::Constant(true)}}},
      {"avg_pool2d", of_avg_pool},
      {"adaptive_avg_pool2d", of_adaptive_avg_pool},
  };
}

}  // namespace modelc::ops

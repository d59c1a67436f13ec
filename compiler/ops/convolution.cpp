// Convolutions and transposed convolutions of one to three dimensions, as modules and, where weights are given, as
// functions.
#include <algorithm>

#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

struct Geometry {
  std::vector<std::int64_t> kernel, stride, dilation;
  std::vector<Dim> padding;  // both sides together
  bool same = false;
};

/// Stride, padding and dilation as given; the kernel is set by the caller. nullopt after reporting.
std::optional<Geometry> geometry(InferContext& cx, std::size_t n) {
  Geometry g;
  g.stride = repeated(cx, "stride", n);
  g.dilation = repeated(cx, "dilation", n);
  const Constant& padding = cx.arg("padding");
  if (padding.is_string()) {
    g.same = padding.as_string() == "same";
    g.padding.assign(n, 0);
    if (g.same)
      for (std::int64_t stride : g.stride)
        if (stride != 1) {
          cx.fault(cx.op() + " is given `padding=\"same\"` and " + tick("stride=" + cx.arg("stride").str()) +
                       ", expected a stride of 1",
                   {}, "padding");
          return std::nullopt;
        }
    return g;
  }
  for (std::int64_t p : repeated(cx, "padding", n)) g.padding.push_back(Dim(2) * Dim(p));
  return g;
}

/// The input's spatial sizes after the convolution, appended to `shape`.
bool convolve(InferContext& cx, const Geometry& g, std::vector<Dim>& shape) {
  const TensorType& input = cx.tensor("input");
  const std::size_t n = g.kernel.size(), first = input.rank() - n;
  for (std::size_t i = 0; i < n; ++i) {
    if (g.same) {
      shape.push_back(input.shape[first + i]);
      continue;
    }
    const auto size =
        slide(cx, input, first + i, side_name(i, n), g.kernel[i], g.stride[i], g.padding[i], g.dilation[i]);
    if (!size) return false;
    shape.push_back(*size);
  }
  return true;
}

/// Reflected and circular padding takes its values from the input.
bool require_padding_source(InferContext& cx, const Geometry& g) {
  const std::string& mode = cx.word("padding_mode");
  if (mode != "reflect" && mode != "circular") return true;
  const TensorType& input = cx.tensor("input");
  const std::size_t n = g.kernel.size();
  if (mode == "circular" && !cx.require_rank("input", n + 2))
    return false;  // PyTorch 1.13 wraps round with a batch only
  for (std::size_t i = 0; i < n; ++i) {
    const Dim span = g.same ? Dim(g.dilation[i]) * (Dim(g.kernel[i]) - 1) : g.padding[i];
    const Dim side = ceil_div(span, 2) + (mode == "reflect" ? 1 : 0);
    if (!cx.require_at_least(
            input.shape[input.rank() - n + i], side,
            "`padding_mode=\"" + mode + "\"` takes what it adds from the " + side_name(i, n) + " of " + input.str()))
      return false;
  }
  return true;
}

bool require_groups(InferContext& cx, std::int64_t in, std::int64_t out, std::int64_t groups) {
  for (const auto& [channels, name] : {std::pair{in, "in_channels"}, std::pair{out, "out_channels"}})
    if (channels % groups != 0) {
      cx.fault(cx.op() + " has " + tick(std::string(name) + "=" + std::to_string(channels)) + ", not divisible by " +
                   tick("groups=" + std::to_string(groups)),
               {}, "groups");
      return false;
    }
  return true;
}

/// Weight of `shape` and a bias of `out`; the fan-in is PyTorch's: the weight's second size times the kernel.
bool own_kernel(InferContext& cx, std::vector<Dim> shape, Dim out) {
  const Dim fan_in = product(shape, 1);
  if (!fan_in.is_constant()) {
    cx.fault(cx.op() + " has a `weight` of " + shape_text(shape) + ", which does not fit 64 bits");
    return false;
  }
  if (!own(cx, "weight", std::move(shape), kaiming_uniform(fan_in.constant()))) return false;
  return !cx.flag("bias") || own(cx, "bias", {out}, inverse_sqrt(fan_in.constant()));
}

Type infer_convolution(InferContext& cx, std::size_t n) {
  if (!cx.require_rank_between("input", n + 1, n + 2) || !require_parameter_dtype(cx, "input")) return Type::poison();
  const TensorType& input = cx.tensor("input");
  if (!cx.infer("in_channels", input.shape[input.rank() - n - 1])) return Type::poison();
  const std::int64_t in = cx.integer("in_channels"), out = cx.integer("out_channels"), groups = cx.integer("groups");
  auto g = geometry(cx, n);
  if (!g || !require_groups(cx, in, out, groups)) return Type::poison();
  g->kernel = repeated(cx, "kernel_size", n);
  std::vector<Dim> weight{out, in / groups};
  weight.insert(weight.end(), g->kernel.begin(), g->kernel.end());
  std::vector<Dim> shape;
  if (input.rank() == n + 2) shape.push_back(input.shape[0]);
  shape.push_back(out);
  if (!require_padding_source(cx, *g) || !convolve(cx, *g, shape) || !own_kernel(cx, std::move(weight), out))
    return Type::poison();
  return result(cx, input.dtype, std::move(shape));
}

Type infer_transposed(InferContext& cx, std::size_t n) {
  if (!cx.require_rank_between("input", n + 1, n + 2) || !require_parameter_dtype(cx, "input")) return Type::poison();
  const TensorType& input = cx.tensor("input");
  if (!cx.infer("in_channels", input.shape[input.rank() - n - 1])) return Type::poison();
  const std::int64_t in = cx.integer("in_channels"), out = cx.integer("out_channels"), groups = cx.integer("groups");
  auto g = geometry(cx, n);
  if (!g || !require_groups(cx, in, out, groups)) return Type::poison();
  g->kernel = repeated(cx, "kernel_size", n);
  const std::vector<std::int64_t> extra = repeated(cx, "output_padding", n);
  std::vector<Dim> weight{in, out / groups};
  weight.insert(weight.end(), g->kernel.begin(), g->kernel.end());
  std::vector<Dim> shape;
  if (input.rank() == n + 2) shape.push_back(input.shape[0]);
  shape.push_back(out);
  for (std::size_t i = 0; i < n; ++i) {
    if (extra[i] >= std::max(g->stride[i], g->dilation[i]))
      return cx.fault(cx.op() + " is given " + tick("output_padding=" + cx.arg("output_padding").str()) +
                          ", expected less than the stride or the dilation",
                      {}, "output_padding");
    const Dim size = (input.shape[input.rank() - n + i] - 1) * Dim(g->stride[i]) - g->padding[i] +
                     Dim(g->dilation[i]) * (Dim(g->kernel[i]) - 1) + Dim(extra[i]) + 1;
    if (size.is_constant() && size.constant() < 1)
      return cx.fault(cx.op() + " receives " + input.str() + " and leaves a " + side_name(i, n) + " of " + size.str() +
                      ", expected at least 1");
    if (!cx.require_at_least(size, 1, "the " + side_name(i, n) + " of the result is at least 1")) return Type::poison();
    shape.push_back(size);
  }
  if (!own_kernel(cx, std::move(weight), out)) return Type::poison();
  return result(cx, input.dtype, std::move(shape));
}

Type infer_function(InferContext& cx, std::size_t n) {
  if (!cx.require_rank_between("input", n + 1, n + 2) || !cx.require_rank("weight", n + 2) ||
      !require_same_dtype(cx, "input", "weight"))
    return Type::poison();
  const TensorType& input = cx.tensor("input");
  const TensorType& weight = cx.tensor("weight");
  auto g = geometry(cx, n);
  if (!g) return Type::poison();
  for (std::size_t i = 2; i < n + 2; ++i) {
    if (!weight.shape[i].is_constant())
      return cx.fault(received(cx, "weight") + " whose kernel depends on run-time sizes, expected integers", {},
                      "weight");
    g->kernel.push_back(weight.shape[i].constant());
  }
  const Dim groups = cx.dim("groups");
  if (!cx.require_equal(input.shape[input.rank() - n - 1], weight.shape[1] * groups,
                        "`weight` of " + weight.str() + " takes that many channels of " + input.str()) ||
      !cx.require_divisible(weight.shape[0], groups, "each group makes as many channels"))
    return Type::poison();
  if (cx.has("bias") && (!cx.require_rank("bias", 1) || !cx.require_equal(cx.tensor("bias").shape[0], weight.shape[0],
                                                                          "`bias` has a value for each channel")))
    return Type::poison();
  std::vector<Dim> shape;
  if (input.rank() == n + 2) shape.push_back(input.shape[0]);
  shape.push_back(weight.shape[0]);
  if (!convolve(cx, *g, shape)) return Type::poison();
  return result(cx, input.dtype, std::move(shape));
}

/// A multiply-add per weight and value of the side that the kernel is laid on.
Dim kernel_flops(InferContext& cx, Dim positions, std::string_view channels, std::size_t n) {
  Dim total = multiply_adds({positions, Dim(cx.integer(channels) / cx.integer("groups"))});
  for (std::int64_t k : repeated(cx, "kernel_size", n)) total = total * Dim(k);
  return total;
}

std::string example_type(std::size_t n) {
  return n == 1 ? "float[B, 3, 16]" : n == 2 ? "float[B, 3, 16, 16]" : "float[B, 3, 8, 16, 16]";
}

}  // namespace

std::vector<Op> convolution_family() {
  std::vector<Op> ops;
  for (std::size_t n = 1; n <= 3; ++n) {
    const std::string digit = std::to_string(n), sizes = "int[" + digit + "]";
    ops.push_back(module_op("Conv" + digit + "d")
                      .summary("convolution over " + digit + (n == 1 ? " dimension" : " dimensions"))
                      .inferred("in_channels")
                      .arg("out_channels: int in 1..")
                      .arg("kernel_size: " + sizes + " in 1..")
                      .arg("stride: " + sizes + " in 1.. = 1")
                      .arg("padding: " + sizes + "|{same|valid} in 0.. = 0")
                      .arg("dilation: " + sizes + " in 1.. = 1")
                      .arg("groups: int in 1.. = 1")
                      .arg("bias: bool = true")
                      .arg("padding_mode: {zeros|reflect|replicate|circular} = zeros")
                      .input("input: Tensor")
                      .infer([n](InferContext& cx) { return infer_convolution(cx, n); })
                      .flops([n](InferContext& cx, const Type& out) {
                        return kernel_flops(cx, out.tensor.numel(), "in_channels", n);
                      })
                      .example("Conv" + digit + "d(8, 3, padding=1)", example_type(n)));
  }
  for (std::size_t n = 1; n <= 3; ++n) {
    const std::string digit = std::to_string(n), sizes = "int[" + digit + "]";
    ops.push_back(module_op("ConvTranspose" + digit + "d")
                      .summary("transposed convolution over " + digit + (n == 1 ? " dimension" : " dimensions"))
                      .inferred("in_channels")
                      .arg("out_channels: int in 1..")
                      .arg("kernel_size: " + sizes + " in 1..")
                      .arg("stride: " + sizes + " in 1.. = 1")
                      .arg("padding: " + sizes + " in 0.. = 0")
                      .arg("output_padding: " + sizes + " in 0.. = 0")
                      .arg("groups: int in 1.. = 1")
                      .arg("bias: bool = true")
                      .arg("dilation: " + sizes + " in 1.. = 1")
                      .arg("padding_mode: {zeros} = zeros")
                      .input("input: Tensor")
                      .infer([n](InferContext& cx) { return infer_transposed(cx, n); })
                      .flops([n](InferContext& cx, const Type&) {
                        return kernel_flops(cx, cx.tensor("input").numel(), "out_channels", n);
                      })
                      .example("ConvTranspose" + digit + "d(8, 2, stride=2)", example_type(n)));
  }
  declare_convolution_functions(ops);
  return ops;
}

void declare_convolution_functions(std::vector<Op>& ops) {
  for (std::size_t n = 1; n <= 3; ++n) {
    const std::string digit = std::to_string(n), sizes = "int[" + digit + "]";
    ops.push_back(function_op("conv" + digit + "d")
                      .summary("convolution with a given weight")
                      .input("input: Tensor")
                      .input("weight: Tensor")
                      .input("bias: Tensor? = null")
                      .input("stride: " + sizes + " in 1.. = 1")
                      .input("padding: " + sizes + "|{same|valid} in 0.. = 0")
                      .input("dilation: " + sizes + " in 1.. = 1")
                      .input("groups: int in 1.. = 1")
                      .traits(kPure)
                      .infer([n](InferContext& cx) { return infer_function(cx, n); })
                      .flops([](InferContext& cx, const Type& out) {
                        return multiply_adds({out.tensor.numel(), product(cx.tensor("weight").shape, 1)});
                      })
                      .example("conv" + digit + "d(x, y)", example_type(n) + (n == 1   ? ", float[8, 3, 3]"
                                                                              : n == 2 ? ", float[8, 3, 3, 3]"
                                                                                       : ", float[8, 3, 3, 3, 3]")));
  }
}

}  // namespace modelc::ops

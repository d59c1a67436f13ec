// Convolutions and transposed convolutions of one to three dimensions: functions of a given weight, and the modules
// that own one.
#include <algorithm>

#include "ops/modes.h"
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kSameStride{"convolution.same_stride", "`padding=\"same\"` goes with a stride of 1"};
constexpr Constraint kGroups{"convolution.groups", "`in_channels` and `out_channels` are divisible by `groups`"};
constexpr Constraint kKernel{"convolution.kernel", "the sizes of the kernel are known numbers"};
constexpr Constraint kOutputPadding{"convolution.output_padding",
                                    "`output_padding` is less than the stride or the dilation"};
constexpr Constraint kOutputSize{"convolution.output_size", "the padding leaves a size of at least 1"};

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
          cx.fault(kSameStride,
                   cx.op() + " is given `padding=\"same\"` and " + tick("stride=" + cx.arg("stride").str()) +
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
  const PadMode how = pad_mode(mode);
  if (how != PadMode::Reflect && how != PadMode::Circular) return true;
  const TensorType& input = cx.tensor("input");
  const std::size_t n = g.kernel.size();
  if (how == PadMode::Circular && !cx.require_rank("input", n + 2))
    return false;  // PyTorch 1.13 wraps round with a batch only
  for (std::size_t i = 0; i < n; ++i) {
    const Dim span = g.same ? Dim(g.dilation[i]) * (Dim(g.kernel[i]) - 1) : g.padding[i];
    const Dim side = ceil_div(span, 2) + (how == PadMode::Reflect ? 1 : 0);
    if (!cx.require_at_least(input.shape[input.rank() - n + i], side, [&] {
          return "`padding_mode=\"" + mode + "\"` takes what it adds from the " + side_name(i, n) + " of " +
                 input.str();
        }))
      return false;
  }
  return true;
}

bool require_groups(InferContext& cx, std::int64_t in, std::int64_t out, std::int64_t groups) {
  for (const auto& [channels, name] : {std::pair{in, "in_channels"}, std::pair{out, "out_channels"}})
    if (channels % groups != 0) {
      cx.fault(kGroups,
               cx.op() + " has " + tick(std::string(name) + "=" + std::to_string(channels)) + ", not divisible by " +
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
    cx.fault(common::kOverflow, cx.op() + " has a `weight` of " + shape_text(shape) + ", which does not fit 64 bits");
    return false;
  }
  if (!own(cx, "weight", std::move(shape), kaiming_uniform(fan_in.constant()))) return false;
  return !cx.flag("bias") || own(cx, "bias", {out}, inverse_sqrt(fan_in.constant()));
}

/// What modules check and own; `transposed`: the weight has the input's channels first.
bool prepare(InferContext& cx, std::size_t n, bool transposed) {
  if (!cx.require_rank_between("input", n + 1, n + 2) || !require_parameter_dtype(cx, "input")) return false;
  const TensorType& input = cx.tensor("input");
  if (!cx.infer("in_channels", input.shape[input.rank() - n - 1])) return false;
  const std::int64_t in = cx.integer("in_channels"), out = cx.integer("out_channels"), groups = cx.integer("groups");
  if (!require_groups(cx, in, out, groups)) return false;
  std::vector<Dim> weight{transposed ? in : out, (transposed ? out : in) / groups};
  for (std::int64_t k : repeated(cx, "kernel_size", n)) weight.emplace_back(k);
  if (!transposed && !product(weight, 1).is_constant()) {
    // A kernel beyond all bounds: that it does not fit into the input says more than that its weight is too large.
    auto g = geometry(cx, n);
    std::vector<Dim> shape;
    if (!g) return false;
    g->kernel = repeated(cx, "kernel_size", n);
    if (!convolve(cx, *g, shape)) return false;
  }
  return own_kernel(cx, std::move(weight), out);
}

/// The kernel's sizes are the weight's last ones, and numbers.
bool read_kernel(InferContext& cx, Geometry& g) {
  const TensorType& weight = cx.tensor("weight");
  for (std::size_t i = 2; i < weight.rank(); ++i) {
    if (!weight.shape[i].is_constant()) {
      cx.fault(kKernel, received(cx, "weight") + " whose kernel depends on run-time sizes, expected integers", {},
               "weight");
      return false;
    }
    g.kernel.push_back(weight.shape[i].constant());
  }
  return true;
}

bool require_bias(InferContext& cx, Dim channels) {
  return !cx.has("bias") ||
         (cx.require_rank("bias", 1) &&
          cx.require_equal(cx.tensor("bias").shape[0], channels, "`bias` has a value for each channel") &&
          require_same_dtype(cx, "input", "bias"));
}

/// The batch if there is one, then the channels.
std::vector<Dim> leading(InferContext& cx, std::size_t n, Dim channels) {
  const TensorType& input = cx.tensor("input");
  if (input.rank() == n + 2) return {input.shape[0], channels};
  return {channels};
}

Type infer_convolution(InferContext& cx, std::size_t n) {
  if (!cx.require_rank_between("input", n + 1, n + 2) || !cx.require_rank("weight", n + 2) ||
      !require_same_dtype(cx, "input", "weight"))
    return Type::poison();
  const TensorType& input = cx.tensor("input");
  const TensorType& weight = cx.tensor("weight");
  auto g = geometry(cx, n);
  if (!g || !read_kernel(cx, *g)) return Type::poison();
  const Dim groups = cx.dim("groups");
  if (!cx.require_equal(
          input.shape[input.rank() - n - 1], weight.shape[1] * groups,
          [&] { return "`weight` of " + weight.str() + " takes that many channels of " + input.str(); }) ||
      !cx.require_divisible(weight.shape[0], groups, "each group makes as many channels") ||
      !require_bias(cx, weight.shape[0]) || !require_padding_source(cx, *g))
    return Type::poison();
  std::vector<Dim> shape = leading(cx, n, weight.shape[0]);
  return convolve(cx, *g, shape) ? result(cx, input.dtype, std::move(shape)) : Type::poison();
}

constexpr Constraint kTransposedDtype{"convolution.transposed_dtype",
                                      "a transposed convolution is of floating-point or int"};

Type infer_transposed(InferContext& cx, std::size_t n) {
  if (!cx.require_rank_between("input", n + 1, n + 2) || !cx.require_rank("weight", n + 2) ||
      !require_same_dtype(cx, "input", "weight"))
    return Type::poison();
  const TensorType& input = cx.tensor("input");
  const TensorType& weight = cx.tensor("weight");
  if (!types::is_floating(input.dtype) && input.dtype != DType::Int64)
    return cx.fault(kTransposedDtype, received(cx, "input") + ", expected floating point or int",
                    "convert it: `x.float()`", "input");
  auto g = geometry(cx, n);
  if (!g || !read_kernel(cx, *g)) return Type::poison();
  const Dim groups = cx.dim("groups"), channels = weight.shape[1] * groups;
  if (!cx.require_equal(
          input.shape[input.rank() - n - 1], weight.shape[0],
          [&] { return "`weight` of " + weight.str() + " takes that many channels of " + input.str(); }) ||
      !cx.require_divisible(weight.shape[0], groups, "each group takes as many channels") ||
      !require_bias(cx, channels))
    return Type::poison();
  const std::vector<std::int64_t> extra = repeated(cx, "output_padding", n);
  std::vector<Dim> shape = leading(cx, n, channels);
  for (std::size_t i = 0; i < n; ++i) {
    if (extra[i] >= std::max(g->stride[i], g->dilation[i]))
      return cx.fault(kOutputPadding,
                      cx.op() + " is given " + tick("output_padding=" + cx.arg("output_padding").str()) +
                          ", expected less than the stride or the dilation",
                      {}, "output_padding");
    const Dim size = (input.shape[input.rank() - n + i] - 1) * Dim(g->stride[i]) - g->padding[i] +
                     Dim(g->dilation[i]) * (Dim(g->kernel[i]) - 1) + Dim(extra[i]) + 1;
    if (size.is_constant() && size.constant() < 1)
      return cx.fault(kOutputSize, cx.op() + " receives " + input.str() + " and leaves a " + side_name(i, n) + " of " +
                                       size.str() + ", expected at least 1");
    if (!cx.require_at_least(size, 1, [&] { return "the " + side_name(i, n) + " of the result is at least 1"; }))
      return Type::poison();
    shape.push_back(size);
  }
  return result(cx, input.dtype, std::move(shape));
}

std::string example_type(std::size_t n) {
  return n == 1 ? "float[B, 3, 16]" : n == 2 ? "float[B, 3, 16, 16]" : "float[B, 3, 8, 16, 16]";
}

std::string example_weight(std::size_t n, bool transposed) {
  std::string type = transposed ? ", float[3, 8" : ", float[8, 3";
  for (std::size_t i = 0; i < n; ++i) type += ", 3";
  return type + "]";
}

OpBuilder& geometry_arguments(OpBuilder& op, std::size_t n, bool transposed) {
  const std::string sizes = "int[" + std::to_string(n) + "]";
  const auto declare = [&](const std::string& text) { op.is_module() ? op.arg(text) : op.input(text); };
  declare("stride: " + sizes + " in 1.. = 1");
  declare("padding: " + sizes + (transposed ? "" : "|{same|valid}") + " in 0.. = 0");
  if (transposed) {
    declare("output_padding: " + sizes + " in 0.. = 0");
    declare("groups: int in 1.. = 1");
    if (op.is_module()) op.arg("bias: bool = true");
    declare("dilation: " + sizes + " in 1.. = 1");
  } else {
    declare("dilation: " + sizes + " in 1.. = 1");
    declare("groups: int in 1.. = 1");
    if (op.is_module()) op.arg("bias: bool = true");
  }
  return op;
}

Op convolution_module(std::size_t n, bool transposed) {
  const std::string digit = std::to_string(n);
  const std::string name = (transposed ? "ConvTranspose" : "Conv") + digit + "d";
  OpBuilder op(name, true);
  op.summary((transposed ? "transposed convolution over " : "convolution over ") + digit +
             (n == 1 ? " dimension" : " dimensions"));
  op.inferred("in_channels").arg("out_channels: int in 1..").arg("kernel_size: int[" + digit + "] in 1..");
  geometry_arguments(op, n, transposed)
      .arg(transposed ? "padding_mode: {zeros} = zeros" : "padding_mode: {zeros|reflect|replicate|circular} = zeros")
      .input("input: Tensor")
      .demands({kGroups})
      .prepare([n, transposed](InferContext& cx) { return prepare(cx, n, transposed); })
      .becomes((transposed ? "conv_transpose" : "conv") + digit + "d")
      .example(name + (transposed ? "(8, 2, stride=2)" : "(8, 3, padding=1)"), example_type(n));
  return op;
}

Op convolution_function(std::size_t n, bool transposed) {
  const std::string name = (transposed ? "conv_transpose" : "conv") + std::to_string(n) + "d";
  OpBuilder op(name, false);
  op.summary(transposed ? "transposed convolution with a given weight" : "convolution with a given weight")
      .input("input: Tensor")
      .input("weight: Tensor")
      .input("bias: Tensor? = null");
  geometry_arguments(op, n, transposed);
  // The function of PyTorch pads with zeros only; its modules pad first, by another mode.
  if (!transposed) op.internal("padding_mode: {zeros|reflect|replicate|circular} = zeros");
  op.demands({kKernel});
  if (transposed) op.demands({kOutputPadding, kOutputSize, kTransposedDtype});
  else op.demands({kSameStride});
  Traits traits = kPure;
  if (transposed) traits.add(Trait::Transposed);
  op.traits(traits)
      .infer(
          [n, transposed](InferContext& cx) { return transposed ? infer_transposed(cx, n) : infer_convolution(cx, n); })
      // A multiply-add per weight and value of the side that the kernel is laid on.
      .flops([transposed](InferContext& cx, const Type& out) {
        const TensorType& side = transposed ? cx.tensor("input") : out.tensor;
        return multiply_adds({side.numel(), product(cx.tensor("weight").shape, 1)});
      })
      .example(name + "(x, y)", example_type(n) + example_weight(n, transposed));
  return op;
}

}  // namespace

std::vector<Op> convolution_family() {
  std::vector<Op> ops;
  for (bool transposed : {false, true})
    for (std::size_t n = 1; n <= 3; ++n) ops.push_back(convolution_module(n, transposed));
  for (bool transposed : {false, true})
    for (std::size_t n = 1; n <= 3; ++n) ops.push_back(convolution_function(n, transposed));
  return ops;
}

}  // namespace modelc::ops

// Padding: the `pad` function and the modules.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

/// `ends`: left and right of the last dimension, then of the one before, … as PyTorch has it.
Type padded(InferContext& cx, const std::vector<Dim>& ends, const std::string& mode, std::string_view argument) {
  const TensorType& input = cx.tensor("input");
  const std::size_t sides = ends.size() / 2;
  const std::string asked = tick(std::string(argument) + "=" + cx.arg(argument).str());
  if (ends.size() % 2 != 0 || sides > input.rank())
    return cx.fault(cx.op() + " of " + input.str() + " is given " + asked +
                        ", expected two numbers for each of at most " + std::to_string(input.rank()) + " dimensions",
                    {}, argument);
  // PyTorch 1.13 wraps round with a batch only.
  const std::size_t fewest = sides + (mode == "circular" ? 2 : 1);
  if (mode != "constant" && (sides < 1 || sides > 3 || input.rank() < fewest || input.rank() > sides + 2))
    return cx.fault(cx.op() + " of " + input.str() + " is given " + asked +
                        ", expected to pad all dimensions but the " +
                        (mode == "circular" ? "first two" : "first one or two") + ", as `mode=\"" + mode + "\"` has it",
                    {}, argument);
  std::vector<Dim> shape = input.shape;
  for (std::size_t i = 0; i < sides; ++i) {
    Dim& size = shape[shape.size() - 1 - i];
    const Dim left = ends[2 * i], right = ends[2 * i + 1], n = size;
    const std::string what = asked + " takes what it adds from a size of " + n.str() + " of " + input.str();
    if (mode == "constant") {
      if (!cx.require_at_least(n + dim_min(left, 0) + dim_min(right, 0), 0,
                               asked + " takes no more away than " + input.str() + " has"))
        return Type::poison();
    } else if (mode != "replicate") {
      const Dim least = dim_max(left, right) + (mode == "reflect" ? 1 : 0);
      if (!cx.require_at_least(n, least, what)) return Type::poison();
    }
    size = n + left + right;
    if (!cx.require_at_least(size, 1, "the padded size of " + input.str() + " is at least 1")) return Type::poison();
  }
  return result(cx, input.dtype, std::move(shape));
}

Type infer_pad(InferContext& cx) { return padded(cx, cx.dims("pad"), cx.word("mode"), "pad"); }

Type infer_pad_module(InferContext& cx, std::size_t n, const std::string& mode) {
  if (!cx.require_rank_between("input", n + 1, n + 2)) return Type::poison();
  std::vector<Dim> ends;
  for (std::int64_t end : repeated(cx, "padding", 2 * n)) ends.push_back(end);
  return padded(cx, ends, mode, "padding");
}

/// Constants pad any dtype and rank that has the dimensions.
Type infer_constant_module(InferContext& cx, std::size_t n) {
  std::vector<Dim> ends;
  for (std::int64_t end : repeated(cx, "padding", 2 * n)) ends.push_back(end);
  return padded(cx, ends, "constant", "padding");
}

std::string example_type(std::size_t n) {
  return n == 1 ? "float[B, 3, 8]" : n == 2 ? "float[B, 3, 8, 8]" : "float[B, 3, 8, 8, 8]";
}

}  // namespace

void declare_padding(std::vector<Op>& ops) {
  for (std::size_t n = 1; n <= 3; ++n) {
    const std::string digit = std::to_string(n), ends = "padding: int[" + std::to_string(2 * n) + "]";
    const auto module = [&](const std::string& name, const char* summary) {
      OpBuilder op(name + digit + "d", true);
      op.summary(summary).arg(ends).input("input: Tensor");
      return op;
    };
    if (n == 2)  // PyTorch has no other
      ops.push_back(module("ZeroPad", "zeros on each side")
                        .infer([n](InferContext& cx) { return infer_constant_module(cx, n); })
                        .example("ZeroPad2d(1)", example_type(n)));
    ops.push_back(module("ConstantPad", "a value on each side")
                      .arg("value: float")
                      .infer([n](InferContext& cx) { return infer_constant_module(cx, n); })
                      .example("ConstantPad" + digit + "d(1, 0.5)", example_type(n)));
    ops.push_back(module("ReflectionPad", "the input mirrored at its borders")
                      .infer([n](InferContext& cx) { return infer_pad_module(cx, n, "reflect"); })
                      .example("ReflectionPad" + digit + "d(1)", example_type(n)));
    ops.push_back(module("ReplicationPad", "the border's values repeated")
                      .infer([n](InferContext& cx) { return infer_pad_module(cx, n, "replicate"); })
                      .example("ReplicationPad" + digit + "d(1)", example_type(n)));
  }
  ops.push_back(function_op("pad")
                    .summary("values added at both ends of the last dimensions, or with negative numbers taken away")
                    .input("input: Tensor")
                    .input("pad: dim[]")
                    .input("mode: {constant|reflect|replicate|circular} = constant")
                    .input("value: float? = null")
                    .traits(kPure)
                    .infer(infer_pad)
                    .note("two numbers for each dimension, the last dimension first")
                    .example("pad(x, [1, 1])", "float[B, 3, 8]"));
}

}  // namespace modelc::ops

// Padding: the `pad` function and the modules.
#include "ops/modes.h"
#include "ops/parts.h"
#include "ops/rules.h"
#include "support/counted.h"

namespace modelc::ops {
namespace {

constexpr Constraint kEnds{"padding.ends", "there are two numbers for each padded dimension"};
constexpr Constraint kModeRank{"padding.mode_rank",
                               "a mode other than `constant` pads all dimensions behind the channels"};
constexpr Constraint kFloating{"padding.floating", "what is mirrored or repeated is no integer and no bool"};
constexpr Constraint kValue{"padding.value", "`value` goes with `mode=\"constant\"`"};

/// `ends`: left and right of the last dimension, then of the one before, … as PyTorch has it.
Type padded(InferContext& cx, const std::vector<Dim>& ends, const std::string& mode, std::string_view argument) {
  const TensorType& input = cx.tensor("input");
  const std::size_t sides = ends.size() / 2;
  const std::string asked = tick(std::string(cx.shown(argument)) + "=" + cx.arg(argument).str());
  if (ends.size() % 2 != 0 || sides > input.rank())
    return cx.fault(kEnds,
                    cx.op() + " of " + input.str() + " is given " + asked +
                        ", expected two numbers for each of at most " + support::counted(input.rank(), "dimension"),
                    {}, argument);
  // PyTorch 1.13 wraps round with a batch only.
  const PadMode how = pad_mode(mode);
  const std::size_t fewest = sides + (how == PadMode::Circular ? 2 : 1);
  if (how != PadMode::Constant && (sides < 1 || sides > 3 || input.rank() < fewest || input.rank() > sides + 2))
    return cx.fault(
        kModeRank,
        cx.op() + " of " + input.str() + " is given " + asked + ", expected to pad all dimensions but the " +
            (how == PadMode::Circular ? "first two" : "first one or two") + ", as `mode=\"" + mode + "\"` has it",
        {}, argument);
  std::vector<Dim> shape = input.shape;
  for (std::size_t i = 0; i < sides; ++i) {
    Dim& size = shape[shape.size() - 1 - i];
    const Dim left = ends[2 * i], right = ends[2 * i + 1], n = size;
    const std::string what = asked + " takes what it adds from a size of " + n.str() + " of " + input.str();
    if (how == PadMode::Constant) {
      if (!cx.require_at_least(n + dim_min(left, 0) + dim_min(right, 0), 0,
                               [&] { return asked + " takes no more away than " + input.str() + " has"; }))
        return Type::poison();
    } else if (how != PadMode::Replicate) {
      const Dim least = dim_max(left, right) + (how == PadMode::Reflect ? 1 : 0);
      if (!cx.require_at_least(n, least, what)) return Type::poison();
    }
    size = n + left + right;
    if (!cx.require_at_least(size, 1, [&] { return "the padded size of " + input.str() + " is at least 1"; }))
      return Type::poison();
  }
  return result(cx, input.dtype, std::move(shape));
}

Type infer_pad(InferContext& cx) {
  const std::string& mode = cx.word("mode");
  if (pad_mode(mode) != PadMode::Constant && !cx.is_null("value") && cx.number("value") != 0)
    return cx.fault(kValue,
                    cx.op() + " is given " + tick("value=" + cx.arg("value").str()) + " for " +
                        tick("mode=\"" + mode + "\"") + ", expected none: what is added comes from the input",
                    {}, "value");
  const bool mirrored = pad_mode(mode) == PadMode::Reflect || pad_mode(mode) == PadMode::Replicate;
  if (mirrored && !types::is_floating(types::part_of(cx.tensor("input").dtype)))
    return cx.fault(kFloating,
                    received(cx, "input") + " for " + tick("mode=\"" + mode + "\"") + ", expected floating point",
                    "convert it: `x.float()`", "input");
  return padded(cx, cx.dims("pad"), mode, "pad");
}

/// A module pads n dimensions of one item or of a batch; with a constant, of whatever has them.
Prepare sides(std::size_t n) {
  return [n](InferContext& cx) { return cx.require_rank_between("input", n + 1, n + 2); };
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
    const auto mode = [](const char* word) { return fixed("mode", Constant(word)); };
    ops.push_back(module("ZeroPad", "zeros on each side")
                      .becomes("pad", {from("pad", "padding"), mode("constant"), fixed("value", Constant(0.0))})
                      .example("ZeroPad" + digit + "d(1)", example_type(n)));
    ops.push_back(module("CircularPad", "the input goes on with its other end")
                      .prepare(sides(n))
                      .becomes("pad", {from("pad", "padding"), mode("circular")})
                      .example("CircularPad" + digit + "d(1)", example_type(n)));
    ops.push_back(module("ConstantPad", "a value on each side")
                      .arg("value: float")
                      .becomes("pad", {from("pad", "padding"), mode("constant")})
                      .example("ConstantPad" + digit + "d(1, 0.5)", example_type(n)));
    ops.push_back(module("ReflectionPad", "the input mirrored at its borders")
                      .prepare(sides(n))
                      .becomes("pad", {from("pad", "padding"), mode("reflect")})
                      .example("ReflectionPad" + digit + "d(1)", example_type(n)));
    ops.push_back(module("ReplicationPad", "the border's values repeated")
                      .prepare(sides(n))
                      .becomes("pad", {from("pad", "padding"), mode("replicate")})
                      .example("ReplicationPad" + digit + "d(1)", example_type(n)));
  }
  ops.push_back(function_op("constant_pad_nd")
                    .summary("a value added at both ends of the last dimensions")
                    .input("input: Tensor")
                    .input("pad: dim[]")
                    .input("value: float = 0")
                    .becomes("pad", {fixed("mode", Constant("constant"))})
                    .example("constant_pad_nd(x, [1, 1])", "float[B, 3, 8]"));
  ops.push_back(function_op("pad")
                    .summary("values added at both ends of the last dimensions, or with negative numbers taken away")
                    .input("input: Tensor")
                    .input("pad: dim[]")
                    .input("mode: {constant|reflect|replicate|circular} = constant")
                    .input("value: float? = null")
                    .traits(kPure)
                    .complex()
                    .demands({kEnds, kModeRank, kFloating, kValue})
                    .infer(infer_pad)
                    .note("two numbers for each dimension, the last dimension first")
                    .example("pad(x, [1, 1])", "float[B, 3, 8]"));
}

}  // namespace modelc::ops

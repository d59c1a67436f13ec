// Images as columns of blocks and back, channels in another order, samples at given places.
#include "ops/modes.h"
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kGrid{"folding.grid", "`grid` has a place of as many coordinates for each sample"};
constexpr Constraint kBicubic{"folding.bicubic", "`mode=\"bicubic\"` is for images"};
constexpr Constraint kTheta{"folding.theta", "`size` has 4 numbers for matrices of 2 rows, 5 for 3 rows"};

struct Blocks {
  std::vector<std::int64_t> kernel, dilation, padding, stride;
  explicit Blocks(const InferContext& cx)
      : kernel(repeated(cx, "kernel_size", 2)),
        dilation(repeated(cx, "dilation", 2)),
        padding(repeated(cx, "padding", 2)),
        stride(repeated(cx, "stride", 2)) {}
  Dim size() const { return Dim(kernel[0]) * kernel[1]; }
};

/// How many blocks lie within the last two sizes.
std::optional<Dim> count(InferContext& cx, const TensorType& image, const Blocks& blocks) {
  Dim all = 1;
  for (std::size_t i = 0; i < 2; ++i) {
    const auto along = slide(cx, image, image.rank() - 2 + i, side_name(i, 2), blocks.kernel[i], blocks.stride[i],
                             2 * blocks.padding[i], blocks.dilation[i]);
    if (!along) return std::nullopt;
    all = all * *along;
  }
  return all;
}

Type infer_unfold(InferContext& cx) {
  if (!cx.require_rank_between("input", 3, 4) || !cx.require_floating("input")) return Type::poison();
  const TensorType& input = cx.tensor("input");
  const Blocks blocks(cx);
  const auto columns = count(cx, input, blocks);
  if (!columns) return Type::poison();
  std::vector<Dim> shape(input.shape.begin(), input.shape.end() - 2);
  shape.back() = shape.back() * blocks.size();
  shape.push_back(*columns);
  return result(cx, input.dtype, std::move(shape));
}

Type infer_fold(InferContext& cx) {
  if (!cx.require_rank_between("input", 2, 3) || !cx.require_floating("input")) return Type::poison();
  const TensorType& input = cx.tensor("input");
  const Blocks blocks(cx);
  std::vector<Dim> sizes = cx.dims("output_size");
  sizes.resize(2, sizes[0]);
  TensorType image{input.dtype, std::vector<Dim>(input.shape.begin(), input.shape.end() - 2)};
  const Dim rows = input.shape[input.rank() - 2];
  if (!cx.require_divisible(rows, blocks.size(), "the rows of " + input.str() + " are blocks of the kernel's size"))
    return Type::poison();
  image.shape.push_back(floor_div(rows, blocks.size()));
  image.shape.insert(image.shape.end(), sizes.begin(), sizes.end());
  const auto columns = count(cx, image, blocks);
  if (!columns || !cx.require_equal(input.shape.back(), *columns, input.str() + " has a column for each block"))
    return Type::poison();
  return result(cx, input.dtype, std::move(image.shape));
}

Type infer_channel_shuffle(InferContext& cx) {
  if (!cx.require_rank_between("input", 3, kAnyRank)) return Type::poison();
  const TensorType& input = cx.tensor("input");
  if (!cx.require_divisible(input.shape[1], cx.integer("groups"), "the channels of " + input.str() + " make groups"))
    return Type::poison();
  return result_like(cx, "input");
}

Type infer_grid_sample(InferContext& cx) {
  if (!cx.require_rank_between("input", 4, 5) || !cx.require_floating("input") ||
      !require_same_dtype(cx, "input", "grid"))
    return Type::poison();
  const TensorType& input = cx.tensor("input");
  const TensorType& grid = cx.tensor("grid");
  const std::size_t sides = input.rank() - 2;
  if (grid.rank() != input.rank() || cx.simplify(grid.shape.back()) != Dim(static_cast<std::int64_t>(sides)))
    return cx.fault(kGrid,
                    received(cx, "grid") + " for " + input.str() + ", expected a last size of " + std::to_string(sides),
                    {}, "grid");
  if (resampling(cx.word("mode")) == Resampling::Bicubic && sides != 2)
    return cx.fault(kBicubic, received(cx, "input") + " for `mode=\"bicubic\"`, expected 4 dimensions", {}, "mode");
  if (!cx.require_equal(input.shape[0], grid.shape[0], "`grid` of " + grid.str() + " has places for each item"))
    return Type::poison();
  std::vector<Dim> shape{input.shape[0], input.shape[1]};
  shape.insert(shape.end(), grid.shape.begin() + 1, grid.shape.end() - 1);
  return result(cx, input.dtype, std::move(shape));
}

Type infer_affine_grid(InferContext& cx) {
  if (!cx.require_floating("theta") || !cx.require_rank("theta", 3)) return Type::poison();
  const TensorType& theta = cx.tensor("theta");
  const std::vector<Dim> size = cx.dims("size");
  const std::int64_t sides = static_cast<std::int64_t>(size.size()) - 2;
  if ((sides != 2 && sides != 3) || cx.simplify(theta.shape[1]) != Dim(sides) ||
      cx.simplify(theta.shape[2]) != Dim(sides + 1))
    return cx.fault(kTheta,
                    received(cx, "theta") + " for " + tick("size=" + cx.arg("size").str()) +
                        ", expected [N, 2, 3] for [N, C, H, W] or [N, 3, 4] for [N, C, D, H, W]",
                    {}, "theta");
  if (!cx.require_equal(theta.shape[0], size[0], "there is a matrix for each item")) return Type::poison();
  std::vector<Dim> shape{size[0]};
  shape.insert(shape.end(), size.begin() + 2, size.end());
  shape.push_back(sides);
  return result(cx, theta.dtype, std::move(shape));
}

using Declare = OpBuilder& (OpBuilder::*)(std::string_view);

void declare_blocks(std::vector<Op>& ops, bool module) {
  const Declare declare = module ? &OpBuilder::arg : &OpBuilder::input;
  for (const bool folds : {true, false}) {
    const std::string name = module ? (folds ? "Fold" : "Unfold") : (folds ? "fold" : "unfold");
    OpBuilder op(name, module);
    op.summary(folds ? "columns of blocks added up to an image" : "the blocks of an image as columns");
    op.input("input: Tensor");
    if (folds) (op.*declare)("output_size: int[2] in 1..");
    (op.*declare)("kernel_size: int[2] in 1..");
    (op.*declare)("dilation: int[2] in 1.. = 1");
    (op.*declare)("padding: int[2] in 0.. = 0");
    (op.*declare)("stride: int[2] in 1.. = 1");
    if (module) op.becomes(folds ? "fold" : "unfold");
    else op.traits(kPure).infer(folds ? infer_fold : infer_unfold);
    const std::string arguments = folds ? "[4, 5], 2" : "2";
    ops.push_back(
        op.example(name + (module ? "(" : "(x, ") + arguments + ")", folds ? "float[B, 12, 12]" : "float[B, 3, 4, 5]"));
  }
}

}  // namespace

void declare_folding(std::vector<Op>& ops) {
  declare_blocks(ops, true);
  declare_blocks(ops, false);
  ops.push_back(module_op("ChannelShuffle")
                    .summary("channels of groups taken in turn")
                    .arg("groups: int in 1..")
                    .input("input: Tensor")
                    .becomes("channel_shuffle")
                    .example("ChannelShuffle(2)", "float[B, 4, 3, 3]"));
  ops.push_back(function_op("channel_shuffle")
                    .summary("channels of groups taken in turn")
                    .input("input: Tensor")
                    .input("groups: int in 1..")
                    .traits(kPure)
                    .infer(infer_channel_shuffle)
                    .example("channel_shuffle(x, 2)", "float[B, 4, 3, 3]"));
  ops.push_back(function_op("grid_sample")
                    .summary("the values of an image at places within -1 and 1")
                    .input("input: Tensor")
                    .input("grid: Tensor")
                    .input("mode: {bilinear|nearest|bicubic} = bilinear")
                    .input("padding_mode: {zeros|border|reflection} = zeros")
                    .input("align_corners: bool? = null")
                    .traits(kPure)
                    .demands({kGrid, kBicubic})
                    .infer(infer_grid_sample)
                    .example("grid_sample(x, y)", "float[B, 3, 8, 8], float[B, 4, 5, 2]"));
  ops.push_back(function_op("affine_grid")
                    .summary("the places of an image's pixels under affine maps")
                    .input("theta: Tensor")
                    .input("size: dim[]")
                    .input("align_corners: bool? = null")
                    .traits(kPure)
                    .demands({kTheta})
                    .infer(infer_affine_grid)
                    .example("affine_grid(x, [2, 1, 4, 5])", "float[2, 2, 3]"));
}

}  // namespace modelc::ops

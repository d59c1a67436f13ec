#include <doctest/doctest.h>

#include <cmath>

#include "fake_context.h"

namespace modelc::ops::testing {
namespace {

struct Case {
  const char* call;
  const char* inputs;
  const char* result;
};

TEST_CASE("results over symbolic sizes") {
  const Case cases[] = {
      {"Linear(10)", "float[B, T, 4]", "float[B, T, 10]"},
      {"Conv2d(64, 7, stride=2, padding=3)", "float[B, 3, H, W]", "float[B, 64, (H + 1)//2, (W + 1)//2]"},
      {"Conv2d(8, 3)", "float[B, 3, H, 5]", "float[B, 8, H - 2, 3]"},
      {"Conv2d(8, 3, padding=\"same\")", "float[B, 3, H, W]", "float[B, 8, H, W]"},
      {"ConvTranspose2d(8, 3, stride=2, padding=1, output_padding=1)", "float[B, 3, H, W]", "float[B, 8, 2*H, 2*W]"},
      {"MaxPool2d(2)", "float[B, 3, H, W]", "float[B, 3, H//2, W//2]"},
      {"MaxPool2d(3, 2, 0, ceil_mode=true)", "float[B, 3, H, 8]", "float[B, 3, H//2, 4]"},
      {"AdaptiveAvgPool2d([1, null])", "float[B, 3, H, W]", "float[B, 3, 1, W]"},
      {"LSTM(16, batch_first=true)", "float[B, T, 8]", "(float[B, T, 16], (float[1, B, 16], float[1, B, 16]))"},
      {"LSTM(16, num_layers=2, bidirectional=true, proj_size=4)", "float[T, B, 8]",
       "(float[T, B, 8], (float[4, B, 4], float[4, B, 16]))"},
      {"GRU(16)", "float[T, 8]", "(float[T, 16], float[1, 16])"},
      {"cat([x, y], dim=1)", "float[B, 2], float[B, T]", "float[B, T + 2]"},
      {"cat([x, y])", "int[B, 2], float[S, 2]", "float[B + S, 2]"},
      {"stack([x, y, z], -1)", "float[B], float[B], float[B]", "float[B, 3]"},
      {"x.reshape(-1, 64)", "float[B, T, 64]", "float[B*T, 64]"},
      {"reshape(x, [2, -1])", "float[4, T]", "float[2, 2*T]"},
      {"flatten(x, 1)", "float[B, 3, H, W]", "float[B, 3*H*W]"},
      {"add(x, y)", "float[B, 1, D], float[T, D]", "float[B, T, D]"},
      {"add(x, 1)", "uint8[B]", "uint8[B]"},
      {"add(x, 0.5)", "int[B]", "float[B]"},
      {"add(x, y)", "float[B], float64[]", "float[B]"},
      {"div(x, 2)", "int[B]", "float[B]"},
      {"chunk(x, 4)", "float[10]", "(float[3], float[3], float[3], float[1])"},
      {"split(x, [1, 3], 1)", "float[B, 4]", "(float[B, 1], float[B, 3])"},
      {"squeeze(x)", "float[B, 1, T]", "float[B, T]"},
      {"matmul(x, y)", "float[B, T, 8], float[8, 5]", "float[B, T, 5]"},
      {"einsum(\"bhtd,bhsd->bhts\", [x, y])", "float[B, 2, T, 4], float[B, 2, S, 4]", "float[B, 2, T, S]"},
      {"interpolate(x, scale_factor=1.5)", "float[B, 3, H, W]", "float[B, 3, H + H//2, W + W//2]"},
      {"cross_entropy(x, y)", "float[B, C, T], int[B, T]", "float[]"},
      {"max(x, 1)", "float[B, 6]", "(values: float[B], indices: int[B])"},
      {"fft.rfft(x)", "float[B, N]", "complex64[B, N//2 + 1]"},
      {"fft.irfft(x)", "complex64[B, N]", "float[B, 2*N - 2]"},
      {"fft.fftn(x, dim=[0, 1])", "float64[4, N]", "complex128[4, N]"},
      {"fft.rfft2(x)", "float[B, H, W]", "complex64[B, H, W//2 + 1]"},
      {"fft.hfft(x, 7)", "float[B, 4]", "float[B, 7]"},
      {"stft(x, 8, return_complex=true)", "float[B, L]", "complex64[B, 5, L//2 + 1]"},
      {"istft(x, 8)", "complex64[B, 5, T]", "float[B, 2*T - 2]"},
      {"view_as_complex(x)", "float[B, T, 2]", "complex64[B, T]"},
      {"view_as_real(x)", "complex128[B]", "float64[B, 2]"},
      {"mul(x, y)", "complex64[B], float64[]", "complex64[B]"},
      {"mul(x, y)", "float64[B], complex64[]", "complex128[B]"},
      {"abs(x)", "complex64[B]", "float[B]"},
      {"scaled_dot_product_attention(x, y, z, enable_gqa=true)",
       "float[B, 8, T, 4], float[B, 2, S, 4], float[B, 2, S, 6]", "float[B, 8, T, 6]"},
      {"MultiheadAttention(2, add_zero_attn=true, add_bias_kv=true)", "float[T, B, 8], float[S, B, 8], float[S, B, 8]",
       "(float[T, B, 8], float[B, T, S + 2])"},
      {"linalg.matrix_power(x, 2)", "int[3, 3]", "int[3, 3]"},
      {"BatchNorm1d()", "bfloat16[B, 6]", "bfloat16[B, 6]"},
      {"tensor_split(x, [1, -1])", "float[6]", "(float[1], float[4], float[1])"},
      {"Sigmoid()", "int[B, 6]", "float[B, 6]"},
      {"Softsign()", "uint8[B]", "float[B]"},
      {"Hardtanh()", "int[B]", "int[B]"},
      {"prelu(x, y)", "float[B, C], float[C]", "float[B, C]"},
      {"softmin(x, dim=0)", "float[B]", "float[B]"},
      {"batch_norm(x, y, z)", "float[B, C, T], float[C], float[C]", "float[B, C, T]"},
      {"group_norm(x, 2)", "float[B, 4, T]", "float[B, 4, T]"},
      {"InstanceNorm1d()", "float64[B, C, 7]", "float64[B, C, 7]"},
      {"GroupNorm(1, affine=false)", "float[B, C, 7]", "float[B, C, 7]"},
      {"conv_transpose2d(x, y, stride=2, padding=1, output_padding=1)", "float[B, 3, H, W], float[3, 8, 3, 3]",
       "float[B, 8, 2*H, 2*W]"},
      {"MaxPool2d(2, return_indices=true)", "float[B, 3, H, 8]", "(float[B, 3, H//2, 4], int[B, 3, H//2, 4])"},
      {"adaptive_max_pool2d(x, [1, null], return_indices=true)", "float[B, 3, 6, 8]",
       "(float[B, 3, 1, 8], int[B, 3, 1, 8])"},
      {"AvgPool2d(2)", "int[B, 3, 8, 8]", "int[B, 3, 4, 4]"},
      {"cross_entropy(x, y)", "float[B, 5], float64[B, 5]", "float64[]"},
      {"cross_entropy(x, y, z)", "float[B, 5], float[B, 5], float64[5]", "float64[]"},
      {"binary_cross_entropy_with_logits(x, y)", "float[B], float64[B]", "float64[]"},
      {"binary_cross_entropy_with_logits(x, y, pos_weight=z)", "float64[B], float[B], float[1]", "float[]"},
      {"huber_loss(x, y)", "float[B], float64[B]", "float[]"},
      {"mse_loss(x, y)", "int[B], float[B]", "float[]"},
      {"einsum(\"i->\", [x])", "uint8[B]", "int[]"},
      {"einsum(\"ij->ji\", [x])", "uint8[B, T]", "uint8[T, B]"},
      {"einsum(\"i,j->\", [x, y])", "bool[B], bool[T]", "int[]"},
      {"einsum(\"ij,jk->ik\", [x, y])", "uint8[B, T], uint8[T, 3]", "uint8[B, 3]"},
      {"cosine_similarity(x, y)", "float64[], float[2, B]", "float[2]"},
      {"argmax(x, keepdim=true)", "float[B, 6]", "int[1, 1]"},
      {"sum(x, null, true)", "float[B, 6]", "float[1, 1]"},
      {"x.unfold(1, 3, 2)", "float[B, T]", "float[B, (T + 1)//2 - 1, 3]"},
      {"x.split(split_size=2, dim=1)", "float[B, 6]", "(float[B, 2], float[B, 2], float[B, 2])"},
      {"unbind(x, 1)", "float[B, 2]", "(float[B], float[B])"},
      {"meshgrid(x, y)", "float[B], float[T]", "(float[B, T], float[B, T])"},
      {"block_diag(x, y)", "float[B, 3], float[T]", "float[B + 1, T + 3]"},
      {"kron(x, y)", "float[B, 3], float[T]", "float[B, 3*T]"},
      {"diag_embed(x)", "float[B, T]", "float[B, T, T]"},
      {"rot90(x)", "float[B, T]", "float[T, B]"},
      {"hstack([x, y])", "float[B, 2], float[B, T]", "float[B, T + 2]"},
      {"absolute(x)", "float[B]", "float[B]"},
      {"true_divide(x, 2)", "int[B]", "float[B]"},
      {"swapaxes(x, 0, 1)", "float[B, T]", "float[T, B]"},
      {"multi_margin_loss(x, y)", "float[B, C], int[B]", "float[]"},
      {"TripletMarginLoss(reduction=\"none\")", "float[B, 3], float[B, 3], float[B, 3]", "float[B]"},
      {"median(x, 1)", "float[B, T]", "(values: float[B], indices: int[B])"},
      {"quantile(x, y, 1)", "float[B, T], float[3]", "float[3, B]"},
      {"diff(x)", "float[B, T]", "float[B, T - 1]"},
      {"linalg.solve(x, y)", "float[B, 3, 3], float[B, 3, 2]", "float[B, 3, 2]"},
      {"linalg.svd(x, full_matrices=false)", "float[B, 4, 3]",
       "(U: float[B, 4, 3], S: float[B, 3], Vh: float[B, 3, 3])"},
      {"cdist(x, y)", "float[B, T, 3], float[S, 3]", "float[B, T, S]"},
      {"tensordot(x, y, 1)", "float[B, T], float[T, 3]", "float[B, 3]"},
      {"unfold(x, 2, stride=2)", "float[B, 3, 8, W]", "float[B, 12, 4*(W//2)]"},
      {"MaxUnpool1d(2)", "float[B, 3, T], int[B, 3, T]", "float[B, 3, 2*T]"},
      {"EmbeddingBag(9, 4)", "int[B, T]", "float[B, 4]"},
      {"RMSNorm()", "float[B, T, 8]", "float[B, T, 8]"},
      {"x.new_zeros(2, 3)", "int[B]", "int[2, 3]"},
      {"tensor([[1, 2], [3, 4.5]])", "", "float[2, 2]"},
      {"MultiheadAttention(2, batch_first=true)", "float[B, T, 8], float[B, S, 8], float[B, S, 8]",
       "(float[B, T, 8], float[B, T, S])"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.call);
    CHECK(run(c.call, c.inputs) == c.result);
  }
}

TEST_CASE("what does not fit is reported with its values") {
  const Case cases[] = {
      {"Hardtanh(1, -1)", "float[B]",
       "`Hardtanh` is given `min_val=1.0` and `max_val=-1.0`, expected `max_val` above `min_val`"},
      {"Hardtanh()", "uint8[B]",
       "`Hardtanh` receives uint8[B] and holds it within `min_val=-1.0` and `max_val=1.0`, expected limits of at least "
       "0 for uint8"},
      {"ReLU()", "bool[B]", "`ReLU` receives bool[B], expected a number"},
      {"celu(x, 0.0)", "float[B]", "`celu` is given `alpha=0.0`, expected another number than 0"},
      {"AdaptiveAvgPool2d(null)", "float[B, 3, 8, 8]",
       "`AdaptiveAvgPool2d` is given `output_size=null`, expected an integer or 2 of at least 1, or null in the place "
       "of a size to keep"},
      {"AdaptiveAvgPool2d([5])", "float[B, 3, 8, 8]",
       "`AdaptiveAvgPool2d` is given `output_size=[5]`, expected an integer or 2 of at least 1, or null in the place "
       "of "
       "a size to keep"},
      {"ReflectionPad1d([3, 0])", "float[B, 2, 2]",
       "2 >= 4: `padding=[3, 0]` takes what it adds from a size of 2 of float[B, 2, 2]"},
      {"pad(x, [1, 1], \"reflect\", 2.0)", "float[B, 2, 8]",
       "`pad` is given `value=2.0` for `mode=\"reflect\"`, expected none: what is added comes from the input"},
      {"linear(x, y, z)", "float[B, 4], float[3, 4], float64[3]",
       "`linear` receives float[B, 4] and float64[3], expected equal dtypes"},
      {"conv1d(x, y, z)", "float[B, 3, 8], float[2, 3, 3], float64[2]",
       "`conv1d` receives float[B, 3, 8] and float64[2], expected equal dtypes"},
      {"layer_norm(x, [4], y)", "float[B, 4], float64[4]",
       "`layer_norm` receives float[B, 4] and float64[4], expected equal dtypes"},
      {"batch_norm(x, y, null)", "float[B, 3], float[3]",
       "`batch_norm` is given one of `running_mean` and `running_var`, expected both or none"},
      {"batch_norm(x, y, z, momentum=null)", "float[B, 3], float[3], float[3]",
       "`batch_norm` is given `momentum=null`, expected a number"},
      {"group_norm(x, 4)", "float[B, 6]",
       "`group_norm` receives float[B, 6] whose 6 channels are not divisible by `num_groups=4`"},
      {"GroupNorm(1)", "float[1, 1]", "`GroupNorm` receives float[1, 1], 1 value per group, expected more"},
      {"avg_pool3d(x, 3, padding=1)", "float[B, 1, 1, 8, 8]",
       "1 >= 3: the kernel of 3 must fit into the depth of float[B, 1, 1, 8, 8]"},
      {"interpolate(x, [4])", "float[B, 3, 8, 8]",
       "`interpolate` of float[B, 3, 8, 8] is given `size=[4]`, expected one number or 2"},
      {"embedding(x, y, 7)", "int[B], float[5, 3]", "5 >= 8: `padding_idx=7` is a row of float[5, 3]"},
      {"kl_div(x, y)", "float[B], int[B]", "`kl_div` receives `target` of int[B], expected a floating-point tensor"},
      {"cross_entropy(x, y, ignore_index=2)", "float[B, 3], float[B, 3]",
       "`cross_entropy` is given `ignore_index=2` for probabilities, expected none: no class is left out"},
      {"cross_entropy(x, y, z)", "float[B, 3], int[B], float64[3]",
       "`cross_entropy` receives float[B, 3] and float64[3], expected equal dtypes"},
      {"binary_cross_entropy(x, y)", "float64[B], float[B]",
       "`binary_cross_entropy` receives float64[B] and float[B], expected equal dtypes"},
      {"binary_cross_entropy_with_logits(x, y, z)", "float[B, 1], float[B, 1], float[3]",
       "3 == 1: `weight` of float[3] stretches to float[B, 1]"},
      {"topk(x, 6)", "float[]", "1 >= 6: k of the values of float[] are taken"},
      {"roll(x, 1, 0)", "float[]", "`roll` receives float[] with 0 dimensions, expected at least 1 dimension"},
      {"normal(0.0, -1.0, [2])", "", "`normal` is given `std=-1.0`, expected at least 0"},
      {"arange(0, 1, 0.25, dtype=int64)", "",
       "`arange` from 0 to 1 by 0.25 is no finite range, expected at least one element"},
      {"remainder(x, 0)", "int[B]", "`remainder` receives int[B] and 0, expected another divisor for integers"},
      {"prod(x, keepdim=true)", "float[B, 3]", "`prod` is given `keepdim=true` and no `dim`, expected a dimension"},
      {"max(x, keepdim=true)", "float[B, 3]", "`max` is given `keepdim=true` and no `dim`, expected a dimension"},
      {"all(x, keepdim=true)", "bool[B]", "`all` is given `keepdim=true` and no `dim`, expected a dimension"},
      {"clamp(x, y, 2)", "int[B], int[]",
       "`clamp` is given a tensor and a number as limits, expected two tensors or two numbers"},
      {"einsum(\"ij,jk->ik\", [x, y])", "bool[B, 2], bool[2, 3]",
       "`einsum` of `ij,jk->ik` receives bool[B, 2], expected floating point or int"},
      {"Conv2d(8, 3)", "float[B, 3, 2, 2]",
       "`Conv2d` receives float[B, 3, 2, 2] whose height 2 is less than the kernel's 3"},
      {"MaxPool2d(4)", "float[B, 3, 8, 3]",
       "`MaxPool2d` receives float[B, 3, 8, 3] whose width 3 is less than the kernel's 4"},
      {"MaxPool2d(2, padding=2)", "float[B, 3, 8, 8]",
       "`MaxPool2d` is given `padding=[2, 2]`, expected at most half of `kernel_size=[2, 2]`"},
      {"Linear(10)", "int[B, 4]", "`Linear` receives int[B, 4], expected float, the dtype of its parameters"},
      {"Linear(10)", "float[B, T]", "in_features is not known: T"},
      {"BatchNorm2d()", "float[B, 4]", "`BatchNorm2d` receives float[B, 4] with 2 dimensions, expected 4 dimensions"},
      {"Embedding(10, 4)", "float[B]", "`Embedding` receives float[B], expected row numbers of int or int32"},
      {"GroupNorm(4)", "float[B, 6]",
       "`GroupNorm` receives float[B, 6] whose 6 channels are not divisible by `num_groups=4`"},
      {"MultiheadAttention(3)", "float[T, B, 8], float[T, B, 8], float[T, B, 8]",
       "`MultiheadAttention` receives float[T, B, 8] whose width 8 is not divisible by `num_heads=3`"},
      {"cross_entropy(x, y)", "float[B, 5], float[B]",
       "`cross_entropy` receives `target` of float[B] for float[B, 5], expected int[B] or probabilities of float[B, "
       "5]"},
      {"mse_loss(x, y)", "float[B, 1], float[B]",
       "`mse_loss` receives `input` of float[B, 1] and `target` of float[B], expected equal shapes"},
      {"split(x, 2)", "float[T]",
       "`split` cuts dimension 0 of float[T] into pieces of 2, and their number depends on a run-time size"},
      {"interpolate(x, scale_factor=0.3)", "float[B, 3, H]",
       "`interpolate` scales the size H by 0.3, whose product is not exact for every size"},
      {"cat([x, y], dim=2)", "float[B, 2], float[B, 2]", "`cat` is given `dim=2` for 2 dimensions, expected -2 to 1"},
      {"mean(x)", "int[B]", "`mean` receives int[B], expected a floating-point tensor"},
      {"zeros(0, 2)", "", "`zeros` gives float[0, 2], expected every size to be at least 1"},
      {"reshape(x, [-1, -1])", "float[B, 2]", "`reshape` is given [-1, -1], expected at most one -1"},
      {"Conv2d(4611686018427387, 4611686018427387)", "float[B, 4611686018427387, 2, 2]",
       "`Conv2d` receives float[B, 4611686018427387, 2, 2] whose height 2 is less than the kernel's 4611686018427387"},
      {"chunk(x, 100000000)", "float[1000000000]", "`chunk` would give 100000000 pieces, expected at most 65536"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.call);
    CHECK(run(c.call, c.inputs) == c.result);
  }
}

struct Session {
  types::DimTable table;
  types::DimTable::Scope scope{table};
  std::map<std::string, Dim> symbols;
  TensorType type(const std::string& text) { return parse_types(text, symbols).at(0); }
};

std::string conditions(const FakeContext& context) {
  std::string text;
  for (const auto& [words, origins] : context.conditions.merged()) text += (text.empty() ? "" : ", ") + words;
  return text;
}

TEST_CASE("sizes that fit only sometimes become conditions") {
  Session s;
  FakeContext pool(*Catalogue::get().module("MaxPool2d"));
  pool.set("kernel_size", types::ConstantList{2, 2});
  pool.set("input", s.type("float[B, 3, H, 8]"));
  CHECK(pool.infer().str() == "float[B, 3, H//2, 4]");
  CHECK(conditions(pool) == "H >= 2");

  FakeContext chunk(*Catalogue::get().function("chunk"));
  chunk.set("chunks", Constant(4));
  chunk.set("input", s.type("float[T, 2]"));
  CHECK(chunk.infer().parts().size() == 4);
  CHECK(conditions(chunk) == "T % 4 == 0");

  FakeContext join(*Catalogue::get().function("cat"));
  join.set("dim", Constant(1));
  TensorType skip = s.type("float[B, 4, H]"), up = skip;
  up.shape[2] = Dim(2) * floor_div(up.shape[2], 2);
  join.set("tensors", Type::list({Type::of(up), Type::of(skip)}));
  CHECK(join.infer().tensor.shape[1] == Dim(8));
  CHECK(conditions(join) == "H % 2 == 0");
}

TEST_CASE("the state of an LSTM") {
  Session s;
  FakeContext lstm(*Catalogue::get().module("LSTM"));
  lstm.set("hidden_size", Constant(16));
  lstm.set("batch_first", Constant(true));
  lstm.set("input", s.type("float[B, T, 8]"));
  const Type state = Type::of(s.type("float[1, B, 16]"));
  lstm.set("hx", Type::tuple({state, state}));
  CHECK(lstm.infer().parts().at(1) == Type::tuple({state, state}));
  REQUIRE(lstm.tensors_owned.size() == 4);
  CHECK(lstm.tensors_owned[0].name == "weight_ih_l0");
  CHECK(lstm.tensors_owned[0].type.str() == "float[64, 8]");
  CHECK(lstm.tensors_owned[0].init == Init::uniform(0.25));
  lstm.set("hx", state);
  lstm.infer();
  CHECK(lstm.faults.at(0) ==
        "`LSTM` receives `hx` of float[1, B, 16], expected the pair (float[1, B, 16], float[1, B, 16])");
  lstm.faults.clear();
  lstm.set("hx", Type::tuple({state, Type::of(s.type("float[1, B, 15]"))}));
  lstm.infer();
  CHECK(lstm.faults.at(0) == "15 == 16: `c` of float[1, B, 15] is the state of float[1, B, 16]");
}

/// `x[...]` with the elements of an index.
std::string index(Session& s, const std::string& input, types::ConstantList elements, std::vector<Type> types = {}) {
  FakeContext context(*Catalogue::get().function("_index"));
  context.set("input", s.type(input));
  context.set("index", Constant(std::move(elements)));
  if (!types.empty()) context.set("index", Type::list(std::move(types)));
  const Type result = context.infer();
  if (!context.faults.empty()) return context.faults[0];
  const std::string words = conditions(context);
  return result.str() + (words.empty() ? "" : " where " + words);
}

TEST_CASE("indexing as in Python") {
  Session s;
  const Constant null;
  const Constant all(types::ConstantList{null, null, null});
  const auto slice = [&](Constant a, Constant b, Constant c = Constant()) {
    return Constant(types::ConstantList{a, b, c});
  };
  CHECK(index(s, "float[B, T, 4]", {all, Constant(-1)}) == "float[B, 4]");
  CHECK(index(s, "float[B, T, 4]", {Constant("..."), slice(null, null, 2)}) == "float[B, T, 2]");
  CHECK(index(s, "float[B, T]", {all, null}) == "float[B, 1, T]");
  CHECK(index(s, "float[B, T]", {all, slice(1, null)}) == "float[B, T - 1] where T >= 2");
  CHECK(index(s, "float[B, T]", {all, slice(null, -1)}) == "float[B, T - 1] where T >= 2");
  CHECK(index(s, "float[B, 9]", {all, slice(-3, null)}) == "float[B, 3]");
  CHECK(index(s, "float[B, 9]", {Constant(0), slice(2, 100, 3)}) == "float[3]");
  CHECK(index(s, "float[B, 9]", {all, Constant(9)}) == "9 >= 10: position 9 lies within a size of 9");
  CHECK(index(s, "float[B, 9]", {all, all, all}) == "3 positions index float[B, 9], expected at most 2");
  CHECK(index(s, "float[B, 9]", {all, null}, {Type::none(), Type::of(s.type("int[T, 2]"))}) == "float[B, T, 2]");
  CHECK(index(s, "float[B, 9]", {slice(null, null, -1)}) ==
        "the slice has the step `-1`, expected an integer of at least 1");
}

std::string rearranged(Session& s, const std::string& input, const std::string& pattern, types::ConstantList names) {
  FakeContext context(*Catalogue::get().function("_rearrange"));
  context.set("input", s.type(input));
  context.set("pattern", Constant(pattern));
  context.set("names", Constant(std::move(names)));
  const Type result = context.infer();
  return context.faults.empty() ? result.str() : context.faults[0];
}

TEST_CASE("rearrange takes dimensions apart and together") {
  Session s;
  const types::ConstantList eight{Constant(types::ConstantList{"h", 8})};
  CHECK(rearranged(s, "float[B, 64, T]", "b (h d) t -> b h t d", eight) == "float[B, 8, T, 8]");
  CHECK(rearranged(s, "float[B, 8, T, 4]", "b h t d -> b t (h d)", {}) == "float[B, T, 32]");
  CHECK(rearranged(s, "float[B, 3, H, W]", "b ... -> ... b 1", {}) == "float[3, H, W, B, 1]");
  CHECK(rearranged(s, "float[B, 60, T]", "b (h d) t -> b h t d", eight).find("== 0: `(h d)` makes up a size of") !=
        std::string::npos);
  CHECK(rearranged(s, "float[B, 64]", "b (h d) -> b h d", {}) ==
        "the pattern `b (h d) -> b h d` leaves the sizes of `h` and `d` open, expected one of them stated");
  CHECK(rearranged(s, "float[B, 64]", "b (h -> b h", {}) == "the pattern `b (h -> b h` has a `(` without its `)`");
  CHECK(rearranged(s, "float[B, 64]", "b c -> b", {}) ==
        "the pattern `b c -> b` drops a dimension, expected every name on both sides");
}

TEST_CASE("PyTorch's initial values") {
  Session s;
  FakeContext linear(*Catalogue::get().module("Linear"));
  linear.set("out_features", Constant(10));
  linear.set("input", s.type("float[B, 40]"));
  linear.infer();
  REQUIRE(linear.tensors_owned.size() == 2);
  CHECK(linear.tensors_owned[0].init.b == doctest::Approx(1 / std::sqrt(40.0)).epsilon(1e-12));
  CHECK(linear.tensors_owned[1].init.b == 1 / std::sqrt(40.0));

  FakeContext attention(*Catalogue::get().module("MultiheadAttention"));
  attention.set("num_heads", Constant(2));
  for (const char* name : {"query", "key", "value"}) attention.set(name, s.type("float[T, B, 8]"));
  attention.infer();
  REQUIRE(attention.tensors_owned.size() == 4);
  CHECK(attention.tensors_owned[0].name == "in_proj_weight");
  CHECK(attention.tensors_owned[0].init.rank == 1);  // drawn after out_proj
  CHECK(attention.tensors_owned[3].name == "out_proj.bias");
  CHECK(attention.tensors_owned[3].init.cleared);

  FakeContext norm(*Catalogue::get().module("BatchNorm1d"));
  norm.in_training = true;
  norm.set("input", s.type("float[1, 8]"));
  norm.infer();
  CHECK(norm.faults.at(0) == "`BatchNorm1d` receives float[1, 8], 1 value per channel, expected more in training");
}

TEST_CASE("operations are counted, a multiply-add as two") {
  Session s;
  FakeContext conv(*Catalogue::get().module("Conv2d"));
  conv.set("out_channels", Constant(64));
  conv.set("kernel_size", types::ConstantList{7, 7});
  conv.set("stride", types::ConstantList{2, 2});
  conv.set("padding", types::ConstantList{3, 3});
  conv.set("input", s.type("float[1, 3, 224, 224]"));
  const Type out = conv.infer();
  CHECK(Catalogue::get().module("Conv2d")->flops(conv, out) == Dim(2 * 64 * 112 * 112 * 3 * 49));
}

}  // namespace
}  // namespace modelc::ops::testing

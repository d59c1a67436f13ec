// What parameters and buffers start from: the functions of torch.nn.init, without the underscore at the end.
#include "catalogue/entry.h"

namespace modelc::catalogue {

namespace {

Declare initialiser(InitialiserId id, std::string name) { return Declare(Kind::Initialiser, id, std::move(name)); }

constexpr const char* kMode = "mode: {fan_in|fan_out} = fan_in";
constexpr const char* kNonlinearity =
    "nonlinearity: {linear|conv1d|conv2d|conv3d|conv_transpose1d|conv_transpose2d|conv_transpose3d|sigmoid|tanh|relu|"
    "leaky_relu|selu} = leaky_relu";

}  // namespace

std::vector<Entry> initialisers() {
  using Id = InitialiserId;
  return {
      initialiser(Id::Zeros, "zeros").summary("All 0.").example("zeros()"),
      initialiser(Id::Ones, "ones").summary("All 1.").example("ones()"),
      initialiser(Id::Constant, "constant").summary("All `val`.").argument("val: float").example("constant(0.1)"),
      initialiser(Id::Uniform, "uniform")
          .summary("Uniform from `a` to `b`.")
          .argument("a: float = 0")
          .argument("b: float = 1")
          .example("uniform(-0.1, 0.1)"),
      initialiser(Id::Normal, "normal")
          .summary("Normal.")
          .argument("mean: float = 0")
          .argument("std: float in 0.. = 1")
          .example("normal(std=0.02)"),
      initialiser(Id::KaimingUniform, "kaiming_uniform")
          .summary("He's, uniform; by the fan of a tensor of two dimensions or more.")
          .argument("a: float = 0")
          .argument(kMode)
          .argument(kNonlinearity)
          .example("kaiming_uniform(nonlinearity=\"relu\")"),
      initialiser(Id::KaimingNormal, "kaiming_normal")
          .summary("He's, normal; by the fan of a tensor of two dimensions or more.")
          .argument("a: float = 0")
          .argument(kMode)
          .argument(kNonlinearity)
          .example("kaiming_normal(mode=\"fan_out\")"),
      initialiser(Id::XavierUniform, "xavier_uniform")
          .summary("Glorot's, uniform; by both fans of a tensor of two dimensions or more.")
          .argument("gain: float = 1")
          .example("xavier_uniform()"),
      initialiser(Id::XavierNormal, "xavier_normal")
          .summary("Glorot's, normal; by both fans of a tensor of two dimensions or more.")
          .argument("gain: float = 1")
          .example("xavier_normal()"),
      initialiser(Id::TruncNormal, "trunc_normal")
          .summary("Normal, without what lies outside of `a` to `b`.")
          .argument("mean: float = 0")
          .argument("std: float in 0<.. = 1")
          .argument("a: float = -2")
          .argument("b: float = 2")
          .example("trunc_normal(std=0.02)"),
      initialiser(Id::Orthogonal, "orthogonal")
          .summary("Rows that are orthogonal to each other.")
          .argument("gain: float = 1")
          .example("orthogonal()")
          .not_yet(),
      initialiser(Id::Eye, "eye").summary("The identity, of a matrix.").example("eye()").not_yet(),
      initialiser(Id::Dirac, "dirac")
          .summary("The identity, of a convolution.")
          .argument("groups: int in 1.. = 1")
          .example("dirac()")
          .not_yet(),
  };
}

}  // namespace modelc::catalogue

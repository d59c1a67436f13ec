// torch.special: what torch has no name of its own for, and its names of what torch has.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Traits kUndifferentiated{Trait::Pure, Trait::Elementwise, Trait::StopsGradient};

struct Special {
  const char* name;
  const char* summary;
};

Type infer_polynomial(InferContext& cx) {
  const auto shape_of = [&](std::string_view name) {
    return cx.has(name) ? cx.tensor(name).shape : std::vector<Dim>{};
  };
  auto shape =
      cx.broadcast(shape_of("x"), shape_of("n"), "`x` and `n` are taken elementwise, and only a size of 1 stretches");
  return shape ? result(cx, float_of(promoted(cx, {"x", "n"})), std::move(*shape)) : Type::poison();
}

void declare_functions(std::vector<Op>& ops) {
  const Special smooth[] = {{"entr", "-x * log(x), 0 at 0"}, {"erfcx", "exp(x * x) * erfc(x)"},
                            {"i0e", "exp(-|x|) * i0(x)"},    {"i1", "modified Bessel function of order 1"},
                            {"i1e", "exp(-|x|) * i1(x)"},    {"ndtr", "the normal distribution up to x"},
                            {"ndtri", "inverse of ndtr"},    {"log_ndtr", "log(ndtr(x)), exact far below 0"}};
  const Special of_input[] = {{"bessel_j0", "Bessel function of the first kind, order 0"},
                              {"bessel_j1", "Bessel function of the first kind, order 1"},
                              {"bessel_y0", "Bessel function of the second kind, order 0"},
                              {"bessel_y1", "Bessel function of the second kind, order 1"},
                              {"modified_bessel_i0", "modified Bessel function of the first kind, order 0"},
                              {"modified_bessel_i1", "modified Bessel function of the first kind, order 1"},
                              {"modified_bessel_k0", "modified Bessel function of the second kind, order 0"},
                              {"modified_bessel_k1", "modified Bessel function of the second kind, order 1"}};
  const Special of_x[] = {{"airy_ai", "Airy function Ai"},
                          {"scaled_modified_bessel_k0", "exp(x) * modified_bessel_k0(x)"},
                          {"scaled_modified_bessel_k1", "exp(x) * modified_bessel_k1(x)"},
                          {"spherical_bessel_j0", "spherical Bessel function of the first kind, order 0"}};
  const auto declare = [&](const Special& f, const Traits& traits, const char* input) {
    ops.push_back(function_op("special." + std::string(f.name))
                      .summary(f.summary)
                      .input(input + std::string(": Tensor"))
                      .traits(traits)
                      .infer([name = std::string(input)](InferContext& cx) {
                        return Type::of({float_of(cx.tensor(name).dtype), cx.tensor(name).shape});
                      })
                      .example("special." + std::string(f.name) + "(x)", "float[B, 6]"));
  };
  for (const Special& f : smooth) declare(f, kElementwise, "input");
  for (const Special& f : of_input) declare(f, kUndifferentiated, "input");
  for (const Special& f : of_x) declare(f, kUndifferentiated, "x");
}

void declare_polynomials(std::vector<Op>& ops) {
  const Special polynomials[] = {{"chebyshev_polynomial_t", "Chebyshev polynomial of the first kind"},
                                 {"chebyshev_polynomial_u", "Chebyshev polynomial of the second kind"},
                                 {"chebyshev_polynomial_v", "Chebyshev polynomial of the third kind"},
                                 {"chebyshev_polynomial_w", "Chebyshev polynomial of the fourth kind"},
                                 {"shifted_chebyshev_polynomial_t", "Chebyshev polynomial of 2 * x - 1, first kind"},
                                 {"shifted_chebyshev_polynomial_u", "Chebyshev polynomial of 2 * x - 1, second kind"},
                                 {"shifted_chebyshev_polynomial_v", "Chebyshev polynomial of 2 * x - 1, third kind"},
                                 {"shifted_chebyshev_polynomial_w", "Chebyshev polynomial of 2 * x - 1, fourth kind"},
                                 {"hermite_polynomial_h", "Hermite polynomial of the physicists"},
                                 {"hermite_polynomial_he", "Hermite polynomial of the probabilists"},
                                 {"laguerre_polynomial_l", "Laguerre polynomial"},
                                 {"legendre_polynomial_p", "Legendre polynomial"}};
  for (const Special& f : polynomials)
    ops.push_back(function_op("special." + std::string(f.name))
                      .summary(f.summary + std::string(" of degree n"))
                      .input("x: Tensor|number")
                      .input("n: Tensor|number")
                      .traits(kUndifferentiated)
                      .infer(infer_polynomial)
                      .example("special." + std::string(f.name) + "(x, 3)", "float[B, 6]"));
}

}  // namespace

std::vector<Op> special_family() {
  std::vector<Op> ops;
  declare_functions(ops);
  declare_polynomials(ops);
  for (const char* name : {"digamma", "erf", "erfc", "erfinv", "exp2", "expm1", "i0", "log1p", "logit", "logsumexp",
                           "log_softmax", "softmax", "polygamma", "round", "sinc", "xlogy"})
    ops.push_back(synonym("special." + std::string(name), name));
  for (const auto& [name, function] : {std::pair{"expit", "sigmoid"},
                                       {"psi", "digamma"},
                                       {"gammaln", "lgamma"},
                                       {"gammainc", "igamma"},
                                       {"gammaincc", "igammac"},
                                       {"multigammaln", "mvlgamma"}})
    ops.push_back(synonym("special." + std::string(name), function));
  return ops;
}

}  // namespace modelc::ops

// torch.special.
#include <ATen/Functions.h>

#include "kernels/bind.h"

namespace modelc::kernels {

using at::Tensor;

#define MODELC_SPECIAL(name, input) \
  lowerings.add("special." #name, one(input, [](const Tensor& x) { return at::special_##name(x); }))
#define MODELC_SPECIAL_OF_TWO(name, first, second) \
  lowerings.add("special." #name,                  \
                two(first, second, [](const Tensor& x, const Tensor& y) { return at::special_##name(x, y); }))

namespace {

template <class F>
Lowering one(std::string input, F f) {
  return [f, input = std::move(input)](const NodeView& n) {
    return single(n, [f, x = n.tensor(input)](const Frame& fr) { return f(x(fr)); });
  };
}

template <class F>
Lowering two(std::string first, std::string second, F f) {
  return [f, first = std::move(first), second = std::move(second)](const NodeView& n) {
    return single(n, [f, x = n.tensor(first), y = n.tensor(second)](const Frame& fr) { return f(x(fr), y(fr)); });
  };
}

}  // namespace

void lower_special(Lowerings& lowerings) {
  MODELC_SPECIAL(entr, "input");
  MODELC_SPECIAL(erfcx, "input");
  MODELC_SPECIAL(i0e, "input");
  MODELC_SPECIAL(i1, "input");
  MODELC_SPECIAL(i1e, "input");
  MODELC_SPECIAL(ndtr, "input");
  MODELC_SPECIAL(ndtri, "input");
  MODELC_SPECIAL(log_ndtr, "input");
  MODELC_SPECIAL(bessel_j0, "input");
  MODELC_SPECIAL(bessel_j1, "input");
  MODELC_SPECIAL(bessel_y0, "input");
  MODELC_SPECIAL(bessel_y1, "input");
  MODELC_SPECIAL(modified_bessel_i0, "input");
  MODELC_SPECIAL(modified_bessel_i1, "input");
  MODELC_SPECIAL(modified_bessel_k0, "input");
  MODELC_SPECIAL(modified_bessel_k1, "input");
  MODELC_SPECIAL(airy_ai, "x");
  MODELC_SPECIAL(scaled_modified_bessel_k0, "x");
  MODELC_SPECIAL(scaled_modified_bessel_k1, "x");
  MODELC_SPECIAL(spherical_bessel_j0, "x");
  MODELC_SPECIAL_OF_TWO(xlog1py, "input", "other");
  MODELC_SPECIAL_OF_TWO(zeta, "input", "other");
  MODELC_SPECIAL_OF_TWO(chebyshev_polynomial_t, "x", "n");
  MODELC_SPECIAL_OF_TWO(chebyshev_polynomial_u, "x", "n");
  MODELC_SPECIAL_OF_TWO(chebyshev_polynomial_v, "x", "n");
  MODELC_SPECIAL_OF_TWO(chebyshev_polynomial_w, "x", "n");
  MODELC_SPECIAL_OF_TWO(shifted_chebyshev_polynomial_t, "x", "n");
  MODELC_SPECIAL_OF_TWO(shifted_chebyshev_polynomial_u, "x", "n");
  MODELC_SPECIAL_OF_TWO(shifted_chebyshev_polynomial_v, "x", "n");
  MODELC_SPECIAL_OF_TWO(shifted_chebyshev_polynomial_w, "x", "n");
  MODELC_SPECIAL_OF_TWO(hermite_polynomial_h, "x", "n");
  MODELC_SPECIAL_OF_TWO(hermite_polynomial_he, "x", "n");
  MODELC_SPECIAL_OF_TWO(laguerre_polynomial_l, "x", "n");
  MODELC_SPECIAL_OF_TWO(legendre_polynomial_p, "x", "n");
}

#undef MODELC_SPECIAL
#undef MODELC_SPECIAL_OF_TWO

}  // namespace modelc::kernels

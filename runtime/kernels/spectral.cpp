// torch.fft, spectra over time, complex numbers.
#include <ATen/Functions.h>

#include "kernels/bind.h"

namespace modelc::kernels {
namespace {

using at::Tensor;
using Norm = c10::optional<c10::string_view>;
using Transform = Tensor (*)(const Tensor&, at::OptionalIntArrayRef, at::OptionalIntArrayRef, Norm);
using Shift = Tensor (*)(const Tensor&, at::OptionalIntArrayRef);

at::OptionalIntArrayRef given(const Integers& list, bool is_given) {
  return is_given ? at::OptionalIntArrayRef(list) : at::OptionalIntArrayRef(c10::nullopt);
}

Lowering transform(Transform f) {
  return [f](const NodeView& n) {
    const bool sized = n.has("s"), placed = n.has("dim");
    return single(n, [f, sized, placed, x = n.tensor("input"), sizes = sized ? n.sizes("s") : FetchSizes(),
                      dims = integers_or_none(n, "dim"), named = n.has("norm"),
                      norm = n.has("norm") ? n.arg("norm").as_string() : std::string()](const Frame& fr) {
      // Some end with a conjugate that is only noted.
      return f(x(fr), given(sizes(fr), sized), given(dims, placed), named ? Norm(norm) : Norm()).resolve_conj();
    });
  };
}

Lowering shift(Shift f) {
  return [f](const NodeView& n) {
    return single(n, [f, placed = n.has("dim"), x = n.tensor("input"),
                      dims = integers_or_none(n, "dim")](const Frame& fr) { return f(x(fr), given(dims, placed)); });
  };
}

template <class F>
Lowering frequencies(F f) {
  return [f](const NodeView& n) {
    return single(n, [f, count = n.sizes("n"), d = n.number("d"), options = at::TensorOptions(result_dtype(n))](
                         const Frame& fr) { return f(count(fr).at(0), d, options); });
  };
}

c10::optional<bool> maybe_flag(const NodeView& n, std::string_view name) {
  return n.has(name) ? c10::optional<bool>(n.flag(name)) : c10::nullopt;
}

Kernel stft(const NodeView& n) {
  return single(n, [x = n.tensor("input"), window = n.tensor("window"), size = n.integer("n_fft"),
                    hop = maybe_integer(n, "hop_length"), length = maybe_integer(n, "win_length"),
                    center = n.flag("center"), mode = n.arg("pad_mode").as_string(), normalized = n.flag("normalized"),
                    onesided = maybe_flag(n, "onesided"), complex = maybe_flag(n, "return_complex")](const Frame& f) {
    // Without `return_complex` only what is complex anyway gets here.
    return at::stft(x(f), size, hop, length, maybe(window(f)), center, mode, normalized, onesided,
                    complex.value_or(true));
  });
}

Kernel istft(const NodeView& n) {
  const bool sized = n.has("length");
  return single(
      n, [sized, x = n.tensor("input"), window = n.tensor("window"), size = n.integer("n_fft"),
          hop = maybe_integer(n, "hop_length"), width = maybe_integer(n, "win_length"), center = n.flag("center"),
          normalized = n.flag("normalized"), onesided = maybe_flag(n, "onesided"),
          length = sized ? n.sizes("length") : FetchSizes(), complex = n.flag("return_complex")](const Frame& f) {
        const auto cut = sized ? c10::optional<std::int64_t>(length(f).at(0)) : c10::nullopt;
        return at::istft(x(f), size, hop, width, maybe(window(f)), center, normalized, onesided, cut, complex);
      });
}

template <class F>
Lowering joined(const char* first, const char* second, F f) {
  return [=](const NodeView& n) {
    return single(n, [f, a = n.tensor(first), b = n.tensor(second)](const Frame& fr) { return f(a(fr), b(fr)); });
  };
}

void lower_complex(Lowerings& lowerings) {
  lowerings.add("complex", joined("real", "imag", [](const Tensor& a, const Tensor& b) { return at::complex(a, b); }));
  lowerings.add("polar", joined("abs", "angle", [](const Tensor& a, const Tensor& b) { return at::polar(a, b); }));
  lowerings.add("vdot", joined("input", "other", [](const Tensor& a, const Tensor& b) { return at::vdot(a, b); }));
  lowerings.add("view_as_complex", unary([](const Tensor& x) { return at::view_as_complex(x); }));
  lowerings.add("view_as_real", unary([](const Tensor& x) { return at::view_as_real(x.resolve_conj()); }));
  lowerings.add("real", unary([](const Tensor& x) { return at::real(x); }));
  lowerings.add("imag", unary([](const Tensor& x) { return at::imag(x).resolve_neg(); }));
  for (const char* name : {"conj", "conj_physical"})
    lowerings.add(name, unary([](const Tensor& x) { return x.is_complex() ? at::conj_physical(x) : x; }));
}

}  // namespace

void lower_spectral(Lowerings& lowerings) {
  lowerings.add("fft.fftn", transform(at::fft_fftn));
  lowerings.add("fft.ifftn", transform(at::fft_ifftn));
  lowerings.add("fft.rfftn", transform(at::fft_rfftn));
  lowerings.add("fft.irfftn", transform(at::fft_irfftn));
  lowerings.add("fft.hfftn", transform(at::fft_hfftn));
  lowerings.add("fft.ihfftn", transform(at::fft_ihfftn));
  lowerings.add("fft.fftshift", shift(at::fft_fftshift));
  lowerings.add("fft.ifftshift", shift(at::fft_ifftshift));
  lowerings.add("fft.fftfreq", frequencies([](std::int64_t n, double d, const at::TensorOptions& options) {
                  return at::fft_fftfreq(n, d, options);
                }));
  lowerings.add("fft.rfftfreq", frequencies([](std::int64_t n, double d, const at::TensorOptions& options) {
                  return at::fft_rfftfreq(n, d, options);
                }));
  lowerings.add("stft", stft);
  lowerings.add("istft", istft);
  lower_complex(lowerings);
}

}  // namespace modelc::kernels

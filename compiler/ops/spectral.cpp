// torch.fft, and spectra over time. Each transform is one of several dimensions with one, or two, named.
#include <algorithm>

#include "ops/modes.h"
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kDtype{"spectral.dtype", "the input is no float16 and no bfloat16"};
constexpr Constraint kSizes{"spectral.sizes", "`s` has a size for each dimension of `dim`, and no more than there are"};
constexpr Constraint kWindow{"spectral.window", "`win_length` is at most `n_fft`, and `window` has as many elements"};
constexpr Constraint kComplexResult{"spectral.complex_result", "of real numbers `return_complex` is given"};
constexpr Constraint kOneSided{"spectral.one_sided", "the spectrum of complex numbers has two sides"};
constexpr Constraint kSpectrum{"spectral.spectrum", "the input is complex, of the frequencies of `n_fft`"};

constexpr Traits kComplex{Trait::Pure, Trait::Complex};
constexpr const char* kNorm = "norm: {forward|backward|ortho}? = null";

/// What a transform maps: complex numbers, or real ones to half of a spectrum, or back.
enum class Maps { Complex, RealToHalf, HalfToReal };

bool require_transformable(InferContext& cx) {
  const DType dtype = cx.tensor("input").dtype;
  if (dtype != DType::Float16 && dtype != DType::BFloat16) return true;
  cx.fault(kDtype, received(cx, "input") + ", expected float or float64", "convert it: `x.float()`", "input");
  return false;
}

bool require_real(InferContext& cx) {
  if (!types::is_complex(cx.tensor("input").dtype)) return true;
  cx.fault(common::kReal, received(cx, "input") + ", expected real numbers", "`fft.fft` takes complex ones", "input");
  return false;
}

/// The dimensions: `dim`, or the last as many as `s` has, or all.
std::optional<std::vector<std::size_t>> transformed(InferContext& cx, const std::vector<Dim>& sizes) {
  const std::size_t rank = cx.tensor("input").rank();
  if (!cx.is_null("dim")) {
    auto dims = axes(cx, "dim", rank);
    if (!dims || sizes.empty() || sizes.size() == dims->size()) return dims;
  } else if (sizes.size() <= rank) {
    std::vector<std::size_t> dims;
    for (std::size_t i = sizes.empty() ? 0 : rank - sizes.size(); i < rank; ++i) dims.push_back(i);
    return dims;
  }
  cx.fault(kSizes,
           cx.op() + " is given " + tick("s=" + cx.arg("s").str()) + " for " + cx.tensor("input").str() +
               ", expected a size for each dimension",
           {}, "s");
  return std::nullopt;
}

Type infer_transform(InferContext& cx, Maps maps) {
  if (!cx.require_rank_between("input", 1, kAnyRank) || !require_transformable(cx)) return Type::poison();
  if (maps == Maps::RealToHalf && !require_real(cx)) return Type::poison();
  const TensorType& input = cx.tensor("input");
  const std::vector<Dim> sizes = cx.dims("s");
  const auto dims = transformed(cx, sizes);
  if (!dims) return Type::poison();
  std::vector<Dim> shape = input.shape;
  for (std::size_t i = 0; i < dims->size(); ++i) {
    const bool halved = i + 1 == dims->size() && maps != Maps::Complex;
    Dim& size = shape[(*dims)[i]];
    if (!sizes.empty() && sizes[i] != Dim(-1)) {
      size = sizes[i];
      if (!cx.require_at_least(size, 1, "a transform is of at least one element")) return Type::poison();
    } else if (halved && maps == Maps::HalfToReal) {
      size = (size - 1) * 2;
      if (!cx.require_at_least(size, 1, [&] { return "half a spectrum of " + input.str() + " has two frequencies"; }))
        return Type::poison();
    }
    if (halved && maps == Maps::RealToHalf) size = floor_div(size, 2) + 1;
  }
  const DType part = types::part_of(float_of(input.dtype));
  return result(cx, maps == Maps::HalfToReal ? part : types::complex_of(part), std::move(shape));
}

struct Transform {
  const char* name;  // of one dimension; of two and of several it ends in 2 and n
  const char* summary;
  Maps maps;
};

void declare_transforms(std::vector<Op>& ops) {
  const Transform transforms[] = {
      {"fft", "Fourier's transform", Maps::Complex},
      {"ifft", "inverse of fft", Maps::Complex},
      {"rfft", "Fourier's transform of real numbers, the frequencies that are not negative", Maps::RealToHalf},
      {"irfft", "inverse of rfft", Maps::HalfToReal},
      {"hfft", "Fourier's transform of what is symmetric, given by half", Maps::HalfToReal},
      {"ihfft", "inverse of hfft", Maps::RealToHalf}};
  for (const Transform& t : transforms) {
    const std::string one = "fft." + std::string(t.name), several = one + "n", summary(t.summary);
    const char* const on = t.maps == Maps::HalfToReal ? "complex64[B, T, 6]" : "float[B, T, 6]";
    const auto function = [&](const std::string& name, const std::string& of) {
      return function_op(name).summary(summary + of).example(name + "(x)", on);
    };
    ops.push_back(function(several, " over several dimensions")
                      .input("input: Tensor")
                      .input("s: dim|dim[]? = null")
                      .input("dim: int|int[]? = null")
                      .input(kNorm)
                      .traits(kComplex)
                      .demands({kDtype, kSizes})
                      .infer([maps = t.maps](InferContext& cx) { return infer_transform(cx, maps); }));
    ops.push_back(function(one + "2", " over two dimensions")
                      .input("input: Tensor")
                      .input("s: dim[2]? = null")
                      .input("dim: int[2] = [-2, -1]")
                      .input(kNorm)
                      .becomes(several));
    ops.push_back(function(one, "")
                      .input("input: Tensor")
                      .input("n: dim? = null")
                      .input("dim: int = -1")
                      .input(kNorm)
                      .becomes(several, {from("s", "n")}));
  }
}

void declare_frequencies(std::vector<Op>& ops) {
  for (const bool half : {false, true}) {
    const std::string name = half ? "fft.rfftfreq" : "fft.fftfreq";
    ops.push_back(function_op(name)
                      .summary(half ? "the frequencies of rfft" : "the frequencies of fft")
                      .input("n: dim in 1..")
                      .input("d: float = 1.0")
                      .keyword("dtype: dtype? = null")
                      .traits(kPure)
                      .infer([half](InferContext& cx) {
                        const Dim n = cx.dim("n");
                        if (!cx.require_at_least(n, 1, "there is at least one frequency")) return Type::poison();
                        return result(cx, dtype_or(cx, DType::Float32), {half ? floor_div(n, 2) + 1 : n});
                      })
                      .example(name + "(8)", ""));
  }
  for (const bool back : {false, true}) {
    const std::string name = back ? "fft.ifftshift" : "fft.fftshift";
    ops.push_back(function_op(name)
                      .summary(back ? "inverse of fftshift" : "rolled so that frequency 0 is in the middle")
                      .input("input: Tensor")
                      .input("dim: int|int[]? = null")
                      .traits(kComplex)
                      .infer([](InferContext& cx) {
                        return axes(cx, "dim", cx.tensor("input").rank()) ? keep_type(cx) : Type::poison();
                      })
                      .example(name + "(x)", "float[B, 6]"));
  }
}

// --- spectra over time ---

struct Frames {
  std::int64_t n_fft, hop, margin;  // how far the first window reaches over the start
};

Frames frames_of(const InferContext& cx) {
  const std::int64_t n = cx.integer("n_fft");
  return {n, cx.is_null("hop_length") ? std::max<std::int64_t>(n / 4, 1) : cx.integer("hop_length"),
          cx.flag("center") ? n / 2 : 0};
}

bool require_window(InferContext& cx, const Frames& frames) {
  const std::int64_t length = cx.is_null("win_length") ? frames.n_fft : cx.integer("win_length");
  const bool fits = !cx.has("window") ||
                    (cx.tensor("window").rank() == 1 && cx.simplify(cx.tensor("window").shape[0]) == Dim(length));
  if (length <= frames.n_fft && fits) return true;
  cx.fault(kWindow,
           cx.op() + " is given a window of " +
               (cx.has("window") ? cx.tensor("window").str() : "[" + std::to_string(length) + "]") + " for " +
               tick("n_fft=" + std::to_string(frames.n_fft)) + ", expected " +
               (fits ? "one that is no longer" : std::to_string(length) + " elements"),
           {}, fits ? "win_length" : "window");
  return false;
}

/// What is windowed is complex where either is.
bool with_window(const InferContext& cx, bool complex) {
  return complex || (cx.has("window") && types::is_complex(cx.tensor("window").dtype));
}

bool is_two_sided(const InferContext& cx, bool complex) {
  return cx.is_null("onesided") ? complex : !cx.flag("onesided");
}

Type infer_stft(InferContext& cx) {
  const Frames frames = frames_of(cx);
  if (!cx.require_rank_between("input", 1, 2) || !require_transformable(cx) || !require_window(cx, frames))
    return Type::poison();
  const TensorType& input = cx.tensor("input");
  const bool whole = with_window(cx, types::is_complex(input.dtype));
  if (!types::is_complex(input.dtype) && !cx.require_floating("input")) return Type::poison();
  if (!whole && cx.is_null("return_complex"))
    return cx.fault(kComplexResult, received(cx, "input") + " without `return_complex`, expected it",
                    "`return_complex=true`; false gives the parts in a last dimension", "return_complex");
  const bool two_sided = is_two_sided(cx, whole);
  if (whole && !two_sided)
    return cx.fault(kOneSided, received(cx, "input") + " and `onesided=true`, expected false", {}, "onesided");
  const Dim length = input.shape.back();
  if (frames.margin > 0 && ops::pad_mode(cx.word("pad_mode")) == PadMode::Reflect &&
      !cx.require_at_least(length, frames.margin + 1, [&] { return "the margins are reflections of " + input.str(); }))
    return Type::poison();
  const Dim padded = length + 2 * frames.margin;
  if (!cx.require_at_least(padded, frames.n_fft, [&] { return "a window fits into " + input.str(); }))
    return Type::poison();
  std::vector<Dim> shape(input.shape.begin(), input.shape.end() - 1);
  shape.push_back(two_sided ? frames.n_fft : frames.n_fft / 2 + 1);
  shape.push_back(floor_div(padded - frames.n_fft, frames.hop) + 1);
  const bool parts = !cx.is_null("return_complex") && !cx.flag("return_complex");
  if (parts) shape.push_back(2);
  const DType part = types::part_of(input.dtype);
  return result(cx, parts ? part : types::complex_of(part), std::move(shape));
}

Type infer_istft(InferContext& cx) {
  const Frames frames = frames_of(cx);
  if (!cx.require_rank_between("input", 2, 3) || !require_window(cx, frames)) return Type::poison();
  const TensorType& input = cx.tensor("input");
  const Dim frequencies =
      is_two_sided(cx, with_window(cx, cx.flag("return_complex"))) ? frames.n_fft : frames.n_fft / 2 + 1;
  if (!types::is_complex(input.dtype) || cx.simplify(input.shape[input.rank() - 2]) != frequencies)
    return cx.fault(kSpectrum,
                    received(cx, "input") + ", expected complex numbers with " + frequencies.str() +
                        " frequencies in the last dimension but one",
                    {}, "input");
  std::vector<Dim> shape(input.shape.begin(), input.shape.end() - 2);
  const Dim whole = (input.shape.back() - 1) * frames.hop + frames.n_fft - 2 * frames.margin;
  if (cx.is_null("length") && !cx.require_at_least(whole, 1, "there is a sample between the margins"))
    return Type::poison();
  shape.push_back(cx.is_null("length") ? whole : cx.dim("length"));
  return result(cx, cx.flag("return_complex") ? input.dtype : types::part_of(input.dtype), std::move(shape));
}

/// Arguments that both share up to `center`.
OpBuilder& over_time(OpBuilder& op) {
  return op.input("input: Tensor")
      .input("n_fft: int in 1..")
      .input("hop_length: int? in 1.. = null")
      .input("win_length: int? in 1.. = null")
      .input("window: Tensor? = null")
      .input("center: bool = true")
      .traits(kComplex);
}

}  // namespace

std::vector<Op> spectral_family() {
  std::vector<Op> ops;
  declare_transforms(ops);
  declare_frequencies(ops);
  OpBuilder stft = function_op("stft");
  ops.push_back(over_time(stft)
                    .summary("spectra of windows that move along the last dimension")
                    .input("pad_mode: {constant|reflect|replicate|circular} = reflect")
                    .input("normalized: bool = false")
                    .input("onesided: bool? = null")
                    .input("return_complex: bool? = null")
                    .demands({kDtype, kWindow, kComplexResult, kOneSided})
                    .infer(infer_stft)
                    .example("stft(x, 8, return_complex=true)", "float[B, 100]"));
  OpBuilder istft = function_op("istft");
  ops.push_back(over_time(istft)
                    .summary("inverse of stft")
                    .input("normalized: bool = false")
                    .input("onesided: bool? = null")
                    .input("length: dim? in 1.. = null")
                    .input("return_complex: bool = false")
                    .demands({kWindow, kSpectrum})
                    .infer(infer_istft)
                    .example("istft(x, 8)", "complex64[B, 5, T]"));
  return ops;
}

}  // namespace modelc::ops

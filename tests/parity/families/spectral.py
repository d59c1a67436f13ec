"""torch.fft and spectra over time."""

from case import case

REAL, COMPLEX = ("float[3, 8]", "float[B, 7]", "float64[5]", "int[2, 6]", "bool[4]"), ("complex64[3, 8]", "complex128[5]", "complex64[B, 6]")
FULL, HALF = "fft ifft".split(), "rfft ihfft".split()
BACK = "irfft hfft".split()
NORMS = ", norm=\"ortho\"", ", norm=\"forward\"", ", norm=\"backward\"", ", 5", ", n=10, dim=0", ", null, 0"

CASES = [
    *[case(f"fft.{name}(x)", operand) for name in FULL + BACK for operand in REAL + COMPLEX],
    *[case(f"fft.{name}(x)", operand) for name in HALF for operand in REAL],
    *[case(f"fft.{name}(x{rest})", "float[4, 6]") for name in FULL + HALF + BACK for rest in NORMS],
    *[case(f"fft.{name}(x{rest})", "complex64[4, 6]") for name in FULL + BACK for rest in NORMS],
    *[case(f"fft.{name}{n}(x)", "float[2, 4, 6]") for name in FULL + HALF + BACK for n in ("2", "n")],
    *[case(f"fft.{name}{n}(x)", "complex64[B, 4, 6]") for name in FULL + BACK for n in ("2", "n")],
    *[case(f"fft.{name}n(x{rest})", "float[2, 4, 6]") for name in FULL + HALF + BACK
      for rest in (", [4, 5]", ", dim=[0, 1]", ", [3, 8], [0, 2], \"ortho\"", ", dim=1")],
    *[case(f"fft.{name}2(x, [4, 5], [0, 1])", "float[2, 4, 6]") for name in FULL + HALF + BACK],
    case("fft.irfft(fft.rfft(x), x.shape[-1])", "float[2, 7]"), case("fft.irfft(fft.rfft(x), n=T)", "float[B, T]", python="fft.irfft(fft.rfft(x), n=5)"),
    case("fft.fft(fft.fft(x), dim=-2).real", "float[2, 4, 6]"),
    case("fft.fftfreq(6)"), case("fft.rfftfreq(7, 0.5)"), case("fft.fftfreq(5, d=2.0, dtype=float64)", python="fft.fftfreq(5, d=2.0, dtype=float64)"),
    case("fft.rfftfreq(x.shape[1])", "float[B, T]"),
    *[case(f"fft.{name}(x{rest})", operand) for name in ("fftshift", "ifftshift") for rest in ("", ", 0", ", dim=[1]")
      for operand in ("float[3, 5]", "complex64[3, 4]", "int[B, 5]")],
    *[case(f"stft(x, 8{rest}, return_complex=true)", operand) for operand in ("float[2, 40]", "float[30]", "float[B, 40]")
      for rest in ("", ", 3", ", hop_length=5, normalized=true", ", center=false", ", win_length=6", ", pad_mode=\"constant\"", ", onesided=false")],
    case("stft(x, 8, window=y, return_complex=true)", "float[2, 40], float[8]"), case("stft(x, 8, return_complex=false)", "float[2, 40]"),
    case("stft(x, 7, 2, return_complex=true)", "float[2, 40]"), case("stft(x, 8, return_complex=true)", "complex64[2, 40]"),
    *[case(f"istft(stft(x, 8, window=y{rest}, return_complex=true), 8, window=y{rest})", "float[2, 40], weights[8]")
      for rest in ("", ", hop_length=3", ", normalized=true")],
    case("istft(stft(x, 8, window=y, return_complex=true), 8, window=y, length=38)", "float[2, 40], weights[8]"),
    case("istft(x, 8, window=y)", "complex64[B, 5, 9], weights[8]"),
]

// Complex numbers: made of real ones, and taken apart.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kParts{"complex.parts", "the parts are float or float64"};
constexpr Constraint kPair{"complex.pair", "the last size is 2: the real and the imaginary part"};
constexpr Constraint kComplex{"complex.complex", "the tensor is complex"};

constexpr Traits kComplexView{Trait::Pure, Trait::View, Trait::Complex};
constexpr Traits kComplexElementwise{Trait::Pure, Trait::Elementwise, Trait::Complex};

bool require_parts(InferContext& cx, std::string_view name) {
  const DType dtype = cx.tensor(name).dtype;
  if (dtype == DType::Float32 || dtype == DType::Float64) return true;
  cx.fault(kParts, received(cx, name) + ", expected float or float64", "convert it: `x.float()`", name);
  return false;
}

bool require_complex(InferContext& cx) {
  if (types::is_complex(cx.tensor("input").dtype)) return true;
  cx.fault(kComplex, received(cx, "input") + ", expected complex numbers", "`complex(x, y)` makes some of two parts",
           "input");
  return false;
}

/// Of two tensors of parts.
Infer joined(std::string_view first, std::string_view second) {
  return [first, second](InferContext& cx) {
    if (!require_parts(cx, first) || !require_parts(cx, second) || !require_same_dtype(cx, first, second))
      return Type::poison();
    const TensorType& a = cx.tensor(first);
    const TensorType& b = cx.tensor(second);
    auto shape = cx.broadcast(a.shape, b.shape, [&] {
      return a.str() + " and " + b.str() + " are taken elementwise, and only a size of 1 stretches";
    });
    return shape ? result(cx, types::complex_of(a.dtype), std::move(*shape)) : Type::poison();
  };
}

Type infer_view_as_complex(InferContext& cx) {
  if (!require_parts(cx, "input") || !cx.require_rank_between("input", 1, kAnyRank)) return Type::poison();
  TensorType type = cx.tensor("input");
  if (cx.simplify(type.shape.back()) != Dim(2))
    return cx.fault(kPair, received(cx, "input") + ", expected a last size of 2",
                    "pairs of a last dimension: `x.unflatten(-1, [-1, 2])`", "input");
  type.shape.pop_back();
  type.dtype = types::complex_of(type.dtype);
  return Type::of(std::move(type));
}

Type infer_view_as_real(InferContext& cx) {
  if (!require_complex(cx)) return Type::poison();
  TensorType type = cx.tensor("input");
  type.shape.push_back(2);
  type.dtype = types::part_of(type.dtype);
  return Type::of(std::move(type));
}

Type infer_part(InferContext& cx) {
  TensorType type = cx.tensor("input");
  type.dtype = types::part_of(type.dtype);
  return Type::of(std::move(type));
}

Type infer_imag(InferContext& cx) { return require_complex(cx) ? infer_part(cx) : Type::poison(); }

}  // namespace

void declare_complex(std::vector<Op>& ops) {
  ops.push_back(function_op("complex")
                    .summary("complex numbers of their real and imaginary parts")
                    .input("real: Tensor")
                    .input("imag: Tensor")
                    .traits(kElementwise)
                    .demands({kParts})
                    .infer(joined("real", "imag"))
                    .example("complex(x, y)", "float[B, 6], float[6]"));
  ops.push_back(function_op("polar")
                    .summary("complex numbers of their absolute values and angles")
                    .input("abs: Tensor")
                    .input("angle: Tensor")
                    .traits(kElementwise)
                    .demands({kParts})
                    .infer(joined("abs", "angle"))
                    .example("polar(x, y)", "float[B, 6], float[6]"));
  ops.push_back(function_op("view_as_complex")
                    .summary("a last dimension of 2 as the parts of complex numbers")
                    .input("input: Tensor")
                    .traits(kView)
                    .demands({kParts, kPair})
                    .infer(infer_view_as_complex)
                    .example("view_as_complex(x)", "float[B, 6, 2]"));
  ops.push_back(function_op("view_as_real")
                    .summary("the parts of complex numbers as a last dimension of 2")
                    .input("input: Tensor")
                    .traits(kComplexView)
                    .demands({kComplex})
                    .infer(infer_view_as_real)
                    .example("view_as_real(x)", "complex64[B, 6]"));
  ops.push_back(function_op("real")
                    .summary("the real part; also `x.real`")
                    .input("input: Tensor")
                    .traits(kComplexView)
                    .infer(infer_part)
                    .example("real(x)", "complex64[B, 6]"));
  ops.push_back(function_op("imag")
                    .summary("the imaginary part; also `x.imag`")
                    .input("input: Tensor")
                    .traits(kComplexView)
                    .demands({kComplex})
                    .infer(infer_imag)
                    .example("imag(x)", "complex64[B, 6]"));
  for (const char* name : {"conj", "conj_physical"})
    ops.push_back(function_op(name)
                      .summary("with the imaginary part of the other sign; a real number is its own")
                      .input("input: Tensor")
                      .traits(kComplexElementwise)
                      .infer(keep_type)
                      .example(std::string(name) + "(x)", "complex64[B, 6]"));
  ops.push_back(function_op("vdot")
                    .summary("the product of two vectors, the first one's conj")
                    .input("input: Tensor")
                    .input("other: Tensor")
                    .traits({Trait::Pure, Trait::Complex})
                    .infer([](InferContext& cx) {
                      if (!cx.require_rank("input", 1) || !cx.require_rank("other", 1) ||
                          !require_same_dtype(cx, "input", "other") || !require_same_shape(cx, "input", "other"))
                        return Type::poison();
                      return result(cx, cx.tensor("input").dtype, {});
                    })
                    .example("vdot(x, y)", "complex64[6], complex64[6]"));
}

}  // namespace modelc::ops

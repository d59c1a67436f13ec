#include "types/type.h"

#include <doctest/doctest.h>

#include "types/constant.h"

using namespace modelc::types;

TEST_CASE("type: words of dtypes") {
  CHECK(parse_dtype("float") == DType::Float32);
  CHECK(parse_dtype("float32") == DType::Float32);
  CHECK(parse_dtype("int") == DType::Int64);
  CHECK(parse_dtype("bfloat16") == DType::BFloat16);
  CHECK_FALSE(parse_dtype("string").has_value());
  CHECK_FALSE(parse_dtype("double").has_value());
  CHECK(dtype_word(DType::Int64) == "int");
  CHECK(torch_word(DType::Int64) == "int64");
  CHECK(byte_size(DType::BFloat16) == 2);
  CHECK(is_floating(DType::Float16));
  CHECK_FALSE(is_integral(DType::Bool));
  CHECK(is_integral(DType::UInt8));
}

TEST_CASE("type: promotion is torch.promote_types") {
  // Rows and columns: bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64.
  constexpr const char* kRows[] = {
      "0123456789", "1133456789", "2323456789", "3333456789", "4444456789",
      "5555556789", "6666666889", "7777778789", "8888888889", "9999999999",
  };
  for (int a = 0; a < 10; ++a)
    for (int b = 0; b < 10; ++b)
      CHECK(static_cast<int>(promote(static_cast<DType>(a), static_cast<DType>(b))) == kRows[a][b] - '0');
}

TEST_CASE("type: complex numbers are of two parts, and promote by them") {
  CHECK(promote(DType::Complex64, DType::Float64) == DType::Complex128);
  CHECK(promote(DType::BFloat16, DType::Complex64) == DType::Complex64);
  CHECK(promote(DType::Complex128, DType::Complex64) == DType::Complex128);
  CHECK(promote(DType::Int64, DType::Complex64) == DType::Complex64);
  for (const DType part : {DType::Float32, DType::Float64}) CHECK(part_of(complex_of(part)) == part);
  CHECK(complex_of(DType::Float16) == DType::Complex64);
  CHECK(part_of(DType::Int64) == DType::Int64);
  CHECK_FALSE(is_floating(DType::Complex64));
}

TEST_CASE("type: printing") {
  DimTable table;
  DimTable::Scope scope(table);
  const Dim b = table.symbol("B");
  const Type image = Type::of({DType::Float32, {b, 3, table.symbol("H"), table.symbol("W")}});
  CHECK(image.str() == "float[B, 3, H, W]");
  CHECK(image.tensor.numel().str() == "3*B*H*W");
  CHECK(Type::of({DType::Int64, {b}}).str() == "int[B]");
  CHECK(Type::of({DType::Float32, {}}).str() == "float[]");
  CHECK(TensorType{}.numel() == Dim(1));
  const Type state = Type::tuple({Type::of({DType::Float32, {1, b, 256}}), Type::of({DType::Float32, {1, b, 256}})});
  CHECK(Type::tuple({image, state}).str() == "(float[B, 3, H, W], (float[1, B, 256], float[1, B, 256]))");
  CHECK(Type::tuple({image}, {"x"}).str() == "(x: float[B, 3, H, W])");
  CHECK(Type::list({Type::of({DType::Bool, {b, 10}}), Type::of({DType::Bool, {b, 15}})}).str() ==
        "[bool[B, 10], bool[B, 15]]");
  CHECK(Type::choice({"text", "image"}).str() == "choice[text, image]");
  CHECK(Type::none().str() == "null");
  CHECK(Type::poison().str() == "?");
}

TEST_CASE("constant: as written in the language") {
  CHECK(Constant().str() == "null");
  CHECK(Constant(true).str() == "true");
  CHECK(Constant(0.1).str() == "0.1");
  CHECK(Constant(2.0).str() == "2.0");
  CHECK(Constant(-1e-5).str() == "-1e-05");
  CHECK(Constant(1e300 * 1e300).str() == "inf");
  CHECK(Constant(ConstantList{Constant(1), Constant(2)}).str() == "[1, 2]");
  CHECK(Constant("mean").str() == "\"mean\"");
  CHECK(Constant("a\"b\\\n").str() == "\"a\\\"b\\\\\\n\"");
  CHECK(Constant(DType::Int64).str() == "int64");
  CHECK(Constant(3).as_double() == 3.0);
  CHECK(Constant(3) == Constant(std::int64_t{3}));
}

#include "passes/fills.h"

#include <cmath>

#include "../ir/text_program.h"
#include "ir/builder.h"

namespace modelc::passes {
namespace {

using types::Constant;
using types::DType;

TEST_CASE("fills: a number as an element of a dtype") {
  CHECK(element(0.1, DType::Float64) == 0.1);
  CHECK(element(0.1, DType::Float32) == static_cast<double>(0.1F));
  CHECK(element(2.9, DType::Int64) == 2.0);
  CHECK(element(-2.9, DType::Int32) == -2.0);
  CHECK(element(0.5, DType::Bool) == 1.0);
  CHECK(element(0.0, DType::Bool) == 0.0);
  CHECK(element(Constant(true), DType::Float32) == 1.0);
  CHECK(element(Constant(7), DType::UInt8) == 7.0);
}

TEST_CASE("fills: nothing where it is not certain") {
  CHECK_FALSE(element(256.0, DType::UInt8));
  CHECK_FALSE(element(-1.0, DType::UInt8));
  CHECK_FALSE(element(3e9, DType::Int32));
  CHECK_FALSE(element(std::nan(""), DType::Int64));
  CHECK_FALSE(element(1.0, DType::Float16));
  CHECK_FALSE(element(1.0, DType::BFloat16));
  CHECK_FALSE(element(Constant(std::int64_t{1} << 53), DType::Float32));
  CHECK(element(Constant((std::int64_t{1} << 53) - 1), DType::Int64));
  CHECK_FALSE(element(Constant("word"), DType::Float32));
  CHECK_FALSE(element(Constant(), DType::Float32));
}

TEST_CASE("fills: the sign of zero is kept by floats and has no place in integers") {
  CHECK(std::signbit(*element(-0.0, DType::Float32)));
  CHECK(std::signbit(*element(-0.0, DType::Float64)));
  CHECK_FALSE(std::signbit(*element(-0.0, DType::Int64)));
  CHECK_FALSE(std::signbit(*element(-0.5, DType::Int64)));
}

TEST_CASE("fills: a call that fills a type has that type") {
  types::DimTable table;
  const types::DimTable::Scope scope(table);
  for (const DType dtype : {DType::Bool, DType::UInt8, DType::Int64, DType::Float32, DType::Float64}) {
    CAPTURE(types::dtype_word(dtype));
    ir::Program program;
    program.tree.modules.emplace_back();
    ir::Graph& graph = program.graphs.emplace_back();
    const ir::Type type = ir::Type::of({dtype, {types::Dim(2), types::Dim(3)}});
    const auto made = ir::append(graph, fill(type.tensor, 1), {type});
    ir::tidy(graph);
    CHECK(ir::verify(program).empty());
    CHECK(filled_with(graph, made[0]) == 1.0);
  }
}

}  // namespace
}  // namespace modelc::passes

// covers: size_compiler.cpp
#include "plan/sizes.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "plan/size_compiler.h"

namespace modelc::plan {
namespace {

using types::Dim;

struct World {
  types::DimTable table;
  types::DimTable::Scope scope{table};
  Dim B = types::DimTable::current().symbol("B"), H = types::DimTable::current().symbol("H");
  types::SymbolId b = B.symbols().at(0), h = H.symbols().at(0);
  SizeCompiler compiler{{b, h}};

  std::int64_t value(Dim dim, std::int64_t b_is, std::int64_t h_is) {
    const Size size = compiler.size(dim);
    auto registers = compiler.program().start();
    registers[compiler.symbol(b)] = b_is;
    registers[compiler.symbol(h)] = h_is;
    compiler.program().run(registers);
    return size.value(registers);
  }
};

TEST_CASE("sizes: what is compiled gives what the algebra would") {
  World w;
  CHECK(w.value(w.B, 5, 7) == 5);
  CHECK(w.value(w.B * w.H + 3, 5, 7) == 38);
  CHECK(w.value(w.H - w.B * 2, 5, 7) == -3);
  CHECK(w.value(types::floor_div(w.H + 1, 2), 5, 7) == 4);
  CHECK(w.compiler.size(Dim(9)) == Size::of(9));
}

TEST_CASE("sizes: an expression is computed once, and depends on its symbols") {
  World w;
  const Size first = w.compiler.size(w.B * w.H + 1);
  const std::size_t code = w.compiler.program().code.size();
  CHECK(w.compiler.size(w.H * w.B + 1) == first);
  CHECK(w.compiler.program().code.size() == code);
  const auto of_h = w.compiler.dependents({w.compiler.symbol(w.h)});
  CHECK(std::count(of_h.begin(), of_h.end(), first.reg) == 1);
}

TEST_CASE("sizes: what is unknown makes unknown, and so does a number that 64 bits do not hold") {
  World w;
  CHECK(w.value(w.B * w.H, 5, kUnknownSize) == kUnknownSize);
  CHECK(w.value(w.B * w.H, std::int64_t{1} << 40, std::int64_t{1} << 40) == kUnknownSize);
}

}  // namespace
}  // namespace modelc::plan

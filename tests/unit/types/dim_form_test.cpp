#include "types/dim_form.h"

#include <doctest/doctest.h>

namespace {

using namespace modelc::types;

struct Symbols {
  DimTable table;
  DimTable::Scope scope{table};
  Dim b = table.symbol("B"), h = table.symbol("H");
  SymbolId h_id = h.symbols().at(0);
};

}  // namespace

TEST_CASE_FIXTURE(Symbols, "dim_form: products, powers and what is in them") {
  const std::vector<DimProduct> products = products_of(3 * b * h * h - floor_div(h + 1, 2) + 7);
  REQUIRE(products.size() == 3);
  CHECK(products[0].coefficient == 3);
  REQUIRE(products[0].factors.size() == 2);
  CHECK(products[0].factors[0].kind == DimFactor::Symbol);
  CHECK(products[0].factors[0].exponent + products[0].factors[1].exponent == 3);
  CHECK(products[1].coefficient == -1);
  REQUIRE(products[1].factors.size() == 1);
  CHECK(products[1].factors[0].kind == DimFactor::FloorDivision);
  CHECK(products[1].factors[0].argument == h + 1);
  CHECK(products[1].factors[0].divisor == Dim(2));
  CHECK(products[2].coefficient == 7);
  CHECK(products[2].factors.empty());
}

TEST_CASE_FIXTURE(Symbols, "dim_form: a constant, a maximum, poison") {
  REQUIRE(products_of(5).size() == 1);
  CHECK(products_of(5)[0].coefficient == 5);
  const std::vector<DimProduct> least = products_of(dim_max(h - 3, 0));
  REQUIRE(least.size() == 1);
  CHECK(least[0].factors.at(0).kind == DimFactor::AtLeastZero);
  CHECK(least[0].factors.at(0).argument == h - 3);
  CHECK(products_of(Dim::poison()).empty());
}

TEST_CASE_FIXTURE(Symbols, "dim_form: what is linear in a symbol") {
  CHECK(is_linear_in(b * h + 2 * h + b * b, h_id));
  CHECK(is_linear_in(floor_div(b, 2) * h, h_id));
  CHECK(is_linear_in(b, h_id));
  CHECK_FALSE(is_linear_in(h * h, h_id));
  CHECK_FALSE(is_linear_in(floor_div(h, 2), h_id));
  CHECK_FALSE(is_linear_in(floor_div(b, h), h_id));
  CHECK_FALSE(is_linear_in(dim_max(h - 3, 0), h_id));
}

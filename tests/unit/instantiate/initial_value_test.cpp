// What a tensor starts from, by name, arguments and shape alone.
#include "instantiate/initial_value.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace modelc;
using catalogue::Actual;
using ops::Init;
using types::Constant;

namespace {

struct Outcome {
  std::optional<Init> init;
  std::string message;
};

Outcome initial(const char* name, const std::vector<std::pair<std::string, Constant>>& given,
                const std::vector<std::int64_t>& shape) {
  types::DimTable table;
  types::DimTable::Scope scope{table};
  diagnostics::Sink sink;
  std::vector<Actual> args;
  for (const auto& [argument, value] : given) {
    Actual a;
    a.kind = Actual::Static;
    a.name = argument;
    a.constant = value;
    a.words = value.str();
    args.push_back(a);
  }
  const catalogue::Entry* entry = catalogue::find(catalogue::Kind::Initialiser, name);
  REQUIRE(entry);
  Outcome out{instantiate::initial_value(*entry, args, shape, {}, sink), ""};
  if (!sink.found().empty()) out.message = sink.found().back().message;
  return out;
}

}  // namespace

TEST_CASE("initialisers are torch.nn.init's") {
  CHECK(initial("zeros", {}, {3}).init == Init::zeros());
  CHECK(initial("ones", {}, {}).init == Init::ones());
  CHECK(initial("constant", {{"", 2}}, {3}).init == Init::fill(2));
  CHECK(initial("normal", {{"std", 0.02}}, {3}).init == Init::normal(0, 0.02));
  const auto uniform = initial("uniform", {{"", -1}, {"", 3}}, {3}).init;
  REQUIRE(uniform);
  CHECK(uniform->kind == Init::Uniform);
  CHECK(uniform->a == -1);
  CHECK(uniform->b == 3);
  // A convolution of 8 to 16 channels by 3 x 3: fans 72 and 144.
  const std::vector<std::int64_t> weight{16, 8, 3, 3};
  CHECK(initial("kaiming_normal", {}, weight).init->b == doctest::Approx(std::sqrt(2.0 / 72)));
  CHECK(initial("kaiming_normal", {{"mode", "fan_out"}}, weight).init->b == doctest::Approx(std::sqrt(2.0 / 144)));
  CHECK(initial("kaiming_uniform", {{"a", std::sqrt(5.0)}}, weight).init->b == doctest::Approx(1 / std::sqrt(72.0)));
  CHECK(initial("kaiming_normal", {{"nonlinearity", "tanh"}}, weight).init->b ==
        doctest::Approx(5.0 / 3 / std::sqrt(72.0)));
  CHECK(initial("kaiming_normal", {{"nonlinearity", "linear"}}, weight).init->b ==
        doctest::Approx(1 / std::sqrt(72.0)));
  CHECK(initial("xavier_normal", {{"gain", 2}}, weight).init->b == doctest::Approx(2 * std::sqrt(2.0 / 216)));
  CHECK(initial("xavier_uniform", {}, weight).init->b == doctest::Approx(std::sqrt(6.0 / 216)));
}

TEST_CASE("an initialiser that does not fit is reported and gives nothing") {
  struct Case {
    const char* name;
    std::vector<std::pair<std::string, Constant>> given;
    std::vector<std::int64_t> shape;
    const char* message;
  };
  const Case cases[] = {
      {"kaiming_normal", {}, {8}, "`kaiming_normal` of the shape [8], expected two dimensions or more"},
      {"xavier_uniform", {}, {}, "`xavier_uniform` of the shape [], expected two dimensions or more"},
      {"uniform", {{"", 3}, {"", 1}}, {3}, "`b` of `uniform` is 1.0, expected at least 3.0, which is `a`"},
      {"normal", {{"std", -1}}, {3}, "`std` of `normal` is -1.0, expected at least 0"},
      {"constant", {}, {3}, "`constant` misses its argument `val`"},
      {"orthogonal", {}, {3, 3}, "the initialiser `orthogonal` is not supported yet"},
  };
  for (const Case& one : cases) {
    const Outcome out = initial(one.name, one.given, one.shape);
    CHECK_FALSE(out.init);
    CHECK(out.message == one.message);
  }
}

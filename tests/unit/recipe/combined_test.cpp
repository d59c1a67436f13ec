// Sources over sources: `mix`, `zip`, `alternate` and `with`, one in the other.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

const std::string kModel =
    "inputs:\n  x: float[B, 4]\ntargets:\n  y: int[B]\nmodules:\n  fc: Linear(3)\nforward:\n  logits: fc(x)\n";
const std::string kOne = "synthetic(6, x=normal(4), y=randint(3))", kTwo = "synthetic(2, x=normal(4), y=randint(3))";

struct Recipe : Program {
  explicit Recipe(const std::string& source, const std::string& more = "")
      : Program(kModel + "data:\n  train: " + source + "\n" + more) {}
  const ir::Source& train() const { return *out->elaborated.recipe.data.train; }
  const ir::Data& data() const { return out->elaborated.recipe.data; }
};

std::string columns_of(const ir::Source& source) {
  std::string all;
  for (const auto& column : source.columns) all += (all.empty() ? "" : " ") + column.name;
  return all;
}

TEST_CASE("mix: the columns of its parts, as many rows as all have, and a weight for each part") {
  const Recipe r("mix(" + kOne + ", " + kTwo + ", weights=[0.8, 0.2])");
  CHECK(r.codes() == "");
  CHECK(r.train().rows == 8);
  CHECK(columns_of(r.train()) == "x y");
  CHECK(r.train().weights == std::vector<double>{0.8, 0.2});
  CHECK(Recipe("mix(" + kOne + ", " + kTwo + ")").train().weights.empty());
}

TEST_CASE("mix: integers of one part are numbers where another has fractions") {
  const Recipe r("mix(synthetic(3, x=randint(0, 9, [4])), synthetic(3, x=normal(4)))");
  CHECK(r.codes() == "");
  CHECK(r.train().columns[0].dtype == types::DType::Float32);
}

TEST_CASE("mix: what does not go together is one report") {
  CHECK(Recipe("mix(" + kOne + ", synthetic(2, x=normal(5), y=randint(3)))").codes() == "M8302");
  CHECK(Recipe("mix(" + kOne + ", synthetic(2, x=normal(4), y=randint(3), z=normal()))").codes() == "M8302");
  CHECK(Recipe("mix(" + kOne + ", " + kTwo + ", weights=[1.0])").codes() == "M8302");
  CHECK(Recipe("mix(" + kOne + ", " + kTwo + ", weights=[0, 0])").codes() == "M8302");
  CHECK(Recipe("mix(" + kOne + ", " + kTwo + ", weights=[1, -1])").codes() == diag::ArgumentRange.row.code);
  CHECK(Recipe("mix(" + kOne + ", alternate(" + kOne + ", " + kTwo + "))").codes() == "M8302");
  CHECK(Recipe("mix()").codes() == "M8302");
}

TEST_CASE("alternate: an inner one takes its turns among the others") {
  const Recipe r("alternate(" + kOne + ", alternate(" + kOne + ", " + kTwo + "))");
  CHECK(r.codes() == "");
  CHECK(r.train().parts.size() == 3);
  CHECK(r.data().feeds.size() == 3);
}

TEST_CASE("alternate within zip: zips that alternate") {
  const std::string a = "synthetic(6, x=normal(4))", b = "synthetic(6, y=randint(3))";
  const Recipe r("zip(p=alternate(" + a + ", " + a + "), q=" + b + ")", "  feed: {x: p.x, y: q.y}\n");
  CHECK(r.codes() == "");
  CHECK(r.train().kind == catalogue::SourceId::Alternate);
  REQUIRE(r.train().parts.size() == 2);
  CHECK(columns_of(r.train().parts[1].second) == "p.x q.y");
  CHECK(Recipe("zip(p=alternate(" + a + ", " + a + "), q=alternate(" + b + "))").codes() == "M8302");
}

TEST_CASE("with: constants of every part of an alternate; a name that is taken is refused") {
  const Recipe r("alternate(" + kOne + ", " + kTwo + ") -> with(kind=\"text\")");
  CHECK(r.codes() == "");
  REQUIRE(r.train().parts.size() == 2);
  CHECK(columns_of(r.train().parts[1].second) == "x y kind");
  CHECK(Recipe(kOne + " -> with(y=1)").codes() == "M8302");
}

TEST_CASE("zip: keys are of one kind and stand in each part") {
  const auto zip = [](const std::string& a, const std::string& b) {
    return Recipe("zip(p=synthetic(6, x=normal(4), " + a + "), q=synthetic(6, y=randint(3), " + b + "), on=\"id\")",
                  "  feed: {x: p.x, y: q.y}\n")
        .codes();
  };
  CHECK(zip("id=randint(9)", "id=randint(9)") == "");
  CHECK(zip("id=randint(9)", "other=randint(9)") == "M8109");
  CHECK(zip("id=randint(9)", "id=normal(2)") == "M8302");
}

TEST_CASE("balance: a column or target, and not beside the weights of a mix") {
  CHECK(Recipe(kOne, "  balance: y\n").data().balance.name == "y");
  CHECK(Recipe(kOne, "  balance: z\n").codes() == "M8109");
  CHECK(Recipe("mix(" + kOne + ", " + kTwo + ", weights=[1, 2])", "  balance: y\n").codes() == "M8314");
  CHECK(Recipe("mix(" + kOne + ", " + kTwo + ")", "  balance: y\n").codes() == "");
}

TEST_CASE("data.valid: a column that marks the rows leaves nothing to stratify") {
  CHECK(Recipe(kOne, "  valid: {by: y, stratify: y}\n").codes() == "M8314");
}

}  // namespace

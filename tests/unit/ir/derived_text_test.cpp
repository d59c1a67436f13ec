// What a function of text makes of one.
#include "ir/derived_text.h"

#include <doctest/doctest.h>

namespace {

using namespace modelc;
using ir::DerivedColumn;

std::string made(DerivedColumn::Kind kind, std::vector<std::optional<std::string>> texts, const std::string& text) {
  DerivedColumn column;
  column.kind = kind;
  column.texts = std::move(texts);
  return ir::derived_text(column, text);
}

TEST_CASE("derived text: one function of each kind") {
  CHECK(made(DerivedColumn::Strip, {std::nullopt}, " a ") == "a");
  CHECK(made(DerivedColumn::Strip, {"."}, " a.") == " a");
  CHECK(made(DerivedColumn::Lower, {}, "A\u00C4") == "a\u00E4");
  CHECK(made(DerivedColumn::Replace, {"a", "bb"}, "aca") == "bbcbb");
}

}  // namespace

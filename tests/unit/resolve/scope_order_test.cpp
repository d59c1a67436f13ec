#include "resolve/scope_order.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using modelc::resolve::Place;
using modelc::resolve::View;

namespace {

struct Level {
  std::string name;
  const Level* outer = nullptr;
};

const Level document{"document"};
const Level component{"component", &document};

/// The places in order, those of the enclosing level in capitals: `loop static symbol …`.
std::string order(const View& view, const std::string& stop_at = {}) {
  static const char* const names[] = {"word",   "loop",     "binding", "tensor",    "module", "column",
                                      "static", "symbol",   "outer",   "component", "import", "operator",
                                      "dtype",  "constant", "feed",    "function"};
  std::string out;
  modelc::resolve::walk_scopes(
      view, &component, [](const Level* level) { return level->outer; },
      [&](Place place, const Level* level) {
        std::string name = names[static_cast<int>(place)];
        if (level == &document) name += "^";
        out += (out.empty() ? "" : " ") + name;
        return name == stop_at;
      });
  return out;
}

}  // namespace

TEST_CASE("in forward: the level's own names, then what encloses it, then definitions and functions") {
  CHECK(order({.in_call = true}) ==
        "word loop binding tensor module static symbol outer static^ outer^ component import component^ import^ "
        "operator dtype constant function");
}

TEST_CASE("a static place sees no bindings, tensors or modules, but symbols once inputs have come") {
  CHECK(order({.is_static = true, .in_call = true}) ==
        "word loop static symbol outer static^ outer^ component import component^ import^ operator dtype constant "
        "function");
  CHECK(order({.is_static = true}).find("symbol") == std::string::npos);
}

TEST_CASE("a feed sees its own names and columns, and its functions go before torch's") {
  CHECK(order({.in_call = true, .in_feed = true}) ==
        "word loop binding column static symbol outer static^ outer^ component import component^ import^ operator "
        "dtype constant feed function");
}

TEST_CASE("the walk ends where the name is found") {
  CHECK(order({.in_call = true}, "module") == "word loop binding tensor module");
  CHECK(order({.in_call = true}, "static^") == "word loop binding tensor module static symbol outer static^");
}

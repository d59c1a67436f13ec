#include "passes/hold_statistics.h"

#include "../ir/text_program.h"

namespace modelc::passes {
namespace {

std::string shown(const std::string& mark) {
  std::string text = ir::kTwoLayers;
  const std::string line = "track_running_stats=true)";
  text.insert(text.find(line) + line.size(), mark);
  ir::TextProgram p(text);
  hold_statistics(p.graph(), p.program.tree);
  CHECK(p.broken() == "");
  return p.shown();
}

TEST_CASE("hold_statistics: a frozen normalisation takes its statistics and leaves them") {
  const std::string held = shown(" frozen");
  CHECK(held.find("training=false") != std::string::npos);
  CHECK(held.find("update @bn.running_mean") == std::string::npos);
  CHECK(held.find("update @rng") != std::string::npos);
}

TEST_CASE("hold_statistics: any other moves them on") {
  const std::string moved = shown("");
  CHECK(moved.find("update @bn.running_mean") != std::string::npos);
}

}  // namespace
}  // namespace modelc::passes

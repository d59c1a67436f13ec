// Plans from the text of the IR.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "ir/read_text.h"
#include "plan/make_plan.h"
#include "plan/print.h"

namespace modelc::plan::testing {

/// All outputs and losses of the text's first graph, over a table of symbols that is gone when the plan is made.
inline Plan planned(const std::string& text) {
  types::DimTable table;
  types::DimTable::Scope scope(table);
  const ir::ReadText read = ir::read_text(text);
  REQUIRE_MESSAGE(read.ok, "line ", read.fault.line, ": ", read.fault.what);
  const ir::Graph& graph = read.program.graphs.at(0);
  std::vector<Root> roots = roots_of(graph, Asked::Outputs);
  for (Root& loss : roots_of(graph, Asked::Losses)) roots.push_back(std::move(loss));
  return make_plan(graph, read.program.tree, roots);
}

/// x[mask] and what is made of a size that is known when it has run.
inline const char* const kMasked = R"(program masked
symbol B
symbol K >= 0
model: masked
graph evaluation {
  input %x: float[B]
  input %m: bool[B]
  %1.kept = _index(%x, index=[%m]) : float[K]
  %2 = add(%1.kept, B) : float[K]
  %3.both = cat([%2, %1.kept], dim=0) : float[2*K]
  %4.table = reshape(%3.both, shape=[K, 2]) : float[K, 2]
  output table = %4.table : float[K, 2]
}
)";

}  // namespace modelc::plan::testing

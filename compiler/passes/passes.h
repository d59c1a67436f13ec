// The passes over the IR and what runs them. A pass is a free function in a pair of files of its own, named for what it
// does, and a row of passes.def. It rewrites a graph (`void(ir::Graph&, const ir::ModuleTree&)`) or a program
// (`void(ir::Program&)`), or reports what it finds in one (`bool(const ir::Program&, Sink&)`: false where
// the program is not to be used).
#pragma once

#include <string_view>
#include <vector>

#include "diagnostics/sink.h"
#include "ir/program.h"

namespace modelc::passes {

using diagnostics::Sink;

/// How far a program has come, and what a pass needs of it.
enum class State {
  Broken,   // parts are missing for a fault that was reported
  Traced,   // every call is there
  Settled,  // and so is what is said by path: what is frozen, tied
  Sound,    // nothing is wrong with it
  Asked,    // it is to become something else: such a pass runs where it is named, after all others
};

struct Pass {
  std::string_view name;
  State needs;
  std::string_view sentence;  // what it does
  std::string_view keeps;     // what is the same after it
  bool (*run)(ir::Program& program, Sink& sink);
  void (*rewrite)(ir::Graph& graph, const ir::ModuleTree& tree);  // of one that rewrites graphs; else null
};
/// In the order in which they run.
const std::vector<Pass>& passes();

struct Options {
  bool verify = false;                               // after each pass: a broken rule is reported with the pass's name
  std::size_t count = static_cast<std::size_t>(-1);  // so many passes, from the first
};

/// Runs the passes that a program in this state is fit for. Needs the DimTable of the program. False where one of
/// them finds that it is not to be used.
bool run(ir::Program& program, State state, const Options& options, Sink& sink);

/// The rewrites alone, of a graph that was made after the program went through all passes.
void rewrite(ir::Graph& graph, const ir::ModuleTree& tree);

}  // namespace modelc::passes

// From a file to the typed IR: the straight list of phases (phases.def). Knows no command line and no LibTorch.
#pragma once

#include "elaborate/elaborate.h"

namespace modelc::pipeline {

struct Phase {
  std::string_view name;
  std::string_view sentence;
};
/// In order.
const std::vector<Phase>& phases();

struct Compiled {
  std::shared_ptr<const compose::Composition> composition;
  elaborate::Elaborated elaborated;
  /// All of the description is in the program, and nothing is wrong with it; else the result is for printing only.
  bool sound = false;
  const std::string& bundle() const { return composition->bundle; }
};

/// Told the name of each phase that has ended and its milliseconds.
using Watch = std::function<void(std::string_view phase, double milliseconds)>;

/// Needs a current DimTable (types::DimTable::Scope) that outlives the result. nullopt after reporting where there is
/// nothing to compile.
std::optional<Compiled> compile(support::SourceManager& sources, const std::string& file,
                                const compose::Overrides& overrides, const elaborate::Options& options,
                                diagnostics::Sink& sink, const Watch& watch = {}, const passes::Options& passes = {});

/// What print_after knows: phases and passes, in order, then `plan`: what would run of the result.
std::vector<std::string> printable();
/// The state after a phase or pass as text; nullopt after reporting.
std::optional<std::string> print_after(std::string_view name, support::SourceManager& sources, const std::string& file,
                                       const compose::Overrides& overrides, const elaborate::Options& options,
                                       diagnostics::Sink& sink, passes::Options passes = {});

}  // namespace modelc::pipeline

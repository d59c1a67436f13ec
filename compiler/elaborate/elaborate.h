// From a composed description to the typed IR (LANGUAGE §3-§7): expressions are evaluated, components are instantiated
// where they are called, operators' rules infer sizes, parameters and results; edits, freeze, tie and init are applied
// by path. Reports M4, M5, M6.
#pragma once

#include <memory>
#include <set>

#include "compose/compose.h"
#include "ir/recipe.h"
#include "passes/passes.h"
#include "recipe/options.h"

namespace modelc::elaborate {

struct Options {
  std::map<std::string, std::int64_t> where;          // --where H=224
  std::map<std::string, support::Span> where_places;  // what is said of them is said there
  bool recipe = true;                                 // elaborate loss, metrics, data, train too
  recipe::Options data;
};

/// The program and its recipe. Graphs are complete where the program is sound.
struct Elaborated {
  ir::Program program;
  ir::Recipe recipe;
  passes::State state = passes::State::Broken;
};

/// Needs a current DimTable (types::DimTable::Scope), in which all sizes live; it must outlive the result.
/// The program keeps the composition, and reports to the sink what is found in graphs that are asked for later.
Elaborated elaborate(std::shared_ptr<const compose::Composition> composition, const Options& options,
                     diagnostics::Sink& sink);

}  // namespace modelc::elaborate

#include "plan/input_checks.h"

#include <algorithm>
#include <set>

#include "types/dim_form.h"

namespace modelc::plan {

namespace {

using types::Dim;
using types::SymbolId;

struct Place {
  std::uint32_t input = 0, dimension = 0;
  Dim dim;
  std::vector<SymbolId> symbols;
  bool bare = false;
};

std::vector<Place> places_of(const ir::Graph& graph, const Plan& plan, SizeCompiler& sizes, bool needed) {
  std::vector<Place> places;
  for (std::uint32_t i = 0; i < plan.inputs.size(); ++i) {
    if (!plan.inputs[i].tensor || plan.inputs[i].needed != needed) continue;
    const std::vector<Dim>& shape = graph.inputs[i].type.tensor.shape;
    for (std::uint32_t d = 0; d < shape.size(); ++d) {
      Place place{i, d, shape[d], shape[d].symbols(), false};
      place.bare = place.symbols.size() == 1 && sizes.size(shape[d]).reg == sizes.symbol(place.symbols[0]);
      places.push_back(std::move(place));
    }
  }
  std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.bare && !b.bare; });
  return places;
}

SizeCheck check_of(const Place& place, std::set<SymbolId>& bound, SizeCompiler& sizes) {
  SizeCheck check;
  check.input = place.input;
  check.dimension = place.dimension;
  check.expected = sizes.size(place.dim);
  for (const SymbolId symbol : place.symbols) check.symbols.push_back(sizes.symbol(symbol));
  // One that stands alone fixes its symbol even after another that may not be given.
  const auto open = std::find_if(place.symbols.begin(), place.symbols.end(),
                                 [&](SymbolId symbol) { return place.bare || !bound.contains(symbol); });
  if (open == place.symbols.end()) return check;
  bound.insert(*open);
  check.solves = sizes.symbol(*open);
  check.linear = types::is_linear_in(place.dim, *open);
  if (!check.linear) return check;
  const Dim offset = place.dim.substitute({{*open, 0}});
  check.offset = sizes.size(offset);
  check.factor = sizes.size(place.dim.substitute({{*open, 1}}) - offset);
  return check;
}

}  // namespace

std::vector<SizeCheck> input_checks(const ir::Graph& graph, const Plan& plan, SizeCompiler& sizes) {
  std::vector<SizeCheck> checks;
  std::set<SymbolId> bound;
  std::vector<Place> waiting;
  for (const bool needed : {true, false}) {
    for (Place& place : places_of(graph, plan, sizes, needed)) waiting.push_back(std::move(place));
    for (bool moved = true; moved;) {
      moved = false;
      std::vector<Place> later;
      for (Place& place : waiting) {
        const auto open = std::count_if(place.symbols.begin(), place.symbols.end(),
                                        [&](SymbolId symbol) { return !bound.contains(symbol); });
        if (open > 1) {
          later.push_back(std::move(place));
          continue;
        }
        checks.push_back(check_of(place, bound, sizes));
        moved = true;
      }
      waiting = std::move(later);
    }
  }
  return checks;
}

}  // namespace modelc::plan

#include "exec/binding.h"

#include <algorithm>
#include <optional>

#include "exec/executor.h"
#include "kernels/dtype.h"

namespace modelc::exec {
namespace {

using types::Dim;
using types::SymbolId;

/// The value of the one unknown of `dim` at which it is `size`: `c*X + e = size`, or a search for the only value where
/// it is not linear.
struct Solution {
  std::optional<std::int64_t> value;
  std::int64_t step = 0, offset = 0;  // linear: c and e
};

Solution solve(const Dim& dim, SymbolId unknown, std::int64_t size) {
  auto at = [&](std::int64_t x) { return dim.evaluate({{unknown, x}}); };
  Solution found;
  auto one = at(1), two = at(2);
  if (!one || !two) return found;
  const std::int64_t c = *two - *one, e = *one - c;
  bool linear = c != 0;
  for (std::int64_t x : {3, 4, 5, 7, 64, 1001}) linear = linear && at(x) == std::optional<std::int64_t>(c * x + e);
  if (linear) {
    found.step = c, found.offset = e;
    if ((size - e) % c == 0) found.value = (size - e) / c;
    return found;
  }
  // Not linear: elaboration lets it pass only where one value gives the size.
  constexpr std::int64_t kLargest = 65536;
  for (std::int64_t x = 1; x <= std::min(kLargest, size + 1); ++x) {
    if (at(x) != std::optional<std::int64_t>(size)) continue;
    if (found.value) return {};
    found.value = x;
  }
  return found;
}

std::string name_of(SymbolId symbol) { return types::DimTable::current().symbol_name(symbol); }

}  // namespace

std::string type_of(const at::Tensor& tensor) {
  types::TensorType type;
  try {
    type.dtype = kernels::dtype_of(tensor.scalar_type());
  } catch (const std::invalid_argument&) {
    return "a tensor of " + std::string(c10::toString(tensor.scalar_type()));
  }
  for (std::int64_t size : tensor.sizes()) type.shape.emplace_back(size);
  return type.str();
}

Binding::Binding(const ir::Graph& graph) : graph_(graph) {
  for (std::uint32_t i = 0; i < graph.inputs.size(); ++i) {
    if (!graph.inputs[i].type.is_tensor()) continue;
    const auto& shape = graph.inputs[i].type.tensor.shape;
    for (std::uint32_t d = 0; d < shape.size(); ++d) {
      Place place{i, d, shape[d], shape[d].is_constant() ? std::vector<SymbolId>{} : shape[d].symbols(), false};
      place.bare = place.symbols.size() == 1 && shape[d].str() == name_of(place.symbols[0]);
      places_.push_back(std::move(place));
    }
  }
  std::stable_sort(places_.begin(), places_.end(), [](const Place& a, const Place& b) { return a.bare && !b.bare; });
}

void Binding::fail(std::uint32_t input, const at::Tensor& fed, const std::string& why) const {
  const ir::Input& wanted = graph_.inputs[input];
  throw RuntimeFault(wanted.span, std::string(wanted.target ? "target" : "input") + " `" + wanted.name + "` is " +
                                      type_of(fed) + ", the model wants " + wanted.type.tensor.str() + ": " + why);
}

void Binding::check_form(const std::vector<at::Tensor>& inputs, const std::vector<bool>& needed) const {
  if (inputs.size() != graph_.inputs.size()) throw std::logic_error("inputs do not match the graph's");
  for (std::uint32_t i = 0; i < inputs.size(); ++i) {
    const ir::Input& wanted = graph_.inputs[i];
    if (!wanted.type.is_tensor()) continue;
    if (!inputs[i].defined()) {
      if (!needed[i]) continue;
      throw RuntimeFault(wanted.span, std::string(wanted.target ? "target" : "input") + " `" + wanted.name +
                                          "` is not given, the model wants " + wanted.type.tensor.str());
    }
    const types::TensorType& type = wanted.type.tensor;
    const std::size_t rank = static_cast<std::size_t>(inputs[i].dim());
    if (rank != type.rank()) {
      fail(i, inputs[i],
           "it has " + std::to_string(rank) + " dimension" + (rank == 1 ? "" : "s") + ", expected " +
               std::to_string(type.rank()));
    }
    if (inputs[i].scalar_type() != kernels::scalar_type(type.dtype)) {
      fail(i, inputs[i],
           "its dtype is " + std::string(types::torch_word(kernels::dtype_of(inputs[i].scalar_type()))) +
               ", expected " + std::string(types::torch_word(type.dtype)));
    }
  }
}

void Binding::bind_place(const Place& place, const at::Tensor& fed, SizeMap& sizes,
                         std::map<SymbolId, std::uint32_t>& by_input) const {
  const std::int64_t size = fed.size(place.dimension);
  const std::string where = "dimension " + std::to_string(place.dimension) + " is " + std::to_string(size);
  std::vector<SymbolId> open;
  for (SymbolId symbol : place.symbols) {
    if (!sizes.count(symbol)) open.push_back(symbol);
  }
  if (open.size() == 1) {
    std::map<SymbolId, Dim> bound;
    for (const auto& [symbol, value] : sizes) bound.emplace(symbol, value);
    const Solution solution = solve(place.dim.substitute(bound), open[0], size);
    const std::int64_t least = types::DimTable::current().symbol_least(open[0]);
    if (!solution.value) {
      const bool multiple = solution.step > 1 && solution.offset == 0;
      fail(place.input, fed,
           where + ", expected " +
               (multiple ? "a multiple of " + std::to_string(solution.step) : "a value of " + place.dim.str()));
    }
    if (*solution.value < least) {
      fail(place.input, fed,
           where + ", which makes `" + name_of(open[0]) + "` " + std::to_string(*solution.value) +
               ", expected at least " + std::to_string(least));
    }
    sizes[open[0]] = *solution.value;
    by_input[open[0]] = place.input;
    return;
  }
  const auto expected = place.dim.evaluate(sizes);
  if (!expected || *expected == size) return;
  std::string why = where + ", expected " + std::to_string(*expected);
  for (std::size_t i = 0; i < place.symbols.size(); ++i) {
    const SymbolId symbol = place.symbols[i];
    why += (i == 0 ? " (`" : ", `") + name_of(symbol) + "` is " + std::to_string(sizes.at(symbol));
    auto from = by_input.find(symbol);
    if (from != by_input.end() && from->second != place.input) why += " by `" + graph_.inputs[from->second].name + "`";
    if (i + 1 == place.symbols.size()) why += ")";
  }
  fail(place.input, fed, why);
}

void Binding::check_conditions(const SizeMap& sizes) const {
  for (const types::Requirement& required : graph_.conditions.requirements()) {
    const auto a = required.a.evaluate(sizes), b = required.b.evaluate(sizes);
    if (!a || !b) continue;
    if (required.relation == types::Relation::Equal ? *a == *b : *a >= *b) continue;
    std::vector<SymbolId> symbols = required.a.symbols();
    for (SymbolId symbol : required.b.symbols()) {
      if (std::find(symbols.begin(), symbols.end(), symbol) == symbols.end()) symbols.push_back(symbol);
    }
    std::string values;
    for (SymbolId symbol : symbols) {
      values += (values.empty() ? "" : ", ") + name_of(symbol) + " = " + std::to_string(sizes.at(symbol));
    }
    throw RuntimeFault(required.origin.span, "`" + required.words + "` does not hold for " + values);
  }
}

SizeMap Binding::bind(const std::vector<at::Tensor>& inputs, const std::vector<bool>& needed) {
  check_form(inputs, needed);
  SizeMap sizes;
  std::map<SymbolId, std::uint32_t> by_input;
  // Bare symbols, then again and again what has one unknown left: the order of the inputs does not matter.
  std::vector<const Place*> waiting;
  for (const Place& place : places_) {
    if (inputs[place.input].defined()) waiting.push_back(&place);
  }
  for (bool moved = true; moved && !waiting.empty();) {
    moved = false;
    std::vector<const Place*> later;
    for (const Place* place : waiting) {
      const auto open = std::count_if(place->symbols.begin(), place->symbols.end(),
                                      [&](SymbolId symbol) { return !sizes.count(symbol); });
      if (open > 1) {
        later.push_back(place);
        continue;
      }
      bind_place(*place, inputs[place->input], sizes, by_input);
      moved = true;
    }
    waiting = std::move(later);
  }
  if (!any_checked_ || checked_ != sizes) {
    check_conditions(sizes);
    checked_ = sizes;
    any_checked_ = true;
  }
  return sizes;
}

}  // namespace modelc::exec

#include "train/carry.h"

#include <ATen/Functions.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "exec/tensors.h"

namespace modelc::train {
namespace {

using types::SymbolId;

/// The symbol that a size is, if it is nothing else.
std::optional<SymbolId> bare(types::Dim size) {
  const std::vector<SymbolId> symbols = size.symbols();
  if (symbols.size() != 1) return std::nullopt;
  for (const std::int64_t probe : {5, 7})
    if (size.evaluate({{symbols[0], probe}}) != probe) return std::nullopt;
  return symbols[0];
}

/// The sizes of a batch: of all symbols, and of those that count its rows.
struct Sizes {
  std::map<SymbolId, std::int64_t> values;
  std::set<SymbolId> rows;
};

Sizes sizes_of(const ir::Graph& graph, const Fed& fed, const std::vector<std::string>& without) {
  Sizes out;
  for (const ir::Input& input : graph.inputs) {
    const bool passed =
        std::any_of(without.begin(), without.end(), [&](const std::string& name) { return belongs(input.name, name); });
    const auto at = std::find(fed.names.begin(), fed.names.end(), input.name);
    if (passed || at == fed.names.end() || !input.type.is_tensor()) continue;
    const at::Tensor& tensor = fed.tensors[static_cast<std::size_t>(at - fed.names.begin())];
    const std::vector<types::Dim>& shape = input.type.tensor.shape;
    for (std::size_t i = 0; i < shape.size() && static_cast<std::int64_t>(i) < tensor.dim(); ++i) {
      const auto symbol = bare(shape[i]);
      if (!symbol) continue;
      out.values.emplace(*symbol, tensor.size(static_cast<std::int64_t>(i)));
      if (i == 0) out.rows.insert(*symbol);
    }
  }
  return out;
}

const ir::Input* find_input(const ir::Graph& graph, const std::string& name) {
  const auto at = std::find_if(graph.inputs.begin(), graph.inputs.end(),
                               [&](const ir::Input& input) { return input.name == name; });
  return at == graph.inputs.end() ? nullptr : &*at;
}

/// Undefined where the sizes do not fit.
at::Tensor fitted(const ir::Input& input, at::Tensor value, const Sizes& sizes) {
  const std::vector<types::Dim>& shape = input.type.tensor.shape;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const auto dim = static_cast<std::int64_t>(i);
    const auto wanted = shape[i].evaluate(sizes.values);
    if (!wanted || *wanted == value.size(dim)) continue;
    const auto symbol = bare(shape[i]);
    const bool shorter = symbol && sizes.rows.contains(*symbol) && *wanted < value.size(dim);
    if (!shorter) return {};
    value = value.narrow(dim, 0, *wanted);
  }
  return value.contiguous();
}

}  // namespace

bool Fed::has(const std::string& name) const { return std::find(names.begin(), names.end(), name) != names.end(); }

void Fed::put(const std::string& name, at::Tensor tensor) {
  const auto at = std::find(names.begin(), names.end(), name);
  if (at != names.end()) {
    tensors[static_cast<std::size_t>(at - names.begin())] = std::move(tensor);
    return;
  }
  names.push_back(name);
  tensors.push_back(std::move(tensor));
}

bool belongs(const std::string& part, const std::string& input) {
  return part == input || part.starts_with(input + ".");
}

void put_carried(const ir::Graph& graph, Carried& carried, Fed& fed) {
  std::vector<std::string> names;
  for (const auto& [name, value] : carried) names.push_back(name);
  const Sizes sizes = sizes_of(graph, fed, names);
  for (auto& [name, value] : carried) {
    const ir::Input* input = find_input(graph, name);
    value = input && input->type.is_tensor() ? fitted(*input, value, sizes) : at::Tensor();
    if (value.defined()) continue;
    carried.clear();
    return;
  }
  for (const auto& [name, value] : carried) fed.put(name, value);
}

void put_zeros(const ir::Graph& graph, const std::vector<ir::Carried>& carry, Fed& fed) {
  std::vector<std::string> names;
  for (const ir::Carried& one : carry) names.push_back(one.input);
  const Sizes sizes = sizes_of(graph, fed, names);
  for (const ir::Input& input : graph.inputs) {
    const bool carried =
        std::any_of(names.begin(), names.end(), [&](const std::string& name) { return belongs(input.name, name); });
    if (!carried || fed.has(input.name) || !input.type.is_tensor()) continue;
    std::vector<std::int64_t> shape;
    for (const types::Dim& size : input.type.tensor.shape) shape.push_back(size.evaluate(sizes.values).value_or(1));
    fed.put(input.name, at::zeros(shape, exec::scalar_type(input.type.tensor.dtype)));
  }
}

void take_carried(const ir::Graph& graph, const exec::Result& output, const std::string& input, Carried& carried) {
  for (std::size_t i = 0; i < output.parts.size(); ++i)
    take_carried(graph, output.parts[i], fmt::format("{}.{}", input, i), carried);
  if (!output.tensor.defined()) return;
  at::Tensor value = output.tensor.detach();
  // What mixed precision rounded goes on as the input is declared.
  if (const ir::Input* declared = find_input(graph, input); declared && declared->type.is_tensor())
    value = value.to(exec::scalar_type(declared->type.tensor.dtype));
  carried[input] = value;
}

}  // namespace modelc::train

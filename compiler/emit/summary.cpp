#include "emit/summary.h"

#include <algorithm>
#include <set>

#include "support/dotted_path.h"

namespace modelc::emit {
namespace {

using types::Dim;
using types::SymbolId;
using types::Type;

Type substitute(Type type, const Point& point) {
  type.for_each_dim([&](Dim& dim) { dim = dim.substitute(point); });
  return type;
}

/// The types of the tensors in a declared input by the names of LANGUAGE §7's parts: `state.0`, `state.1`.
void flatten(const Type& type, const std::string& name, std::map<std::string, types::TensorType>& out) {
  if (type.is_tensor()) out.emplace(name, type.tensor);
  for (std::size_t i = 0; i < type.parts().size(); ++i) flatten(type.parts()[i], name + "." + std::to_string(i), out);
}

/// The value of the one unknown symbol of `dim` at which it is `size`; nullopt where it is not linear in it.
std::optional<std::int64_t> solve(Dim dim, SymbolId symbol, std::int64_t size) {
  const auto at = [&](std::int64_t value) { return dim.evaluate({{symbol, value}}); };
  const auto one = at(1), two = at(2);
  if (!one || !two || *one == *two) return std::nullopt;
  const std::int64_t slope = *two - *one;
  const std::int64_t value = 1 + (size - *one) / slope;
  const auto check = at(value);
  return value >= 1 && check && *check == size ? std::optional(value) : std::nullopt;
}

std::string shape_text(const std::vector<std::int64_t>& sizes) {
  std::string out;
  for (const std::int64_t size : sizes) out += (out.empty() ? "" : "x") + std::to_string(size);
  return out.empty() ? "a scalar" : out;
}

std::int64_t count(const types::TensorType& type) {
  const Dim numel = type.numel();
  return numel.is_constant() ? numel.constant() : 0;
}

}  // namespace

std::optional<Point> bind_sizes(const ir::Program& program,
                                const std::vector<std::pair<std::string, std::vector<std::int64_t>>>& sizes,
                                std::string& fault) {
  std::map<std::string, types::TensorType> known;
  for (const ir::Signature& input : program.inputs) flatten(input.type, input.name, known);
  Point point;
  // Bare symbols first, whichever input they stand in, then those inside one unknown per dimension (LANGUAGE §5).
  for (const bool bare : {true, false}) {
    for (const auto& [name, shape] : sizes) {
      const auto input = known.find(name);
      if (input == known.end()) {
        fault = "the model has no input `" + name + "`";
        return std::nullopt;
      }
      const types::TensorType& type = input->second;
      if (shape.size() != type.rank()) {
        fault = "`" + name + "` is " + shape_text(shape) + ", but the input is " + type.str();
        return std::nullopt;
      }
      for (std::size_t i = 0; i < shape.size(); ++i) {
        const Dim dim = type.shape[i].substitute(point);
        const std::vector<SymbolId> symbols = dim.symbols();
        if (symbols.size() != 1) continue;
        const auto identity = dim.evaluate({{symbols[0], 7}});
        if (bare && !(identity && *identity == 7 && solve(dim, symbols[0], shape[i]) == shape[i])) continue;
        if (const auto value = solve(dim, symbols[0], shape[i])) point[symbols[0]] = Dim(*value);
      }
    }
  }
  for (const auto& [name, shape] : sizes) {
    const types::TensorType& type = known.at(name);
    for (std::size_t i = 0; i < shape.size(); ++i) {
      const Dim dim = type.shape[i].substitute(point);
      if (dim.is_constant() && dim.constant() == shape[i]) continue;
      fault = "dimension " + std::to_string(i) + " of `" + name + "` is " + std::to_string(shape[i]) + ", but " +
              (dim.is_constant() ? std::to_string(dim.constant()) : "`" + type.shape[i].str() + "`") +
              " is expected in " + type.str();
      return std::nullopt;
    }
  }
  std::map<SymbolId, std::int64_t> values;
  for (const auto& [symbol, dim] : point) values[symbol] = dim.constant();
  for (const ir::Graph& graph : program.graphs) {
    for (const types::Requirement& required : graph.conditions.requirements()) {
      const auto a = required.a.evaluate(values), b = required.b.evaluate(values);
      if (!a || !b || (required.relation == types::Relation::Equal ? *a == *b : *a >= *b)) continue;
      fault = "`" + required.words + "` does not hold for";
      for (const SymbolId symbol : required.a.symbols()) {
        fault += " " + types::DimTable::current().symbol_name(symbol) + " = " + std::to_string(values.at(symbol));
      }
      return std::nullopt;
    }
  }
  return point;
}

Summary summarize(const ir::Program& program, const Point& point) {
  Summary out;
  out.name = program.name;
  out.doc = program.doc;
  for (const ir::Signature& input : program.inputs) {
    if (!input.target) out.inputs.push_back({input.name, substitute(input.type, point).str(), input.optional});
  }
  if (!program.graphs.empty()) {
    for (const ir::Output& output : program.graphs[0].outputs) {
      out.outputs.push_back({output.name, substitute(output.type, point).str(), false});
    }
  }

  const std::vector<ir::Module>& modules = program.tree.modules;
  std::map<std::string, std::size_t> places;  // of parameters, by key
  std::vector<std::pair<std::string, std::string>> tied;
  for (const ir::Module& module : modules) {
    SummaryModule& row = out.modules.emplace_back();
    row.path = module.path;
    row.type = module.type;
    if (!module.output.is_poison()) row.output = substitute(module.output, point).str();
    row.flops = module.flops.substitute(point);
    for (const ir::Tensor& tensor : module.tensors) {
      const std::string key = support::joined_path(module.path, tensor.name);
      if (tensor.buffer) {
        if (tensor.saved) out.buffers.push_back({key, tensor.type, false, {}});
      } else if (!tensor.tied_to.empty() && tensor.tied_to != key) {
        tied.emplace_back(key, tensor.tied_to);
      } else {
        places[key] = out.parameters.size();
        out.parameters.push_back({key, tensor.type, tensor.trainable, {}});
      }
    }
  }
  for (const auto& [key, owner] : tied) {
    const auto place = places.find(owner);
    if (place != places.end()) out.parameters[place->second].aliases.push_back(key);
  }

  // A parent stands before its children, so walking backwards each module is complete before it is added to its parent.
  for (std::size_t i = modules.size(); i-- > 1;) {
    const ir::ModuleId parent = modules[i].parent;
    if (parent < i) out.modules[parent].flops = out.modules[parent].flops + out.modules[i].flops;
  }
  for (std::size_t i = 0; i < modules.size(); ++i) {
    const std::string prefix = modules[i].path.empty() ? "" : modules[i].path + ".";
    for (const SummaryTensor& parameter : out.parameters) {
      const auto below = [&](const std::string& key) { return key.compare(0, prefix.size(), prefix) == 0; };
      if (!below(parameter.name) && std::none_of(parameter.aliases.begin(), parameter.aliases.end(), below)) continue;
      out.modules[i].parameters += count(parameter.type);
      if (parameter.trainable) out.modules[i].trainable += count(parameter.type);
    }
  }
  for (const SummaryTensor& parameter : out.parameters) {
    out.total += count(parameter.type);
    if (parameter.trainable) out.trainable += count(parameter.type);
    out.bytes += count(parameter.type) * static_cast<std::int64_t>(types::byte_size(parameter.type.dtype));
  }
  if (!out.modules.empty()) out.flops = out.modules[0].flops;

  std::set<std::string> seen;
  for (const ir::Graph& graph : program.graphs) {
    for (auto& [words, origins] : graph.conditions.merged()) {
      if (seen.insert(words).second) out.constraints.push_back({words, origins});
    }
  }
  return out;
}

}  // namespace modelc::emit

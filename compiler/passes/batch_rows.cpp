#include "passes/batch_rows.h"

#include <fmt/format.h>

#include <optional>
#include <set>

#include "ir/uses.h"
#include "ops/spoken.h"
#include "support/words.h"

namespace modelc::passes {

namespace {

using types::Dim;
using types::SymbolId;

bool is_symbol(Dim dim, SymbolId symbol) {
  return dim.symbols() == std::vector{symbol} && dim.evaluate({{symbol, 7}}) == 7 && dim.evaluate({{symbol, 8}}) == 8;
}

/// The name by which a first dimension alone is taken for a batch.
bool is_batch_name(std::string_view name) {
  static constexpr support::Word<bool> kNames[] = {{"B", true}, {"N", true}, {"Batch", true}, {"BATCH", true}};
  return support::meaning_of(kNames, name).has_value();
}

/// The symbol that counts the rows of a batch: the first dimension of everything that is fed, of more than one thing or
/// by its name; nullopt where that is not certain.
std::optional<SymbolId> batch_of(const ir::Program& program) {
  std::optional<SymbolId> batch;
  std::size_t fed = 0;
  for (const ir::Signature& input : program.inputs) {
    if (!input.type.is_tensor() || input.type.tensor.shape.empty()) continue;
    const Dim first = input.type.tensor.shape.front();
    const std::vector<SymbolId> symbols = first.symbols();
    if (symbols.size() != 1 || !is_symbol(first, symbols[0]) || (batch && *batch != symbols[0])) return std::nullopt;
    batch = symbols[0];
    ++fed;
  }
  if (!batch || (fed == 1 && !is_batch_name(types::DimTable::current().symbol_name(*batch)))) return std::nullopt;
  return batch;
}

const types::TensorType* tensor_of(const ir::Graph& graph, const ir::Operand& operand) {
  return operand.kind == ir::Operand::Value ? &graph.values[operand.value].type.tensor : nullptr;
}

bool is_flag(const ir::Node& node, std::string_view parameter, bool value) {
  const types::Constant* flag = ir::attribute_of(node, parameter);
  return flag && flag->is_bool() && flag->as_bool() == value;
}

/// A recurrent layer over rows.
bool runs_over(const ir::Graph& graph, const ir::Node& node, SymbolId batch) {
  if (!ir::attribute_of(node, "num_layers") || !is_flag(node, "batch_first", false)) return false;
  const types::TensorType* input = tensor_of(graph, node.operands[0]);
  return input && input->rank() == 3 && is_symbol(input->shape[0], batch);
}

/// The first dimension of the result where a batch and something else became one.
std::optional<Dim> mixed(const ir::Graph& graph, const ir::Node& node, SymbolId batch) {
  static const ops::OpId kJoin = ops::Catalogue::get().id("cat"), kFlatten = ops::Catalogue::get().id("flatten");
  if (node.op != kJoin && node.op != kFlatten) return std::nullopt;
  const std::vector<Dim>& shape = graph.values[node.results[0]].type.tensor.shape;
  if (shape.empty() || is_symbol(shape[0], batch)) return std::nullopt;
  // Rows and steps in one dimension are many rows, as a layer of each step wants them.
  if (node.op == kFlatten && shape.size() > 1) return std::nullopt;
  bool any = false;
  ir::for_each_value(node.operands[0], [&](ir::ValueId v) {
    const types::TensorType& part = graph.values[v].type.tensor;
    any = any || (part.rank() > 0 && is_symbol(part.shape[0], batch));
  });
  return any ? std::optional(shape[0]) : std::nullopt;
}

}  // namespace

bool batch_rows(const ir::Program& program, diagnostics::Sink& sink) {
  const std::optional<SymbolId> batch = batch_of(program);
  if (!batch) return true;
  std::set<std::pair<support::FileId, std::uint32_t>> told;  // a call stands in several graphs
  for (const ir::Graph& graph : program.graphs) {
    std::vector<ir::Operand> outputs;
    for (const ir::Output& output : graph.outputs) outputs.push_back(output.value);
    // A loss may well take all rows together.
    const std::vector<bool> needed = ir::needed_for(graph, outputs).nodes;
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
      const ir::Node& node = graph.nodes[n];
      const auto name = ops::spoken(ir::op_of(node).name);
      if (!needed[n] || node.operands.empty()) continue;
      if (runs_over(graph, node, *batch)) {
        if (!told.insert({node.span.file, node.span.begin}).second) continue;
        const std::string module =
            node.module == ir::kNone ? std::string(name) : program.tree.modules[node.module].path;
        sink.report(node.span, diag::BatchForTime, module, tensor_of(graph, node.operands[0])->str())
            .help("write `batch_first=true` where it is declared");
      } else if (const auto first = mixed(graph, node, *batch)) {
        if (!told.insert({node.span.file, node.span.begin}).second) continue;
        sink.report(node.span, diag::BatchMixed, name, fmt::format("it is `{}`", first->str()))
            .help("`dim=1` joins what belongs to one row, `flatten(1)` keeps the rows apart");
      }
    }
  }
  return true;
}

}  // namespace modelc::passes

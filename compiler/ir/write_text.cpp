#include "ir/write_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "catalogue/entry.h"
#include "ir/builder.h"
#include "ir/loops.h"
#include "ir/resizing_words.h"
#include "ir/uses.h"

namespace modelc::ir {

namespace {

constexpr std::string_view kRandom = "rng";

/// Names as they are where nothing in them could be taken for something else.
std::string word(const std::string& name) {
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                       c == '.' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
    if (!plain) return Constant(name).str();
  }
  return name.empty() ? "\"\"" : name;
}

/// How the values of a graph are written.
class Names {
 public:
  explicit Names(const Graph& graph) : graph_(graph), first_(first_states(graph)), turn_(graph.values.size(), 0) {
    for (const Node& node : graph.nodes)
      for (const ValueId r : node.results)
        if (graph.values[r].updates != kNone) turn_[r] = turn_[graph.values[r].updates] + 1;
  }

  std::string operator()(ValueId id) const {
    if (id >= graph_.values.size()) return "%?";
    const ValueInfo& v = graph_.values[first_[id]];
    if (v.kind == ValueKind::Input) return "%" + word(v.name);
    if (v.kind == ValueKind::Result && turn_[id] == 0)
      return v.name.empty() ? fmt::format("%{}", id) : fmt::format("%{}.{}", id, word(v.name));
    // A parameter of the outermost level could be called as the random state is.
    std::string text = v.kind == ValueKind::Random   ? "@" + std::string(kRandom)
                       : v.kind == ValueKind::Result ? fmt::format("%{}", first_[id])
                                                     : "@" + std::string(v.name == kRandom ? "." : "") + word(v.name);
    if (turn_[id] > 0) text += "'";
    if (turn_[id] > 1) text += std::to_string(turn_[id]);
    return text;
  }

 private:
  const Graph& graph_;
  std::vector<ValueId> first_;
  std::vector<std::uint32_t> turn_;
};

std::string operand_text(const Names& names, const Operand& o) {
  switch (o.kind) {
    case Operand::None:
      return "null";
    case Operand::Value:
      return names(o.value);
    case Operand::Static:
      return o.constant().str();
    case Operand::List: {
      std::string text = "[";
      for (std::size_t i = 0; i < o.list().size(); ++i) text += (i ? ", " : "") + operand_text(names, o.list()[i]);
      return text + "]";
    }
  }
  return "?";
}

std::string arguments_text(const Names& names, const Node& node) {
  const ops::Op& op = op_of(node);
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  std::size_t i = 0;
  while (i < op.inputs.size() && node.operands[i].kind != Operand::None) add(operand_text(names, given(node, i++)));
  if (random_of(node) != kNone) add(names(random_of(node)));
  for (; i < op.inputs.size(); ++i) {
    if (node.operands[i].kind == Operand::None && node.attributes[i] == op.inputs[i].default_value) continue;
    add(op.inputs[i].name + "=" + operand_text(names, given(node, i)));
  }
  return text;
}

std::string node_text(const Graph& graph, const Names& names, const Node& node) {
  std::string results, types;
  const auto add = [](std::string& text, const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  for (const ValueId r : node.results) add(results, names(r));
  for (std::size_t r = 0; r < own_results(graph, node); ++r) add(types, graph.values[node.results[r]].type.str());
  return fmt::format("{} = {}({}){}{}", results, op_of(node).name, arguments_text(names, node),
                     types.empty() ? "" : " : " + types,
                     node.path.empty() ? "" : " at " + word(node.path) + (node.module == kNone ? " inside" : ""));
}

std::string init_text(const ops::Init& init, std::uint32_t graph = kNone) {
  std::string text = print(init);
  if (init.kind == ops::Init::Expression) text += fmt::format("({})", graph);
  if (init.zero_row >= 0) text += fmt::format(" zero_row {}", init.zero_row);
  if (init.rank != 0) text += fmt::format(" rank {}", init.rank);
  if (init.cleared) text += " cleared";
  return text;
}

std::string tensor_text(const Tensor& t) {
  std::string text = fmt::format("{} {}: {} = {}", t.buffer ? "buffer" : "parameter", word(t.name), t.type.str(),
                                 init_text(t.init, t.init_graph));
  if (t.first_draw) text += " until " + word(t.first_draw->until);
  if (t.first_draw && t.first_draw->init) text += " drawn " + init_text(*t.first_draw->init);
  if (!t.same_as.empty()) text += " same as " + word(t.same_as);
  if (!t.buffer && !t.trainable) text += " frozen";
  if (!t.saved) text += " unsaved";
  if (t.implied_new) text += " new";
  if (!t.tied_to.empty()) text += " tied to " + word(t.tied_to);
  return text;
}

bool may_be_called(const Module& m) {
  return m.kind != ModuleKind::List && m.kind != ModuleKind::Dict && m.parent != kNone;
}

std::string_view kind_word(ModuleKind kind) {
  switch (kind) {
    case ModuleKind::Sequential:
      return " sequential";
    case ModuleKind::List:
      return " list";
    case ModuleKind::Dict:
      return " dict";
    default:
      return "";
  }
}

/// Whether `a == b` or `a >= b`; both sides are read back as sizes.
std::string requirement_text(const types::Requirement& required) {
  return fmt::format("{} {} {}", required.a.str(),
                     required.relation == types::Relation::Equal ? "==" : ">=", required.b.str());
}

}  // namespace

std::string print(const ops::Init& init) {
  using ops::Init;
  const auto number = [](double v) { return Constant(v).str(); };
  switch (init.kind) {
    case Init::Zeros:
      return "zeros";
    case Init::Ones:
      return "ones";
    case Init::Fill:
      return fmt::format("fill({})", number(init.a));
    case Init::Uniform:
      return fmt::format("uniform({}, {})", number(init.a), number(init.b));
    case Init::Normal:
      return fmt::format("normal({}, {})", number(init.a), number(init.b));
    case Init::TruncatedNormal:
      return fmt::format("truncated_normal({}, {}, {}, {})", number(init.a), number(init.b), number(init.values.at(0)),
                         number(init.values.at(1)));
    case Init::Unit:
      return fmt::format("unit({})", number(init.a));
    case Init::NormOf:
      return fmt::format("norm_of({}, {})", number(init.a), number(init.b));
    case Init::Values: {
      std::string text;
      for (const double v : init.values) text += (text.empty() ? "" : ", ") + number(v);
      return "values(" + text + ")";
    }
    case Init::Expression:
      return "expression";
  }
  return "?";
}

std::string print(const ModuleTree& tree) {
  std::string text;
  const auto walk = [&](const auto& self, ModuleId id, int depth) -> void {
    const Module& m = tree.modules[id];
    std::string args;
    for (const auto& [name, value] : m.args) args += (args.empty() ? "" : ", ") + name + "=" + value.str();
    text += fmt::format("{:{}}{}: {}{}{}{}{}\n", "", depth * 2, m.path.empty() ? "model" : word(m.path), word(m.type),
                        m.kind == ModuleKind::Operator ? "(" + args + ")" : "", kind_word(m.kind),
                        m.frozen ? " frozen" : "", m.called || !may_be_called(m) ? "" : " uncalled");
    for (const Tensor& t : m.tensors) text += fmt::format("{:{}}{}\n", "", depth * 2 + 2, tensor_text(t));
    for (const ModuleId child : m.children) self(self, child, depth + 1);
  };
  if (!tree.modules.empty()) walk(walk, 0, 0);
  return text;
}

namespace {

/// Symbols that data decide: those that nodes measure, and those of conditions whose node is gone.
std::vector<types::SymbolId> data_symbols(const Graph& graph) {
  std::vector<types::SymbolId> symbols = measured_symbols(graph);
  for (const types::Requirement& required : graph.conditions.requirements())
    for (const types::Dim side : {required.a, required.b})
      for (const types::SymbolId symbol : side.symbols())
        if (types::DimTable::current().symbol_least(symbol) == 0 &&
            std::find(symbols.begin(), symbols.end(), symbol) == symbols.end())
          symbols.push_back(symbol);
  return symbols;
}

std::string graph_text(const Graph& graph, const std::string& title) {
  const Names names(graph);
  std::string text = title;
  for (const std::string& name : graph.given) text += " with " + word(name);
  for (const auto& [name, chosen] : graph.choices) text += fmt::format(" {}={}", word(name), word(chosen));
  text += " {\n";
  for (const Input& input : graph.inputs)
    text += fmt::format("  {} %{}: {}\n", input.target ? "target" : "input", word(input.name), input.type.str());
  for (const types::SymbolId measured : data_symbols(graph))
    text += fmt::format("  size {}\n", types::DimTable::current().symbol_name(measured));
  std::size_t depth = 2;  // what stands in a loop is indented
  for (const Node& node : graph.nodes) {
    if (closes_loop(node) && depth > 2) depth -= 2;
    text += std::string(depth, ' ') + node_text(graph, names, node) + "\n";
    if (opens_loop(node)) depth += 2;
  }
  for (const Output& o : graph.outputs)
    text += fmt::format("  output {} = {} : {}\n", word(o.name), operand_text(names, o.value), o.type.str());
  for (const Output& o : graph.losses)
    text += fmt::format("  loss {} = {} : {}\n", word(o.name), operand_text(names, o.value), o.type.str());
  for (const Metric& m : graph.metrics) {
    std::string operands;
    for (const Operand& o : m.operands) operands += (operands.empty() ? "" : ", ") + operand_text(names, o);
    for (const auto& [name, value] : m.args)
      operands += (operands.empty() ? "" : ", ") + word(name) + "=" + value.str();
    text += fmt::format("  metric {} = {}({})\n", word(m.name), catalogue::name_of(m.kind), operands);
  }
  for (const StateUpdate& update : graph.updates)
    text += fmt::format("  update {} = {}\n", names(update.state), names(update.value));
  for (const types::Requirement& required : graph.conditions.requirements())
    text += fmt::format("  where {}\n", requirement_text(required));
  return text + "}\n";
}

}  // namespace

std::string print(const Graph& graph, const ModuleTree&) {
  return graph_text(graph, fmt::format("graph {}", graph.training ? "training" : "evaluation"));
}

namespace {

std::string list_text(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& one : words) text += (text.empty() ? "" : ", ") + word(one);
  return "[" + text + "]";
}

std::string weights_text(const WeightSource& source) {
  std::string text = "weights from " + word(source.from);
  const std::pair<std::string_view, const std::vector<std::string>&> lists[] = {
      {"only", source.only}, {"except", source.except}, {"new", source.created}};
  for (const auto& [name, words] : lists)
    if (!words.empty()) text += fmt::format(" {} {}", name, list_text(words));
  for (const Resize& resize : source.resize)
    text += fmt::format(" resize {} by {}", word(resize.pattern), word_of(resize.how));
  for (const auto& [old, fresh] : source.rename) text += fmt::format(" rename {} -> {}", word(old), word(fresh));
  if (!source.prefix.empty()) text += " below " + word(source.prefix);
  return text + (source.of_command ? " command" : "");
}

}  // namespace

std::string print(const Program& program) {
  std::string text = fmt::format("program {}\n", program.name.empty() ? "model" : word(program.name));
  const types::DimTable& dims = types::DimTable::current();
  for (const types::SymbolId s : program.symbols) {
    text += fmt::format("symbol {}{}\n", dims.symbol_name(s),
                        dims.symbol_least(s) == 1 ? "" : fmt::format(" >= {}", dims.symbol_least(s)));
  }
  for (const Signature& s : program.inputs) {
    text += fmt::format("{} {}: {}{}\n", s.target ? "target" : "input", word(s.name), s.type.str(),
                        s.optional ? " optional" : "");
  }
  if (!program.device.empty()) text += "device " + word(program.device) + "\n";
  for (const WeightSource& source : program.weights) text += weights_text(source) + "\n";
  for (const auto& [old, fresh] : program.moved) text += fmt::format("moved {} -> {}\n", word(old), word(fresh));
  text += print(program.tree);
  for (const Graph& graph : program.initial_graphs) text += graph_text(graph, "initial graph");
  for (const Graph& graph : program.graphs) text += print(graph, program.tree);
  return text;
}

}  // namespace modelc::ir

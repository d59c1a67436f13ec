#include "ir/read_text.h"

#include <optional>

#include "catalogue/entry.h"
#include "ir/builder.h"
#include "ir/text_cursor.h"
#include "ir/text_entries.h"

namespace modelc::ir {

namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  ReadText run() {
    ReadText out;
    try {
      while (next_line()) entry();
      if (graph_) throw TextError{"the graph has no end"};
    } catch (const TextError& error) {
      out.ok = false;
      out.fault = {number_, error.what};
    }
    out.program = std::move(program_);
    return out;
  }

 private:
  bool next_line() {
    while (at_ < text_.size()) {
      const std::size_t end = std::min(text_.find('\n', at_), text_.size());
      line_ = text_.substr(at_, end - at_);
      at_ = end + 1;
      ++number_;
      const std::size_t first = line_.find_first_not_of(' ');
      if (first == std::string_view::npos || line_[first] == '#') continue;  // an empty line, a remark
      indent_ = first;
      return true;
    }
    return false;
  }

  void entry() {
    TextCursor c(line_, symbols_);
    if (graph_) return graph_line(c);
    if (indent_ == 0 && c.take_word("program")) program_.name = c.word();
    else if (indent_ == 0 && c.take_word("symbol")) symbol(c);
    else if (indent_ == 0 && (c.at("input ") || c.at("target "))) signature(c);
    else if (indent_ == 0 && c.at("device ")) c.expect("device"), program_.device = c.word();
    else if (indent_ == 0 && c.at("weights ")) program_.weights.push_back(read_weights(c));
    else if (indent_ == 0 && c.at("moved ")) c.expect("moved"), program_.moved.push_back(read_renamed(c));
    else if (indent_ == 0 && (c.at("graph ") || c.at("initial graph"))) open_graph(c);
    else if (c.at("parameter ") || c.at("buffer ")) tensor(c);
    else module(c);
    if (!c.at_end()) c.fail("the end of the line");
  }

  void symbol(TextCursor& c) {
    const std::string name = c.word();
    const std::int64_t least = c.take(">=") ? c.integer() : 1;
    const types::Dim dim = types::DimTable::current().symbol(name, least);
    if (!symbols_.emplace(name, dim).second) c.fail("another name than that of an earlier symbol");
    program_.symbols.push_back(dim.symbols().at(0));
  }

  void signature(TextCursor& c) {
    Signature s;
    s.target = c.take_word("target");
    if (!s.target) c.expect("input");
    s.name = c.word();
    c.expect(":");
    s.type = c.type();
    s.optional = c.take_word("optional");
    program_.inputs.push_back(std::move(s));
  }

  void module(TextCursor& c) {
    auto& modules = program_.tree.modules;
    Module m;
    const std::string path = c.word();
    c.expect(":");
    m.path = modules.empty() ? "" : path;
    m.name = m.path.substr(m.path.rfind('.') == std::string::npos ? 0 : m.path.rfind('.') + 1);
    m.type = c.word();
    if (c.take("(")) {
      m.kind = ModuleKind::Operator;
      while (!c.take(")")) {
        if (!m.args.empty()) c.expect(",");
        std::string name = c.word();
        c.expect("=");
        m.args.emplace_back(std::move(name), c.constant());
      }
    }
    if (c.take_word("sequential")) m.kind = ModuleKind::Sequential;
    if (c.take_word("list")) m.kind = ModuleKind::List;
    if (c.take_word("dict")) m.kind = ModuleKind::Dict;
    m.frozen = c.take_word("frozen");
    m.called = !c.take_word("uncalled");
    const std::size_t depth = indent_ / 2;
    if (depth != 0 && (modules.empty() || depth > open_.size())) c.fail("a module one level below its parent");
    if (depth == 0 && !modules.empty()) c.fail("one outermost module");
    const auto id = static_cast<ModuleId>(modules.size());
    open_.resize(depth);
    if (depth > 0) {
      m.parent = open_.back();
      modules[m.parent].children.push_back(id);
    }
    open_.push_back(id);
    if (!paths_.emplace(m.path, id).second) c.fail("another path than that of an earlier module");
    modules.push_back(std::move(m));
  }

  void tensor(TextCursor& c) {
    if (open_.empty()) c.fail("a module before its tensors");
    Tensor t;
    t.buffer = c.take_word("buffer");
    if (!t.buffer) c.expect("parameter");
    t.name = c.word();
    c.expect(":");
    t.type = c.type().tensor;
    c.expect("=");
    t.init = read_init(c, t.init_graph);
    if (c.take_word("until")) {
      t.first_draw.emplace().until = c.word();
      if (c.take_word("drawn")) t.first_draw->init = read_init(c, t.init_graph);
    }
    if (c.take_word("same")) {
      c.expect("as");
      t.same_as = c.word();
    }
    t.trainable = !c.take_word("frozen") && !t.buffer && types::is_floating(t.type.dtype);
    t.saved = !c.take_word("unsaved");
    t.implied_new = c.take_word("new");
    if (c.take_word("tied")) {
      c.expect("to");
      t.tied_to = c.word();
    }
    Module& m = program_.tree.modules[open_.back()];
    keys_.emplace(key_of(m, t), std::make_pair(open_.back(), static_cast<std::uint32_t>(m.tensors.size())));
    m.tensors.push_back(std::move(t));
  }

  void open_graph(TextCursor& c) {
    graph_.emplace();
    values_.clear();
    initial_ = c.take_word("initial");
    c.expect("graph");
    if (!initial_) {
      graph_->training = c.take_word("training");
      if (!graph_->training) c.expect("evaluation");
    }
    while (!c.take("{")) {
      if (c.take_word("with")) {
        graph_->given.push_back(c.word());
        continue;
      }
      const std::string name = c.word();
      c.expect("=");
      graph_->choices[name] = c.word();
    }
  }

  void graph_line(TextCursor& c) {
    if (c.take("}")) {
      const std::vector<StateUpdate> listed = graph_->updates;
      tidy(*graph_);
      if (listed.size() != graph_->updates.size()) throw TextError{"not every update is listed"};
      (initial_ ? program_.initial_graphs : program_.graphs).push_back(std::move(*graph_));
      graph_.reset();
      for (const std::string& name : measured_) symbols_.erase(name);
      measured_.clear();
    } else if (c.at("%") || c.at("@")) {
      node(c);
    } else if (c.take_word("update")) {
      const ValueId state = value(c);
      c.expect("=");
      graph_->updates.push_back({state, value(c)});
    } else if (c.take_word("where")) {
      condition(c);
    } else if (c.take_word("size")) {
      const std::string name = c.word();
      if (!symbols_.emplace(name, types::DimTable::current().symbol(name, 0)).second)
        c.fail("another name than that of an earlier symbol");
      measured_.push_back(name);
    } else if (c.at("input ") || c.at("target ")) {
      const bool target = c.take_word("target");
      if (!target) c.expect("input");
      const std::string shown = c.value();
      TextCursor inner(std::string_view(shown).substr(1), symbols_);
      c.expect(":");
      const Type type = c.type();
      if (!type.is_tensor()) c.fail("a tensor type before");
      values_[shown] = add_input(*graph_, inner.word(), type.tensor, {}, target);
    } else if (c.at("output ") || c.at("loss ")) {
      const bool loss = c.take_word("loss");
      if (!loss) c.expect("output");
      Output output;
      output.name = c.word();
      c.expect("=");
      output.value = operand(c);
      c.expect(":");
      output.type = c.type();
      (loss ? graph_->losses : graph_->outputs).push_back(std::move(output));
    } else if (c.take_word("metric")) {
      metric(c);
    } else {
      c.fail("a node, an input, an output or `}`");
    }
    if (!c.at_end()) c.fail("the end of the line");
  }

  void condition(TextCursor& c) {
    const types::Dim a = c.dim();
    const bool equal = c.take("==");
    if (!equal) c.expect(">=");
    const types::Dim b = c.dim();
    graph_->conditions.assume(a, equal ? types::Relation::Equal : types::Relation::AtLeast, b, {{}, "text"});
  }

  static catalogue::MetricId metric_kind(TextCursor& c) {
    const auto kind = catalogue::metric_id(c.word());
    if (!kind) c.fail("a metric");
    return *kind;
  }

  void metric(TextCursor& c) {
    Metric m;
    m.name = c.word();
    c.expect("=");
    m.kind = metric_kind(c);
    c.expect("(");
    bool first = true;
    while (!c.take(")")) {
      if (!first) c.expect(",");
      first = false;
      if (const auto name = named(c)) m.args.emplace_back(*name, c.constant());
      else m.operands.push_back(operand(c));
    }
    graph_->metrics.push_back(std::move(m));
  }

  /// `name=` in front of an argument.
  std::optional<std::string> named(TextCursor& c) {
    if (c.at("%") || c.at("@") || c.at("[") || c.at("\"")) return std::nullopt;
    TextCursor ahead = c;
    try {
      std::string name = ahead.word();
      if (!ahead.take("=") || ahead.at("=")) return std::nullopt;
      c.take(name);
      c.expect("=");
      return name;
    } catch (const TextError&) {
      return std::nullopt;
    }
  }

  ValueId value(TextCursor& c) {
    const std::string shown = c.value();
    const auto known = values_.find(shown);
    if (known != values_.end()) return known->second;
    if (shown[0] == '@' && shown.find('\'') == std::string::npos) {
      if (shown == "@rng") return values_[shown] = random_state(*graph_);
      TextCursor inner(std::string_view(shown).substr(shown.starts_with("@.") ? 2 : 1), symbols_);
      const auto key = keys_.find(inner.word());
      if (key != keys_.end())
        return values_[shown] = add_tensor(*graph_, program_.tree, key->second.first, key->second.second);
    }
    throw TextError{"the value `" + shown + "` is not known here"};
  }

  Operand operand(TextCursor& c) {
    if (c.at("%") || c.at("@")) return Operand::of(value(c));
    if (!c.at_list_with_values()) return Operand::of(c.constant());
    c.expect("[");
    std::vector<Operand> list;
    while (!c.take("]")) {
      if (!list.empty()) c.expect(",");
      list.push_back(operand(c));
    }
    return Operand::of(std::move(list));
  }

  void node(TextCursor& c) {
    std::vector<std::string> shown{c.value()};
    while (c.take(",")) shown.push_back(c.value());
    c.expect("=");
    const std::string name = c.word();
    const ops::OpId op = ops::Catalogue::get().id(name);
    if (op == ops::kNoOp) throw TextError{"there is no operator `" + name + "`"};
    Node n = call_of(op);
    const ops::Op& declared = op_of(n);
    c.expect("(");
    std::size_t position = 0;
    bool first = true;
    std::optional<ValueId> random;
    while (!c.take(")")) {
      if (!first) c.expect(",");
      first = false;
      std::size_t at = position;
      if (const auto parameter = named(c)) {
        for (at = 0; at < declared.inputs.size() && declared.inputs[at].name != *parameter;) ++at;
      } else {
        const Operand given = operand(c);
        if (given.kind == Operand::Value && is_random(given.value)) {
          random = given.value;
        } else if (position < declared.inputs.size()) {
          give(n, position++, given);
        } else {
          c.fail("fewer arguments before");
        }
        continue;
      }
      if (at == declared.inputs.size()) throw TextError{"`" + name + "` has no such parameter"};
      give(n, at, operand(c));
    }
    std::vector<Type> types;
    if (c.take(":")) {
      types.push_back(c.type());
      while (c.take(",")) types.push_back(c.type());
    }
    if (c.take_word("at")) {
      n.path = c.word();
      const auto module = paths_.find(n.path);
      if (!c.take_word("inside")) {
        if (module == paths_.end()) throw TextError{"there is no module `" + n.path + "`"};
        n.module = module->second;
      }
    }
    if (random.has_value() != draws(n)) throw TextError{random ? "the call draws nothing" : "the call takes `@rng`"};
    if (random && *random != random_state(*graph_)) throw TextError{"the random state was taken before"};
    const std::vector<ValueId> results = append(*graph_, std::move(n), types);
    if (results.size() != shown.size()) throw TextError{"the call has " + std::to_string(results.size()) + " results"};
    for (std::size_t r = 0; r < results.size(); ++r) {
      if (!values_.emplace(shown[r], results[r]).second) throw TextError{"`" + shown[r] + "` is defined twice"};
      ValueInfo& info = graph_->values[results[r]];
      const std::size_t dot = shown[r].find('.');
      if (info.updates != kNone || shown[r][0] != '%' || dot == std::string::npos) continue;
      TextCursor inner(std::string_view(shown[r]).substr(dot + 1), symbols_);
      info.name = inner.word();
    }
  }

  bool is_random(ValueId v) const {
    while (graph_->values[v].updates != kNone) v = graph_->values[v].updates;
    return graph_->values[v].kind == ValueKind::Random;
  }

  std::string_view text_, line_;
  std::size_t at_ = 0, number_ = 0, indent_ = 0;
  Program program_;
  std::map<std::string, types::Dim, std::less<>> symbols_;
  std::vector<std::string> measured_;  // symbols of the open graph alone
  std::vector<ModuleId> open_;         // from the root to the module that stands last
  std::map<std::string, ModuleId> paths_;
  std::map<std::string, std::pair<ModuleId, std::uint32_t>> keys_;
  std::optional<Graph> graph_;
  bool initial_ = false;
  std::map<std::string, ValueId> values_;  // of the graph, by what is written
};

}  // namespace

ReadText read_text(std::string_view text) { return Reader(text).run(); }

}  // namespace modelc::ir

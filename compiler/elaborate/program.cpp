// The outermost file: its inputs, a graph for each mode, set of optional inputs and choice, loss and metrics.
#include <fmt/format.h>

#include "elaborate/elaborator.h"
#include "support/spelling.h"

namespace modelc::elaborate {

using types::Relation;
using types::SymbolId;
using types::Verdict;

namespace {

/// Every symbol must be fixed by a dimension that is linear in it once the others are known.
std::vector<SymbolId> undetermined(const std::vector<Dim>& dims) {
  std::set<SymbolId> all, known;
  for (Dim d : dims)
    for (SymbolId s : d.symbols()) all.insert(s);
  bool moved = true;
  while (moved) {
    moved = false;
    for (Dim d : dims) {
      std::vector<SymbolId> unknown;
      for (SymbolId s : d.symbols())
        if (!known.count(s)) unknown.push_back(s);
      if (unknown.size() != 1) continue;
      std::map<SymbolId, std::int64_t> point;
      for (SymbolId s : d.symbols()) point[s] = 7;
      std::int64_t values[5] = {};
      bool ok = true;
      for (int i = 0; i < 5; ++i) {
        point[unknown[0]] = 1 + i;
        const auto v = d.evaluate(point);
        ok &= v.has_value();
        values[i] = v.value_or(0);
      }
      for (int i = 2; i < 5; ++i) ok &= values[i] - values[i - 1] == values[1] - values[0];
      if (!ok || values[1] == values[0]) continue;
      known.insert(unknown[0]);
      moved = true;
    }
  }
  std::vector<SymbolId> left;
  for (SymbolId s : all)
    if (!known.count(s)) left.push_back(s);
  return left;
}

void collect_dims(const Type& type, std::vector<Dim>& dims) {
  if (type.is_tensor()) dims.insert(dims.end(), type.tensor.shape.begin(), type.tensor.shape.end());
  for (const Type& p : type.parts) collect_dims(p, dims);
}

}  // namespace

bool Elaborator::check_condition(const ast::ExprPtr& condition, const Scope& scope, Span call, bool assume) {
  if (!condition) return true;
  const ast::Expr& e = *condition;
  if (e.kind == ast::ExprKind::Binary && e.text == "and") {
    return check_condition(e.children[0], scope, call, assume) && check_condition(e.children[1], scope, call, assume);
  }
  if (e.kind == ast::ExprKind::Compare) {
    std::vector<Value> sides;
    for (const auto& child : e.children) sides.push_back(evaluate(child, scope));
    bool symbolic = false;
    for (const Value& v : sides) {
      if (v.is_poison()) return false;
      symbolic |= v.kind == Value::Int && !v.dim.is_constant();
    }
    if (symbolic) {
      for (std::size_t i = 0; i < e.operators.size(); ++i) {
        const Value& l = sides[i];
        Value r = sides[i + 1];
        std::string op = e.operators[i];
        Value left = l;
        if (op == "in" && r.kind == Value::List && l.kind == Value::Int && !r.list->items.empty()) {
          // One of several sizes: the product of the differences is 0.
          Dim product = 1;
          for (const Value& item : r.list->items)
            product = item.kind == Value::Int ? product * (l.dim - item.dim) : Dim::poison();
          if (!product.is_poison()) {
            left = Value::of(product);
            r = Value::of(Dim(0));
            op = "==";
          }
        }
        if (l.kind != Value::Int || r.kind != Value::Int) {
          sink_.report(e.span, diag::BadOperands, e.operators[i], l.describe(), r.describe());
          return false;
        }
        const types::Origin origin{assume ? e.span : call, "where"};
        types::Outcome outcome;
        const auto apply = [&](Dim a, Relation rel, Dim b) {
          return assume ? conditions_->assume(a, rel, b, origin) : conditions_->require(a, rel, b, origin);
        };
        if (op == "==") outcome = apply(left.dim, Relation::Equal, r.dim);
        else if (op == ">=") outcome = apply(l.dim, Relation::AtLeast, r.dim);
        else if (op == "<=") outcome = apply(r.dim, Relation::AtLeast, l.dim);
        else if (op == ">") outcome = apply(l.dim, Relation::AtLeast, r.dim + 1);
        else if (op == "<") outcome = apply(r.dim, Relation::AtLeast, l.dim + 1);
        else if (op == "!=") outcome = conditions_->assume_not_equal(l.dim, r.dim, origin);
        else {
          sink_.report(e.span, diag::BadOperands, op, l.describe(), r.describe());
          return false;
        }
        // A relation between symbols is the user's word: kept and checked when data arrive.
        const bool kept = assume && (outcome.verdict == Verdict::Relates || outcome.verdict == Verdict::Undecided);
        if (!outcome.ok() && !kept) {
          auto report = sink_.report(assume ? e.span : call, diag::WhereFails,
                                     fmt::format("{} {} {}", l.dim.str(), e.operators[i], sides[i + 1].str()));
          if (!assume) report.note(e.span, "the condition stands here");
          for (const auto& [words, o] : outcome.conflict)
            report.note(o.span, fmt::format("`{}` is required here", words));
          return false;
        }
      }
      return true;
    }
  }
  const auto holds = decide(condition, scope);
  if (!holds) return false;
  if (*holds) return true;
  auto report =
      sink_.report(assume ? e.span : call, diag::WhereFails,
                   options_.sources ? std::string(options_.sources->text(e.span)) : std::string("the condition"));
  if (!assume) report.note(e.span, "the condition stands here");
  return false;
}

bool Elaborator::check_where(const ast::Component& component, const Scope& scope, Span call, bool assume) {
  bool ok = true;
  Scope s = scope.as_static();
  for (const auto& condition : component.where) ok &= check_condition(condition, s, call, assume);
  return ok;
}

Elaborator::Elaborator(const compose::Composition& composition, const Options& options, Sink& sink)
    : composition_(composition), options_(options), sink_(sink), root_file_(composition.root.get()) {
  for (const auto& d : sink.found())
    names_missing_ |= d.severity == diagnostics::Severity::Error && !d.code.starts_with("M2");
}

void Elaborator::resolve_inputs(const ast::Block<ast::Declaration>& block, bool target) {
  Scope scope{root_level_, nullptr, nullptr};
  scope.is_static = true;
  unroll(block, scope, [&](const ast::Item<ast::Declaration>& item, const std::string& name, const Scope& inner) {
    const ast::Declaration& d = item.value;
    if (d.deleted) return;
    RootInput input;
    input.name = name;
    input.item = &item;
    input.target = target;
    input.span = item.name.span.valid() ? item.name.span : item.span;
    std::map<std::string, Dim> formal;
    for (const RootInput& other : root_inputs_) {
      if (other.name == name) {
        sink_.report(input.span, diag::DuplicateModule, name).note(other.span, "it is here the first time");
        return;
      }
    }
    std::optional<Type> type;
    if (d.faulty) {
      // Reported where it was read; the name holds.
    } else if (d.is_list) {
      std::vector<Type> parts;
      bool ok = true;
      unroll(d.list, inner, [&](const ast::Item<ast::Declared>& part, const std::string&, const Scope& s) {
        if (!part.value.type) {
          sink_.report(part.span, diag::InputNeedsType, name);
          ok = false;
          return;
        }
        const auto resolved = resolve_type(*part.value.type, s, &formal, nullptr);
        if (resolved) parts.push_back(*resolved);
        else ok = false;
      });
      if (ok) type = Type::list(std::move(parts));
    } else if (!d.declared.type) {
      sink_.report(input.span, diag::InputNeedsType, name).help("write its type: `" + name + ": float[B, 10]`");
    } else if (d.declared.type->kind == ast::TypeKind::List) {
      sink_.report(d.declared.type->span, diag::ListInputOpen, name)
          .help("write a YAML list of types, with `for` where its length is a parameter");
    } else {
      type = resolve_type(*d.declared.type, inner, &formal, nullptr);
    }
    for (const auto& [symbol, dim] : formal) {
      if (root_symbols_.emplace(symbol, dim).second) root_symbol_order_.push_back(symbol);
    }
    if (!type) {
      inputs_ok_ = false;
      root_level_->symbols_missing = true;
    }
    input.type = type.value_or(Type::poison());
    input.optional = type && d.declared.value != nullptr;
    root_inputs_.push_back(std::move(input));
  });
}

void Elaborator::elaborate_root() {
  auto definition = std::make_shared<Definition>();
  definition->kind = Definition::Component;
  definition->component = composition_.root;
  definition->type_name = !root_file_->title.text.empty() ? root_file_->title.text : "model";
  definition->span = root_file_->span;
  program_.name = root_file_->title.text;
  types::Conditions scratch;
  conditions_ = &scratch;
  instantiate(definition, "", 0, root_file_->span);
  root_level_ = instances_[0].level;
  if (!root_file_->forward_given && !root_file_->layers_given) {
    if (!sink_.has_errors())
      sink_.report(root_file_->span, diag::NothingToRun)
          .help("give the file `forward` or `layers`, or check the files that import it");
    return;
  }
  resolve_inputs(root_file_->inputs, false);
  const std::size_t model_inputs = root_inputs_.size();
  if (options_.recipe) resolve_inputs(root_file_->targets, true);
  if (model_inputs == 0 && inputs_ok_ && !root_file_->inputs_given) {
    sink_.report(root_file_->span, diag::ModelWithoutInputs).help("declare `inputs`: `x: float[B, 10]`");
    return;
  }
  // `--where H=224` puts a number in place of a symbol.
  std::map<SymbolId, Dim> stated;
  for (const auto& [name, value] : options_.where) {
    const auto symbol = root_symbols_.find(name);
    if (symbol == root_symbols_.end()) {
      std::vector<std::string> known(root_symbol_order_);
      auto report = sink_.report(root_file_->span, diag::UnknownSymbol, name);
      if (const auto near = support::nearest(name, known)) report.help(fmt::format("did you mean `{}`?", *near));
      continue;
    }
    stated[symbol->second.symbols().at(0)] = Dim(value);
  }
  std::function<void(Type&)> put = [&](Type& type) {
    for (Dim& d : type.tensor.shape) d = d.substitute(stated);
    for (Type& p : type.parts) put(p);
  };
  std::vector<Dim> dims;
  for (RootInput& input : root_inputs_) {
    put(input.type);
    collect_dims(input.type, dims);
    program_.inputs.push_back({input.name, input.type, input.optional, input.target, input.span});
  }
  for (const std::string& name : root_symbol_order_) {
    Dim& dim = root_symbols_[name];
    const SymbolId id = dim.symbols().at(0);
    dim = dim.substitute(stated);
    if (!dim.is_constant()) program_.symbols.push_back(id);
  }
  if (inputs_ok_)
    for (const SymbolId s : undetermined(dims)) {
      const std::string& name = types::DimTable::current().symbol_name(s);
      Span at = root_file_->span;
      for (const RootInput& input : root_inputs_) {
        std::vector<Dim> own;
        collect_dims(input.type, own);
        for (Dim d : own)
          for (SymbolId x : d.symbols())
            if (x == s && at == root_file_->span) at = input.span;
      }
      sink_.report(at, diag::SymbolUndetermined, name)
          .help(fmt::format("a dimension must be `{}` itself or linear in it, as `2*{}`", name, name));
      return;
    }
  // A graph for each set of optional inputs that may be used (all of them first), and for each choice.
  std::vector<std::string> optional;
  std::vector<const RootInput*> choices;
  for (const RootInput& input : root_inputs_) {
    if (input.type.kind == types::TypeKind::Choice) choices.push_back(&input);
    else if (input.optional && !input.target) optional.push_back(input.name);
  }
  std::vector<std::set<std::string>> sets;
  if (optional.size() <= 3) {
    for (int mask = (1 << optional.size()) - 1; mask >= 0; --mask) {
      std::set<std::string> set;
      for (std::size_t i = 0; i < optional.size(); ++i)
        if (mask >> i & 1) set.insert(optional[i]);
      sets.push_back(std::move(set));
    }
  } else {
    sets.push_back({optional.begin(), optional.end()});
    for (const std::string& name : optional) sets.push_back({name});
    sets.push_back({});
  }
  std::vector<std::map<std::string, std::string>> words{{}};
  for (const RootInput* input : choices) {
    std::vector<std::map<std::string, std::string>> next;
    for (const auto& chosen : words) {
      for (const std::string& w : input->type.words) {
        auto more = chosen;
        more[input->name] = w;
        next.push_back(std::move(more));
      }
    }
    words = std::move(next);
    if (words.size() > 256) {
      sink_.report(input->span, diag::TooManyUnrolled, 256);
      return;
    }
  }
  for (const bool training : {false, true}) {
    // With faults already found the other mode is run for what only it sees; identical reports fall together.
    for (const auto& set : sets) {
      for (const auto& chosen : words) elaborate_graph(training, set, chosen);
    }
  }
}

void Elaborator::elaborate_graph(bool training, const std::set<std::string>& given,
                                 const std::map<std::string, std::string>& choices) {
  program_.graphs.emplace_back();
  const std::size_t index = program_.graphs.size() - 1;
  ir::Graph graph;
  graph.training = training;
  graph.given.assign(given.begin(), given.end());
  graph.choices = choices;
  graph_ = &graph;
  if (index == 0 || (first_graph_words_ != choices && !training && graph.given == first_given_)) first_graph_ = &graph;
  else first_graph_ = nullptr;
  if (index == 0) {
    first_graph_words_ = choices;
    first_given_ = graph.given;
  }
  conditions_ = &graph.conditions;
  training_ = training;
  tensor_values_.clear();
  taps_.clear();
  Frame frame;
  frame.instance = 0;
  frame.symbols = root_symbols_;
  Frame* const before = root_level_->active;
  root_level_->active = &frame;
  Scope scope{root_level_, &frame, nullptr};
  check_where(*root_file_, scope, {}, true);
  std::function<Value(const Type&, const std::string&, const RootInput&)> feed =
      [&](const Type& type, const std::string& name, const RootInput& input) -> Value {
    if (type.is_poison()) return Value::poison();
    if (type.is_tensor()) {
      ir::ValueInfo info;
      info.kind = ir::ValueKind::Input;
      info.type = type;
      info.name = name;
      info.source = static_cast<std::uint32_t>(graph.inputs.size());
      info.span = input.span;
      const auto id = static_cast<ir::ValueId>(graph.values.size());
      graph.values.push_back(info);
      graph.inputs.push_back({name, type, id, input.target, input.span});
      Value v = Value::of_tensor(id);
      v.span = input.span;
      return v;
    }
    std::vector<Value> parts;
    for (std::size_t i = 0; i < type.parts.size(); ++i)
      parts.push_back(feed(type.parts[i], fmt::format("{}.{}", name, i), input));
    return Value::of_list(std::move(parts), type.kind == types::TypeKind::Tuple);
  };
  std::vector<const RootInput*> defaulted;
  std::map<std::string, Value> targets;
  for (const RootInput& input : root_inputs_) {
    if (input.type.kind == types::TypeKind::Choice) {
      Value v;
      v.kind = Value::Choice;
      v.text = choices.at(input.name);
      v.span = input.span;
      frame.bindings[input.name] = v;
    } else if (input.target) {
      targets[input.name] = feed(input.type, input.name, input);
      continue;
    } else if (input.optional && !given.count(input.name)) {
      defaulted.push_back(&input);
      continue;
    } else {
      frame.bindings[input.name] = feed(input.type, input.name, input);
    }
    frame.own_inputs.insert(input.name);
  }
  for (const RootInput* input : defaulted) {
    frame.bindings[input->name] = evaluate(input->item->value.declared.value, scope);
    if (frame.bindings[input->name].kind == Value::Tensor && input->item->value.declared.type) {
      match_type(*input->item->value.declared.type, frame.bindings[input->name], scope, frame.symbols,
                 input->item->value.declared.value->span, fmt::format("the default of `{}` is", input->name),
                 input->span);
    }
    frame.own_inputs.insert(input->name);
  }
  if (!instances_[0].built) build_component(0, frame);
  module_of(0).called = true;
  call_chain_.clear();
  const Value result = run_body(*root_file_, scope, 0);
  if (result.is_poison()) {
    for (const auto& [name, id] : instances_[0].children) instances_[id].broken_input = true;
    graph_broken_ = true;
  }
  NamedOutputs outputs = last_outputs_;
  if (module_of(0).output.is_poison() && !result.is_poison()) module_of(0).output = type_of(result);
  if (!result.is_poison()) {
    for (const auto& [name, value] : outputs.items) {
      if (value.is_poison()) continue;
      if (value.kind != Value::Tensor && value.kind != Value::List) {
        sink_.report(value.span.valid() ? value.span : root_file_->span, diag::OutputNotTensor, name, value.describe());
        continue;
      }
      graph.outputs.push_back({name, operand(value), type_of(value), value.span});
    }
    check_choice_outputs(graph);
  }
  if (options_.recipe && !result.is_poison()) {
    for (const auto& [name, value] : outputs.items) frame.outputs[name] = value;
    frame.targets = targets;
    for (const auto& [name, value] : targets) {
      if (frame.bindings.count(name) || frame.outputs.count(name)) {
        frame.ambiguous.insert(name);
      }
      frame.bindings.emplace(name, value);
    }
    for (const auto& [name, value] : outputs.items) frame.bindings.emplace(name, value);
    frame.loss = true;
    elaborate_recipe_names(frame, scope, graph);
  }
  root_level_->active = before;
  graph_ = nullptr;
  first_graph_ = nullptr;
  program_.graphs[index] = std::move(graph);
  conditions_ = &program_.graphs[index].conditions;
}

void Elaborator::check_choice_outputs(const ir::Graph& graph) {
  if (graph.choices.empty()) return;
  for (const ir::Output& output : graph.outputs) {
    const std::string key = fmt::format("{}/{}/{}", output.name, graph.training, fmt::format("{}", graph.given.size()));
    const auto [at, fresh] = choice_results_.emplace(key, std::make_pair(output.type, output.span));
    if (fresh || at->second.first.str() == output.type.str()) continue;
    std::string chosen;
    for (const auto& [n, w] : graph.choices) chosen += (chosen.empty() ? "" : ", ") + n + "=" + w;
    sink_.report(output.span, diag::ChoiceTypesDiffer, output.name, output.type.str(), chosen, at->second.first.str())
        .help("all variants that a run-time choice selects must agree on the type of the result");
  }
}

Elaborated elaborate(const compose::Composition& composition, const Options& options, Sink& sink) {
  Elaborator elaborator(composition, options, sink);
  return elaborator.run();
}

Elaborated Elaborator::run() {
  elaborate_root();
  order_modules();
  finish();
  if (options_.recipe && inputs_ok_ && !names_missing_ && !program_.graphs.empty()) elaborate_recipe();
  Elaborated result;
  result.program = std::move(program_);
  result.recipe = std::move(recipe_);
  return result;
}

}  // namespace modelc::elaborate

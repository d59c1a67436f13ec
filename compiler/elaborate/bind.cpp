// Types of inputs: symbols are bound by what a call brings (LANGUAGE §5; docs/dimensions.md, "Binding").
#include <fmt/format.h>

#include <algorithm>

#include "elaborate/elaborator.h"
#include "support/spelling.h"

namespace modelc::elaborate {

using ast::ExprKind;
using types::SymbolId;

Type Elaborator::type_of(const Value& value) const {
  switch (value.kind) {
    case Value::Tensor:
      return graph_ ? graph_->values[value.tensor].type : Type::poison();
    case Value::List: {
      std::vector<Type> parts;
      for (const Value& item : value.list->items) parts.push_back(type_of(item));
      return value.list->tuple || !value.list->names.empty() ? Type::tuple(std::move(parts), value.list->names)
                                                             : Type::list(std::move(parts));
    }
    case Value::Null:
      return Type::none();
    case Value::Choice:
      return Type::choice({value.text});
    default:
      return Type::none();
  }
}

namespace {

/// Names of a dimension that begin with a capital and mean nothing else are symbols.
void collect_names(const ast::Expr& e, std::vector<std::pair<std::string, Span>>& names) {
  if (e.kind == ExprKind::Name) names.emplace_back(e.text, e.span);
  const bool is_call = e.kind == ExprKind::Call;
  for (std::size_t i = 0; i < e.children.size(); ++i) {
    if (is_call && i == 0) continue;  // the function's own name
    if (e.children[i]) collect_names(*e.children[i], names);
  }
  for (const auto& a : e.args) {
    if (a.value) collect_names(*a.value, names);
  }
}

bool is_capital(const std::string& name) { return !name.empty() && name[0] >= 'A' && name[0] <= 'Z'; }

}  // namespace

std::optional<Type> Elaborator::resolve_type(const ast::TypeExpr& type, const Scope& scope,
                                             std::map<std::string, Dim>* formal, std::vector<Dim>* ellipsis) {
  switch (type.kind) {
    case ast::TypeKind::Tensor: {
      const auto dtype = types::parse_dtype(type.word);
      if (!dtype) {
        sink_.report(type.span, diag::UnknownDType, type.word);
        return std::nullopt;
      }
      TensorType tensor;
      tensor.dtype = *dtype;
      bool ok = true;
      Frame local;
      Scope inner = scope.as_static();
      if (formal) {
        // The formal symbols of this level: seen as sizes while the dimensions are evaluated.
        if (scope.frame) local.symbols = scope.frame->symbols;
        for (const auto& dim : type.dims) {
          std::vector<std::pair<std::string, Span>> names;
          collect_names(*dim, names);
          for (const auto& [name, span] : names) {
            if (local.symbols.count(name) && (!scope.frame || !scope.frame->symbols.count(name))) continue;
            const bool own = inner.level && (inner.level->params.count(name) || inner.level->defines.count(name));
            bool loop = false;
            for (const LoopScope* l = inner.loops.get(); l; l = l->outer.get()) loop |= l->name == name;
            if (own || loop) continue;
            if (!is_capital(name)) continue;
            auto found = formal->find(name);
            if (found == formal->end()) {
              const auto key =
                  std::make_pair(static_cast<const void*>(inner.level ? inner.level->component.get() : nullptr), name);
              auto made = formal_symbols_.find(key);
              if (made == formal_symbols_.end()) {
                made = formal_symbols_.emplace(key, types::DimTable::current().symbol(name)).first;
              }
              found = formal->emplace(name, made->second).first;
            }
            local.symbols[name] = found->second;
          }
        }
        inner.frame = &local;
      }
      types::Conditions* const before = conditions_;
      conditions_ = nullptr;  // formal symbols are not rewritten by what is known of the document's
      for (const auto& dim : type.dims) {
        if (dim->kind == ExprKind::Ellipsis) {
          if (!ellipsis) {
            sink_.report(dim->span, diag::EllipsisHere);
            ok = false;
            continue;
          }
          tensor.shape.push_back(types::Dim::poison());  // the place of `...`
          continue;
        }
        // `symbols_read` is about static values under `modules`, not about types.
        const auto read = inner.level ? inner.level->symbols_read : std::map<std::string, Dim>();
        Value v = evaluate(dim, inner);
        if (inner.level) inner.level->symbols_read = read;
        if (v.is_poison()) {
          ok = false;
          continue;
        }
        if (v.kind != Value::Int) {
          sink_.report(dim->span, diag::DimensionNotInt, v.describe());
          ok = false;
          continue;
        }
        if (v.dim.is_constant() && v.dim.constant() < 1) {
          sink_.report(dim->span, diag::DimensionTooSmall, v.dim.str());
          ok = false;
          continue;
        }
        tensor.shape.push_back(v.dim);
      }
      conditions_ = before;
      if (!ok) return std::nullopt;
      return Type::of(std::move(tensor));
    }
    case ast::TypeKind::Tuple:
    case ast::TypeKind::List: {
      std::vector<Type> parts;
      for (const auto& part : type.parts) {
        auto resolved = resolve_type(*part, scope, formal, ellipsis);
        if (!resolved) return std::nullopt;
        parts.push_back(std::move(*resolved));
      }
      return type.kind == ast::TypeKind::Tuple ? Type::tuple(std::move(parts)) : Type::list(std::move(parts));
    }
    case ast::TypeKind::Choice: {
      std::vector<std::string> words;
      for (const auto& [w, s] : type.words) words.push_back(w);
      return Type::choice(std::move(words));
    }
    default:
      sink_.report(type.span, diag::NotATensorType);
      return std::nullopt;
  }
}

bool Elaborator::match_type(const ast::TypeExpr& declared, const Value& value, const Scope& scope,
                            std::map<std::string, Dim>& symbols, Span at, const std::string& what, Span declared_span) {
  TypeMatch match;
  match.pairs.push_back({&declared, value, at, what, declared_span});
  return match_types(match, scope, symbols);
}

bool Elaborator::match_types(TypeMatch& match, const Scope& scope, std::map<std::string, Dim>& symbols) {
  std::map<std::string, Dim> formal;
  struct DimPair {
    Dim formal, actual;
    std::size_t pair;
    std::size_t position;
  };
  std::vector<DimPair> dims;
  std::optional<std::vector<Dim>> ellipsis;
  std::size_t ellipsis_pair = 0;
  bool ok = true;
  Scope type_scope = scope.as_static();
  Frame known;
  known.symbols = symbols;
  for (std::size_t p = 0; p < match.pairs.size(); ++p) {
    std::function<void(const ast::TypeExpr&, const Value&)> walk = [&](const ast::TypeExpr& type, const Value& value) {
      auto& pair = match.pairs[p];
      if (value.is_poison()) {
        ok = false;
        return;
      }
      const auto mismatch = [&](const std::string& expected) {
        auto report = sink_.report(pair.at, diag::InputType, pair.what,
                                   value.kind == Value::Tensor ? type_of(value).str() : value.describe(), expected);
        if (pair.declared_span.valid()) report.note(pair.declared_span, "declared here");
        ok = false;
      };
      if (type.kind == ast::TypeKind::Any) return;
      if (type.kind == ast::TypeKind::Tuple || type.kind == ast::TypeKind::List) {
        if (type.kind == ast::TypeKind::Tuple && value.is_null() && type.optional) return;
        if (value.kind != Value::List) return mismatch(type.kind == ast::TypeKind::Tuple ? "a tuple" : "a list");
        if (type.kind == ast::TypeKind::List) {
          for (const Value& item : value.list->items)
            if (!type.parts.empty()) walk(*type.parts[0], item);
          return;
        }
        if (value.list->items.size() != type.parts.size())
          return mismatch(fmt::format("a tuple of {}", type.parts.size()));
        for (std::size_t i = 0; i < type.parts.size(); ++i) walk(*type.parts[i], value.list->items[i]);
        return;
      }
      if (type.kind == ast::TypeKind::Choice) {
        if (value.kind != Value::Choice && value.kind != Value::String) return mismatch("a choice");
        for (const auto& [w, s] : type.words)
          if (w == value.text) return;
        return mismatch("one of its words");
      }
      if (type.kind == ast::TypeKind::Scalar) {
        // A static value passed to a component as an input.
        return value.is_static() ? void() : mismatch("a static " + type.word);
      }
      if (type.kind != ast::TypeKind::Tensor) return;
      if (value.kind != Value::Tensor) return mismatch("a tensor");
      std::vector<Dim> dots;
      Frame* frame_before = type_scope.frame;
      type_scope.frame = &known;
      const auto resolved = resolve_type(type, type_scope, &formal, &dots);
      type_scope.frame = frame_before;
      if (!resolved) {
        ok = false;
        return;
      }
      const TensorType& want = resolved->tensor;
      const TensorType have = graph_->values[value.tensor].type.tensor;
      std::string want_text = want.str();
      if (const auto q = want_text.find('?'); q != std::string::npos) want_text.replace(q, 1, "...");
      if (want.dtype != have.dtype) return mismatch(want_text);
      const auto dot = std::find_if(want.shape.begin(), want.shape.end(), [](Dim d) { return d.is_poison(); });
      const bool dotted = dot != want.shape.end();
      if (dotted ? have.rank() + 1 < want.rank() : have.rank() != want.rank()) return mismatch(want_text);
      const std::size_t prefix = static_cast<std::size_t>(dot - want.shape.begin());
      for (std::size_t i = 0; i < prefix && i < want.rank(); ++i) dims.push_back({want.shape[i], have.shape[i], p, i});
      if (dotted) {
        const std::size_t suffix = want.rank() - prefix - 1;
        std::vector<Dim> middle(have.shape.begin() + static_cast<std::ptrdiff_t>(prefix),
                                have.shape.end() - static_cast<std::ptrdiff_t>(suffix));
        for (std::size_t i = 0; i < suffix; ++i)
          dims.push_back(
              {want.shape[prefix + 1 + i], have.shape[have.rank() - suffix + i], p, have.rank() - suffix + i});
        if (ellipsis) {
          if (ellipsis->size() != middle.size()) {
            sink_.report(pair.at, diag::EllipsisDiffers, pair.what, middle.size(), ellipsis->size())
                .note(match.pairs[ellipsis_pair].at, "the other `...` is here");
            ok = false;
            return;
          }
          for (std::size_t i = 0; i < middle.size(); ++i) dims.push_back({(*ellipsis)[i], middle[i], p, prefix + i});
        } else {
          ellipsis = middle;
          ellipsis_pair = p;
        }
      }
    };
    if (match.pairs[p].declared) walk(*match.pairs[p].declared, match.pairs[p].value);
  }
  if (!ok) return false;
  std::set<SymbolId> formal_ids;
  std::map<SymbolId, std::string> names;
  for (const auto& [name, dim] : formal) {
    for (SymbolId s : dim.symbols()) {
      formal_ids.insert(s);
      names[s] = name;
    }
  }
  // A symbol that this level knows already compares; a fresh one is bound.
  std::map<SymbolId, Dim> bound;
  for (const auto& [name, dim] : formal) {
    const auto have = symbols.find(name);
    if (have != symbols.end()) bound[dim.symbols().at(0)] = have->second;
  }
  std::vector<Dim> wants, haves;
  for (const DimPair& d : dims) {
    wants.push_back(d.formal);
    haves.push_back(d.actual);
  }
  if (wants.empty()) return true;
  const Span at = match.pairs.back().at;
  const auto result = types::unify(wants, haves, [&](SymbolId s) { return formal_ids.count(s) != 0; }, bound,
                                   *conditions_, {at, match.who});
  if (!result.ok) {
    const DimPair& d = dims[std::min(result.index, dims.size() - 1)];
    const auto& pair = match.pairs[d.pair];
    auto report = sink_.report(
        pair.at, diag::InputShape, pair.what, type_of(pair.value).str(), d.position,
        result.error.empty() ? fmt::format("{} is not {}", d.actual.str(), d.formal.substitute(result.values).str())
                             : result.error);
    if (pair.declared_span.valid()) report.note(pair.declared_span, "declared here");
    for (const auto& [words, origin] : result.outcome.conflict)
      report.note(origin.span, fmt::format("`{}` is required here", words));
    return false;
  }
  for (const auto& [id, dim] : result.values) {
    const auto name = names.find(id);
    if (name != names.end()) symbols.emplace(name->second, conditions_->simplify(dim));
  }
  return true;
}

bool Elaborator::bind_inputs(const ast::Component& component, const LevelPtr& level, std::vector<GivenArgument>& args,
                             Frame& frame, Span call, const std::string& who) {
  struct Formal {
    std::string name;
    const ast::Item<ast::Declaration>* item;
    std::optional<GivenArgument> given;
  };
  std::vector<Formal> formals;
  Scope scope{level, &frame, nullptr};
  scope.is_static = true;
  unroll(component.inputs, scope, [&](const ast::Item<ast::Declaration>& item, const std::string& name, const Scope&) {
    if (!item.value.deleted) formals.push_back({name, &item, std::nullopt});
  });
  if (!component.inputs_given) {
    // With `layers` the input may be left out: there is one.
    if (args.size() != 1) {
      sink_.report(call, diag::WrongArgumentCount, who, "one input", args.size());
      return false;
    }
    frame.bindings["input"] = args[0].value;
    frame.own_inputs.insert("input");
    return true;
  }
  bool ok = true;
  std::size_t position = 0;
  for (GivenArgument& a : args) {
    Formal* target = nullptr;
    if (a.name.empty()) {
      if (position < formals.size()) target = &formals[position++];
    } else {
      for (Formal& f : formals)
        if (f.name == a.name) target = &f;
    }
    if (!target) {
      if (a.name.empty()) {
        sink_.report(a.span, diag::TooManyInputs, who, formals.size(), args.size())
            .note(component.span, "it is declared here");
        return false;
      }
      std::vector<std::string> known;
      for (const Formal& f : formals) known.push_back(f.name);
      auto report = sink_.report(a.name_span.valid() ? a.name_span : a.span, diag::UnknownInput, who, a.name);
      if (const auto near = support::nearest(a.name, known)) report.help(fmt::format("did you mean `{}`?", *near));
      ok = false;
      continue;
    }
    if (target->given) {
      sink_.report(a.span, diag::DuplicateArgument, target->name).note(target->given->span, "it is given here already");
      ok = false;
      continue;
    }
    target->given = a;
  }
  if (!ok) return false;
  TypeMatch match;
  match.who = who;
  for (Formal& f : formals) {
    const ast::Declaration& d = f.item->value;
    if (!f.given) {
      if (!d.declared.value) {
        sink_.report(call, diag::MissingInput, who, f.name).note(f.item->span, "it is declared here");
        ok = false;
      }
      continue;
    }
    frame.bindings[f.name] = f.given->value;
    frame.own_inputs.insert(f.name);
    if (f.given->value.is_poison()) {
      ok = false;
      continue;
    }
    if (d.faulty) {
      frame.bindings[f.name] = Value::poison();
      level->symbols_missing = true;
      continue;
    }
    if (f.given->value.is_null() && d.declared.value) continue;
    if (d.declared.type)
      match.pairs.push_back({d.declared.type.get(), f.given->value, f.given->span,
                             fmt::format("`{}` receives for `{}`", who, f.name), f.item->span});
    if (d.is_list) {
      std::size_t i = 0;
      const auto items = elements(f.given->value, f.given->span, "a list input");
      if (!items) {
        ok = false;
        continue;
      }
      std::vector<std::pair<const ast::TypeExpr*, Span>> list_types;
      unroll(d.list, scope, [&](const ast::Item<ast::Declared>& item, const std::string&, const Scope&) {
        list_types.emplace_back(item.value.type.get(), item.span);
      });
      if (list_types.size() != items->size()) {
        sink_.report(f.given->span, diag::ListLength, f.name, items->size(), list_types.size())
            .note(f.item->span, "declared here");
        ok = false;
        continue;
      }
      for (const auto& [type, span] : list_types) {
        if (type)
          match.pairs.push_back({type, (*items)[i], f.given->span, fmt::format("`{}[{}]` receives", f.name, i), span});
        ++i;
      }
    }
  }
  if (!ok) return false;
  // Types see loop variables, params and symbols; a match also binds the symbols of this level.
  if (!match.pairs.empty() && !match_types(match, scope, frame.symbols)) return false;
  for (const Formal& f : formals) {
    if (f.given) continue;
    Scope defaults{level, &frame, nullptr};
    frame.bindings[f.name] = evaluate(f.item->value.declared.value, defaults);
    frame.own_inputs.insert(f.name);
    if (frame.bindings[f.name].is_poison()) return false;
  }
  Scope where_scope{level, &frame, nullptr};
  return check_where(component, where_scope, call, false);
}

}  // namespace modelc::elaborate

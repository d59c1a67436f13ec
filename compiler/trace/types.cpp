#include "trace/types.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "eval/evaluate.h"
#include "support/counted.h"

namespace modelc::trace {

using ast::ExprKind;
using types::SymbolId;

namespace {

constexpr const char* kOpenSize = "a size that varies is a symbol, a capital letter: `float[B, 10]`";

}  // namespace

Type type_of(const Tracer& t, const Value& value) {
  switch (value.kind) {
    case Value::Tensor:
      return t.graph ? t.graph->values[value.tensor].type : Type::poison();
    case Value::List: {
      std::vector<Type> parts;
      for (const Value& item : value.list->items) parts.push_back(type_of(t, item));
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

std::optional<Type> resolve_type(Tracer& t, const ast::TypeExpr& type, const Scope& scope,
                                 std::map<std::string, Dim>* formal, std::vector<Dim>* ellipsis) {
  switch (type.kind) {
    case ast::TypeKind::Tensor: {
      const auto dtype = types::parse_dtype(type.word);
      if (!dtype) return std::nullopt;  // reported when the type was read
      TensorType tensor;
      tensor.dtype = *dtype;
      bool ok = true;
      Frame local;
      Scope inner = scope.as_static();
      inner.in_type = true;
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
              const auto key = std::make_pair(inner.level ? inner.level->component.get() : nullptr, name);
              auto made = t.tree.formal_symbols.find(key);
              if (made == t.tree.formal_symbols.end()) {
                made = t.tree.formal_symbols.emplace(key, types::DimTable::current().symbol(name)).first;
              }
              found = formal->emplace(name, made->second).first;
            }
            local.symbols[name] = found->second;
          }
        }
        inner.frame = &local;
      }
      Tracer unconditional = t;
      unconditional.conditions = nullptr;  // formal symbols are not rewritten by what is known of the document's
      for (const auto& dim : type.dims) {
        if (dim->kind == ExprKind::Ellipsis) {
          if (!ellipsis) {
            t.fault(dim->span, diag::EllipsisHere);
            ok = false;
            continue;
          }
          tensor.shape.push_back(types::Dim::poison());  // the place of `...`
          continue;
        }
        const Value v = evaluate(unconditional, dim, inner);
        if (v.is_poison()) {
          ok = false;
          continue;
        }
        if (v.kind != Value::Int) {
          auto report = t.fault(dim->span, diag::DimensionNotInt, v.describe());
          if (v.is_null()) report.help(kOpenSize);
          ok = false;
          continue;
        }
        if (v.dim.is_constant() && v.dim.constant() < 1) {
          auto report = t.fault(dim->span, diag::DimensionTooSmall, v.dim.str());
          if (v.dim == Dim(-1)) report.help(kOpenSize);
          ok = false;
          continue;
        }
        tensor.shape.push_back(v.dim);
      }
      if (!ok) return std::nullopt;
      return Type::of(std::move(tensor));
    }
    case ast::TypeKind::Tuple:
    case ast::TypeKind::List: {
      std::vector<Type> parts;
      for (const auto& part : type.parts) {
        auto resolved = resolve_type(t, *part, scope, formal, ellipsis);
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
      t.fault(type.span, diag::NotATensorType);
      return std::nullopt;
  }
}

bool match_type(Tracer& t, const ast::TypeExpr& declared, const Value& value, const Scope& scope,
                std::map<std::string, Dim>& symbols, Span at, const std::string& what, Span declared_span) {
  TypeMatch match;
  match.pairs.push_back({&declared, value, at, what, declared_span});
  return match_types(t, match, scope, symbols);
}

bool match_types(Tracer& t, TypeMatch& match, const Scope& scope, std::map<std::string, Dim>& symbols) {
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
  type_scope.frame = &known;
  for (std::size_t p = 0; p < match.pairs.size(); ++p) {
    std::function<void(const ast::TypeExpr&, const Value&)> walk = [&](const ast::TypeExpr& type, const Value& value) {
      auto& pair = match.pairs[p];
      if (value.is_poison()) {
        ok = false;
        return;
      }
      const auto mismatch = [&](const std::string& expected) {
        auto report = t.fault(pair.at, diag::InputType, pair.what,
                              value.kind == Value::Tensor ? type_of(t, value).str() : value.describe(), expected);
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
      const auto resolved = resolve_type(t, type, type_scope, &formal, &dots);
      if (!resolved) {
        ok = false;
        return;
      }
      const TensorType& want = resolved->tensor;
      const TensorType have = t.graph->values[value.tensor].type.tensor;
      std::string want_text = want.str();
      if (const auto q = want_text.find('?'); q != std::string::npos) want_text.replace(q, 1, "...");
      const bool any_float = scope.level && scope.level->component->file.built_in && types::is_floating(want.dtype);
      if (any_float ? !types::is_floating(have.dtype) : want.dtype != have.dtype) return mismatch(want_text);
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
            t.fault(pair.at, diag::EllipsisDiffers, pair.what, support::counted(middle.size(), "dimension"),
                    ellipsis->size())
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
                                   *t.conditions, {at, match.who});
  if (!result.ok) {
    const DimPair& d = dims[std::min(result.index, dims.size() - 1)];
    const auto& pair = match.pairs[d.pair];
    auto report = t.fault(pair.at, diag::InputShape, pair.what, type_of(t, pair.value).str(), d.position,
                          result.error.empty()
                              ? fmt::format("{} is not {}", d.actual.str(), d.formal.substitute(result.values).str())
                              : result.error);
    if (pair.declared_span.valid()) report.note(pair.declared_span, "declared here");
    for (const auto& [words, origin] : result.outcome.conflict)
      report.note(origin.span, fmt::format("`{}` is required here", words));
    return false;
  }
  for (const auto& [id, dim] : result.values) {
    const auto name = names.find(id);
    if (name != names.end()) symbols.emplace(name->second, t.conditions->simplify(dim));
  }
  return true;
}

}  // namespace modelc::trace

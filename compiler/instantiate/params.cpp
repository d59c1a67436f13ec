#include "instantiate/params.h"

#include <fmt/format.h>

#include "ast/raw.h"
#include "eval/evaluate.h"
#include "support/words.h"

namespace modelc::instantiate {

using ast::TypeExpr;

namespace {

/// `int in 1..4096` and so on, for messages.
std::string type_text(const TypeExpr& type) {
  switch (type.kind) {
    case ast::TypeKind::Scalar: {
      std::string text = type.word;
      const auto bound = [](const ast::ExprPtr& e) {
        if (!e) return std::string();
        if (e->kind == ast::ExprKind::Int) return std::to_string(e->int_value);
        if (e->kind == ast::ExprKind::Float) return types::Constant(e->float_value).str();
        return std::string("…");
      };
      if (type.low || type.high) text += " in " + bound(type.low) + ".." + bound(type.high);
      return text + (type.optional ? "?" : "");
    }
    case ast::TypeKind::Choice: {
      std::string text = "choice[";
      for (std::size_t i = 0; i < type.words.size(); ++i) text += (i ? ", " : "") + type.words[i].first;
      return text + "]" + (type.optional ? "?" : "");
    }
    case ast::TypeKind::List:
      return (type.parts.empty() ? "list" : "list[" + type_text(*type.parts[0]) + "]") + (type.optional ? "?" : "");
    case ast::TypeKind::Module:
      return type.optional ? "module?" : "module";
    case ast::TypeKind::Signature:
      return "a module with a signature";
    case ast::TypeKind::Any:
      return "any";
    default:
      return "a tensor type";
  }
}

/// A condition of a variant's keys chooses between two values as they are written, not between two expressions.
bool is_chosen(const ast::Expr& value) {
  if (value.kind != ast::ExprKind::Conditional || value.children.size() != 3) return false;
  const auto is_written = [](const ast::ExprPtr& side) {
    return !side || side->kind == ast::ExprKind::Raw || is_chosen(*side);
  };
  return is_written(value.children[0]) || is_written(value.children[2]);
}

/// Its default is a number, and so is its type.
bool has_number(const ast::Declared& declared) {
  const ast::ExprPtr& stated = declared.original ? declared.original : declared.value;
  return stated && (stated->kind == ast::ExprKind::Int || stated->kind == ast::ExprKind::Float);
}

/// The text is more than a word: what YAML's quotes carry is an expression, or was meant as one.
bool is_computed(const ast::Expr& raw) {
  return raw.children.empty() || !raw.children[0] || raw.children[0]->kind != ast::ExprKind::Name;
}

Value::Kind kind_of(ast::ScalarKind scalar) {
  switch (scalar) {
    case ast::ScalarKind::Int:
      return Value::Int;
    case ast::ScalarKind::Float:
      return Value::Float;
    case ast::ScalarKind::Bool:
      return Value::Bool;
    case ast::ScalarKind::Str:
      return Value::String;
  }
  return Value::Poison;
}

}  // namespace

Value param_from_raw(Context& c, const ast::Declaration& declaration, const std::string& name, const ast::ExprPtr& raw,
                     const Scope& scope) {
  if (!raw) {  // a variant gives a value under a condition, and nothing stands there otherwise
    c.fault(declaration.span, diag::MissingParam, name);
    return Value::poison();
  }
  if (is_chosen(*raw)) {
    const auto holds = decide(c, raw->children[1], scope.as_static());
    return holds ? param_from_raw(c, declaration, name, raw->children[*holds ? 0 : 2], scope) : Value::poison();
  }
  const TypeExpr* type = declaration.declared.type.get();
  const bool is_text = type && takes_text(*type);
  if (is_text) {
    // The scalar is the text itself, without one pair of quotes around it; `null` is the value where the type admits
    // it.
    std::string text;
    Span span = raw->span;
    if (raw->kind == ast::ExprKind::Raw) {
      text = raw->text;
    } else {
      text = declaration.declared.value_text;
      span = declaration.declared.value_span;
    }
    if (type->optional && support::is_null_word(text) && !raw->quoted) return Value::null();
    if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front()) {
      text = text.substr(1, text.size() - 2);
    }
    Value value = Value::of(std::move(text));
    value.span = span;
    return check_param(c, declaration, name, value, span, scope);
  }
  // Under a type that is no text the scalar is an expression, quoted by YAML or not.
  ast::ExprPtr expr = raw;
  if (raw->kind == ast::ExprKind::Raw) {
    if (!type && raw->quoted && !(has_number(declaration.declared) && is_computed(*raw))) {
      return check_param(c, declaration, name, Value::of(raw->text), raw->span, scope);
    }
    expr = ast::expression_in(raw, c.sink);
  } else if (!type && declaration.declared.quoted && expr->kind != ast::ExprKind::String) {
    return check_param(c, declaration, name, Value::of(declaration.declared.value_text), expr->span, scope);
  }
  const Value value = evaluate(c, expr, scope.as_static());
  return check_param(c, declaration, name, value, expr->span, scope);
}

Value check_param(Context& c, const ast::Declaration& declaration, const std::string& name, const Value& value,
                  Span span, const Scope& scope) {
  if (value.is_poison()) return value;
  const TypeExpr* type = declaration.declared.type.get();
  const Span declared_at = declaration.span;
  const auto mismatch = [&](const std::string& expected) {
    auto report = c.fault(span, diag::ParamType, name, value.describe(), expected);
    if (declared_at.valid() && !(declared_at == span)) report.note(declared_at, "it is declared here");
    return report;
  };
  if (!type) {
    // The type follows from the default; an int default given a float is the usual slip.
    const ast::ExprPtr& declared =
        declaration.declared.original ? declaration.declared.original : declaration.declared.value;
    if (!declared) return value;
    const ast::Expr& d = *declared;
    const ast::ExprKind k = d.kind;
    if (k == ast::ExprKind::Int && value.kind == Value::Float) {
      mismatch("an int, as its default is").help(fmt::format("declare `{}: float = {}`", name, d.int_value));
      return Value::poison();
    }
    if (k == ast::ExprKind::Float && value.is_int()) {
      Value v = Value::of(static_cast<double>(value.dim.constant()));
      v.span = value.span;
      return v;
    }
    if ((k == ast::ExprKind::Int && value.kind != Value::Int) ||
        (k == ast::ExprKind::Float && value.kind != Value::Float) ||
        (k == ast::ExprKind::Bool && value.kind != Value::Bool) ||
        (k == ast::ExprKind::String && value.kind != Value::String)) {
      mismatch("what its default is");
      return Value::poison();
    }
    return value;
  }
  if (type->optional && value.is_null()) return value;
  switch (type->kind) {
    case ast::TypeKind::Scalar: {
      Value result = value;
      const bool widens = type->scalar == ast::ScalarKind::Float && value.is_int();
      if (widens) {
        result = Value::of(static_cast<double>(value.dim.constant()));
        result.span = value.span;
      } else if (value.kind != kind_of(type->scalar)) {
        mismatch(type_text(*type));
        return Value::poison();
      }
      if (result.kind == Value::Float || result.is_int()) {
        const auto bound = [&](const ast::ExprPtr& e) -> std::optional<double> {
          if (!e) return std::nullopt;
          const Value v = evaluate(c, e, scope.as_static());
          return v.is_int() || v.kind == Value::Float ? std::optional(v.as_double()) : std::nullopt;
        };
        const auto low = bound(type->low), high = bound(type->high);
        if ((low && result.as_double() < *low) || (high && result.as_double() > *high)) {
          auto report = c.fault(span, diag::ParamRange, name, result.str(), type_text(*type));
          if (declared_at.valid() && !(declared_at == span)) report.note(declared_at, "it is declared here");
          return Value::poison();
        }
      }
      return result;
    }
    case ast::TypeKind::Choice: {
      if (value.kind != Value::String) {
        mismatch(type_text(*type));
        return Value::poison();
      }
      std::vector<std::string> words;
      for (const auto& [w, s] : type->words) {
        if (w == value.text) return value;
        words.push_back(w);
      }
      auto report = mismatch(type_text(*type));
      report.did_you_mean(value.text, words);
      return Value::poison();
    }
    case ast::TypeKind::List: {
      if (value.kind != Value::List) {
        mismatch(type_text(*type));
        return Value::poison();
      }
      if (type->parts.empty()) return value;
      std::vector<Value> items;
      ast::Declaration element;
      element.declared.type = type->parts[0];
      for (const Value& item : value.list->items) {
        items.push_back(check_param(c, element, name, item, item.span.valid() ? item.span : span, scope));
        if (items.back().is_poison()) return Value::poison();
      }
      Value result = Value::of_list(std::move(items));
      result.span = value.span;
      return result;
    }
    case ast::TypeKind::Module:
    case ast::TypeKind::Signature: {
      if (value.kind == Value::Def) {
        if (type->kind == ast::TypeKind::Module) return value;
        auto copy = std::make_shared<Definition>(*value.definition);
        copy->signature = declaration.declared.type;
        return value_of(copy);
      }
      mismatch("a module");
      return Value::poison();
    }
    default:
      return value;
  }
}

}  // namespace modelc::instantiate

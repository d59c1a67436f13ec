// Declared types against values: symbols are bound by what a call brings (LANGUAGE §5; docs/dimensions.md, "Binding").
#pragma once

#include "trace/tracer.h"

namespace modelc::trace {

Type type_of(const Tracer& tracer, const Value& value);
/// A declared type; nullopt after reporting. Names that begin with a capital and mean nothing else are symbols, which
/// `formal` takes. `ellipsis` says that `...` is allowed: it stands as a poisoned dimension.
std::optional<Type> resolve_type(Tracer& tracer, const ast::TypeExpr& type, const Scope& scope,
                                 std::map<std::string, Dim>* formal, std::vector<Dim>* ellipsis);

/// Declared types against values, all at once, so that the order of inputs does not matter.
struct TypeMatch {
  struct Pair {
    const ast::TypeExpr* declared;
    Value value;
    Span at;
    std::string what;
    Span declared_span;
  };
  std::vector<Pair> pairs;
  std::string who;
};
/// `symbols` takes what the match binds. False after reporting.
bool match_types(Tracer& tracer, TypeMatch& match, const Scope& scope, std::map<std::string, Dim>& symbols);
bool match_type(Tracer& tracer, const ast::TypeExpr& declared, const Value& value, const Scope& scope,
                std::map<std::string, Dim>& symbols, Span at, const std::string& what, Span declared_span);

}  // namespace modelc::trace

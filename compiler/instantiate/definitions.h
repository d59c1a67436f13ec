// Definitions of modules: what stands under `modules` and `layers`, and what an expression there makes (LANGUAGE §6).
// null and nullopt come after a report.
#pragma once

#include "instantiate/context.h"

namespace modelc::instantiate {

/// The value as a definition; null after reporting (or where it is poison).
DefinitionPtr as_definition(Context& context, const Value& value, Span span);
/// With further arguments: positional ones follow those it has, a name stated again wins.
DefinitionPtr with_arguments(Context& context, const DefinitionPtr& base, Arguments args, Span span);
/// `Backbone@small(width=128)`: `variant` is the variant's name, perhaps called with arguments.
DefinitionPtr with_variant(Context& context, const DefinitionPtr& base, const ast::Expr& variant, Span span,
                           const Scope& scope);

DefinitionPtr define_module(Context& context, const ast::ModuleDef& def, const Scope& scope);

struct Items {
  std::vector<Item> all;
  bool complete = true;  // false: something is missing for a fault that was reported
};
/// The entries of a block; `numbered`: those without a name get their position.
Items define_items(Context& context, const ast::Block<ast::ModuleDef>& block, const Scope& scope, bool numbered);
/// The module `name` within a definition, as it would stand there: `Backbone.features`.
DefinitionPtr part_of(Context& context, const DefinitionPtr& whole, const std::string& name, Span span);

/// What a name means as a component or an import of a level, and as an operator; nullopt: no such.
std::optional<Value> component_named(Context& c, const LevelPtr& level, const std::string& name, Span span);
std::optional<Value> import_named(Context& context, const LevelPtr& level, const std::string& name, Span span);
/// A function of `define` as a value, to be handed to `map`, `scan` or a component.
Value function_of(const LevelPtr& level, const std::string& name, Span span);
std::optional<Value> operator_named(const Context& context, const std::string& name, Span span);

}  // namespace modelc::instantiate

// Values from outside: variants, `--set`, `--replace`, `--remove`, `--freeze` (LANGUAGE §2 "Order of values", §4, §8).
#pragma once

#include "compose/command_text.h"
#include "compose/loader.h"

namespace modelc::compose {

/// Applies layers of overrides in order: the variant (the last one named), then each layer's values and edits. False
/// where one could not be applied, which was reported.
bool apply_layers(Loader& loader, ast::Description& description, const std::vector<Overrides>& layers,
                  diagnostics::Sink& sink);

/// `FILE@variant` taken apart; a file whose own name holds an `@` goes first.
std::pair<std::string, std::string> split_variant(const Loader& loader, const std::string& file);

/// Gives params the values of a variant. False after reporting one that is not there.
bool apply_variant(ast::Description& description, const std::string& variant, support::Span asked,
                   diagnostics::Sink& sink);

/// The value that a variant gives, with what holds otherwise where its conditions leave that open.
ast::ExprPtr completed(const ast::ExprPtr& value, const ast::ExprPtr& otherwise);

/// Gives the params that stand in `description` the values that the layers give them, as far as these stand alone.
/// Quiet: what does not fit is reported when the layers are applied.
void give_stated(support::SourceManager& sources, ast::Description& description, const std::vector<Overrides>& layers);

/// False after reporting values that variants give to params that are not there.
bool check_variants(ast::Description& description, diagnostics::Sink& sink);

/// Paths of description files in the overrides, as seen from here, become canonical.
Overrides with_canonical_paths(const Loader& loader, Overrides overrides);

/// True where a value of the command line is a path of a description (perhaps with `#Component` or `@variant`) rather
/// than an expression.
bool names_file(const Loader& loader, const std::string& value);

enum class Set { Done, Refused, NoSuchPath };
/// `--set` of a recipe key by path (`train.epochs`, `data.feed.x`, `loss`); what is refused was reported.
Set set_recipe(support::SourceManager& sources, ast::Description& description, const CommandText& text,
               diagnostics::Sink& sink);

/// The path of the key of this name below `train` or `data`; empty where there is none.
std::string recipe_path(const std::string& name);

/// The keys of a document of which a path for set_recipe begins.
std::vector<std::string> settable_keys();

/// `call` with the argument `path` (dotted: of a module within an argument) set to `value`. nullptr and why in `fault`.
ast::ExprPtr with_argument(const ast::ExprPtr& call, const std::string& path, support::Span name_span,
                           const ast::ExprPtr& value, std::string& fault);

}  // namespace modelc::compose

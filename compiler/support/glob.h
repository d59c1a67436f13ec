// Paths and globs over a module tree (LANGUAGE §8): `*` stays within a level, `**` crosses any number of levels, none
// included, `:Type` behind a level asks for the type of the module reached there, and naming a module names everything
// below it. Entries are read in order and the later wins; a leading `!` takes away. Pure text: no tree, no diagnostics.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace modelc::support {

/// The type of the module at a path (`""` is the root); an empty answer where no module stands.
using TypeOf = std::function<std::string(std::string_view)>;

/// Whether `pattern` names `path` or something above it: `fc` and `**:Linear` match `fc.weight`. Without `type_of` a
/// pattern with a type matches nothing. A leading `!` is not part of a pattern.
bool matches(std::string_view pattern, std::string_view path, const TypeOf& type_of = {});
/// Whether `pattern` names `path` itself: `fc` does not match `fc.weight`, `fc.*` and `**` do.
bool matches_exactly(std::string_view pattern, std::string_view path, const TypeOf& type_of = {});

/// The verdict of a list of entries, the last that matches wins; `initially` where none does.
bool selects(const std::vector<std::string>& entries, std::string_view path, const TypeOf& type_of = {},
             bool initially = false);

/// Has `*` or `:Type` anywhere; otherwise it is a plain path.
bool is_glob(std::string_view pattern);
/// The levels before the first one with a `*` or a type, joined: `encodr` of `encodr.**`; all of a plain path.
std::string literal_head(std::string_view pattern);
/// `!fc` without its `!`.
std::string_view without_negation(std::string_view entry);

}  // namespace modelc::support

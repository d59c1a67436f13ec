// What a place names, as text and JSON: `modelc resolve`. Lines and columns count from 1, columns in characters.
#pragma once

#include <optional>

#include "resolve/names.h"

namespace modelc::resolve {

/// The byte at a line and column of a file; the place behind a line's last character counts. nullopt where the file
/// has no such place.
std::optional<std::uint32_t> offset_at(const support::SourceFile& file, std::uint32_t line, std::uint32_t column);

/// `file:14:11: the module `fc``, where it is defined, what it looks like there, and where else it is used.
std::string show_text(const Names& names, const Meaning& meaning, const support::SourceManager& sources);

/// `{name, file, line, column, endLine, endColumn, certainty, definitions: [{kind, name, about, file, line, column,
/// endLine, endColumn, uses: [{file, line, column, endLine, endColumn}]}]}`; what is built in has no place of its own.
std::string show_json(const Names& names, const Meaning& meaning, const support::SourceManager& sources);

/// Every name that is used in a file, a line each: `12:5 x: input 3:3`; several definitions with ` | ` between them.
std::string show_all(const Names& names, support::FileId file, const support::SourceManager& sources);

}  // namespace modelc::resolve

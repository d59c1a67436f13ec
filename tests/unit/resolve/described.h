// A description as text with marks: `«name»` is a definition or a use that a test speaks of, by the order of the marks.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "compose/compose.h"
#include "resolve/resolve.h"

namespace modelc::resolve {

/// A composed description, its names, and questions about them. Nothing is read from the file system.
struct Described {
  /// `files`: further ones by name, for `import` and `extends`.
  explicit Described(std::string text, std::map<std::string, std::string> files = {},
                     const compose::Overrides& asked = {});

  /// What the nth mark (from 0) names: "module 6:3" with the line and column of its definition, " | " between several,
  /// "operator", "open", "unknown", "no name".
  std::string at(std::size_t mark) const;
  /// How the nth mark is certain.
  Certainty certainty(std::size_t mark) const;
  /// Lines and columns of the places that use what the nth mark names, "8:5 9:12"; in other files with their name.
  std::string uses(std::size_t mark) const;
  /// Names in the main file that mean nothing.
  std::vector<std::string> unknown() const;

  std::vector<Span> marks;  // in the main file
  support::SourceManager sources;
  diagnostics::Sink sink;
  Names names;

 private:
  std::string place(Span span) const;
  support::FileId file_ = 0;
};

}  // namespace modelc::resolve

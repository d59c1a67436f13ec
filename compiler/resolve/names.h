// The table of names of a description: what is defined where, and what each use of a name means. A value; made by
// resolve.h, asked by place. What only evaluation can tell is marked open, never guessed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/source.h"

namespace modelc::resolve {

using support::Span;
/// Index into Names::definitions.
using DefinitionId = std::uint32_t;

enum class Kind : std::uint8_t {
  Param,
  Define,    // a derived value
  Function,  // of `define`, with arguments
  Argument,  // of such a function
  Input,
  Target,
  Symbol,
  Module,
  Parameter,
  Buffer,
  Component,
  Import,
  Variant,
  Binding,
  LoopVariable,
  Output,
  Term,  // of a loss
  Metric,
  Column,   // of a source of data
  BuiltIn,  // of the language itself: an operator, a function, an optimizer, one of their arguments, a dtype
};
/// "param", "loop variable".
std::string_view words_of(Kind kind);

struct Definition {
  Kind kind = Kind::BuiltIn;
  std::string name;   // as written, `block${i}` included; of an unnamed layer its number, `*` in a loop
  Span name_span;     // none: it is built in, or has no name of its own where it stands
  Span span;          // all of it, name and value; none: it is built in
  std::string words;  // BuiltIn: what it is, "operator"
  std::string about;  // one sentence, or the declaration; may be empty
};

enum class Certainty : std::uint8_t {
  Exact,    // one definition
  Several,  // all of `definitions` are meant: a glob
  Open,     // one of `definitions` is meant, or one that is not known yet: evaluation tells
  Unknown,  // nothing has this name
};

struct Use {
  Span span;
  std::string name;
  Certainty certainty = Certainty::Unknown;
  std::vector<DefinitionId> definitions;  // nearest first
};

/// What a place in a text names.
struct Meaning {
  std::string name;
  Span span;
  Certainty certainty = Certainty::Unknown;
  std::vector<DefinitionId> definitions;
};

struct Names {
  std::vector<Definition> definitions;
  std::vector<Use> uses;  // by file and place

  /// The name at a byte of a file, or just behind it, as an editor's cursor stands. False: there is none.
  bool at(support::FileId file, std::uint32_t offset, Meaning& meaning) const;
  /// The places that use a definition, by file and place; the definition's own is not among them.
  std::vector<Span> uses_of(DefinitionId id) const;
};

}  // namespace modelc::resolve

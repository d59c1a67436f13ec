// From a file to one description: reads it and its bases (`extends`), merges them, applies the variant and the command
// line (LANGUAGE §2 "Order of values", §8). Imports are loaded (recursively, cycles and depth bounded) so that nothing
// later opens a description file. Edits of the module tree are collected, not applied: elaboration does that.
#pragma once

#include <functional>
#include <map>

#include "ast/description.h"
#include "diagnostics/sink.h"

namespace modelc::compose {

/// What the command line asks for.
struct Overrides {
  std::string variant;
  std::vector<std::pair<std::string, std::string>> set;      // --set NAME=VALUE, as given
  std::vector<std::pair<std::string, std::string>> replace;  // --replace PATH=FILE|EXPR
  std::vector<std::pair<std::string, std::string>> append;   // --append, --prepend, --wrap: the same
  std::vector<std::pair<std::string, std::string>> prepend;
  std::vector<std::pair<std::string, std::string>> wrap;
  std::vector<std::string> remove;
  std::vector<std::string> freeze;
  /// Read instead of the file system where a path is found here (editors, checkpoints with a description inside).
  std::map<std::string, std::string> contents;
};

/// A description with everything it refers to.
struct Composition {
  ast::DescriptionPtr root;
  /// Every file was read, and all that the files and the command line ask for was done.
  bool complete = true;
  /// And no file has a key that was refused or could not be read: every name that is meant to be there is there.
  bool sound = true;
  /// And every expression could be read: none is a Hole.
  bool readable = true;
  bool whole() const { return complete && sound && readable; }
  /// Imported descriptions by canonical path; an import's component is found in it by name.
  std::map<std::string, ast::DescriptionPtr> files;
  /// Built-in descriptions that may be named, by the names of their operators.
  std::map<std::string, ast::DescriptionPtr> library;
  /// The resolved description as YAML text that stands alone enough to be compiled again from a checkpoint: the texts
  /// of all files read and the overrides, see compose/bundle.h.
  std::string bundle;
  /// Where the relative paths of each source text start (a file's own folder; the current one for the command line).
  std::map<support::FileId, std::string> folders;
};

/// Decides what a file leaves undecided by the params and definitions that stand in it: Description::undecided goes,
/// its base and variants come. False after reporting. (Expressions are evaluated in a room above.)
using Settle = std::function<bool(ast::Description& own, diagnostics::Sink& sink)>;

/// `file` may end in `@variant`. nullopt after reporting if nothing can be compiled.
std::optional<Composition> compose(support::SourceManager& sources, const std::string& file, const Overrides& overrides,
                                   diagnostics::Sink& sink, const Settle& settle = {});

/// Gives the params of `description` the values of one of its variants; false after reporting at `asked`. (Values for
/// params that are not there are reported when a file is loaded, chosen or not.)
bool apply_variant(ast::Description& description, const std::string& variant, support::Span asked,
                   diagnostics::Sink& sink);

/// Reports (M9001) the keys that the language grants and this program does not honour yet, where the composed
/// description gives them; false where it gives one. Those inside `data` and `train` are left to what reads these.
bool report_not_yet(const Composition& composition, diagnostics::Sink& sink);

/// Canonical path of `file` as seen from `folder`.
std::string resolve_path(const std::string& folder, const std::string& file);

}  // namespace modelc::compose

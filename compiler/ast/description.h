// A description as written: LANGUAGE §2's keys, typed, every part with its place. Static control flow (`for`, `if` in
// keys) is kept as Items; elaboration unrolls it. Made by compiler/syntax/description, edited by compiler/compose.
#pragma once

#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ast/expr.h"
#include "ast/node.h"

namespace modelc::ast {

/// A name in a description; `pattern` is set (a String expression with parts) where the name holds `${…}`.
struct Name {
  std::string text;
  Span span;
  ExprPtr pattern;
  bool empty() const { return text.empty(); }
};

template <class T>
struct Item;
template <class T>
using Block = std::vector<Item<T>>;

template <class T>
struct Branch {
  ExprPtr condition;  // null: else
  Block<T> body;
  Span span;
};

enum class ItemKind { Entry, For, If };

/// One entry of a list or mapping, or a `for` or `if` in its place.
template <class T>
struct Item {
  ItemKind kind = ItemKind::Entry;
  Span span;
  Name name;                        // Entry: its name; empty for an unnamed list item
  T value{};                        // Entry
  LoopVariables variables;          // For
  ExprPtr iterable;                 // For
  Block<T> body;                    // For
  std::vector<Branch<T>> branches;  // If
  bool around_key = false;          // For, If: it stood around the key; what it gives counts as written outside of it
  /// Which file of an `extends` chain states it, the innermost base 0. Once loops and conditions are unrolled, an entry
  /// stands in the place of one of the same name and a lower generation (a deleted one takes it away).
  int generation = 0;
};

struct Component;
using ComponentPtr = std::shared_ptr<Component>;

enum class ModuleKind { Call, Sequential, List, Dict, Inline, Deleted };

/// The value of an entry of `modules` or `layers` (§6).
struct ModuleDef {
  ModuleKind kind = ModuleKind::Call;
  Span span;
  ExprPtr call;  // Call: a call, a bare name or a pipeline; the long form is turned into a call with Raw values
  Block<ModuleDef> items;  // Sequential, List, Dict
  ComponentPtr component;  // Inline
};

/// `name`, `a, b`, `name: TYPE = expr`, `_` in `forward`, `feed`, a mapping of bindings in `loss`.
struct Binding {
  std::vector<Name> targets;  // empty: an unnamed list entry
  Nesting nesting;            // of the targets
  TypePtr type;
  ExprPtr value;          // null where `nested` is given
  Block<Binding> nested;  // a loss term that is itself a mapping of bindings, the last being its value
  Span span;
};

/// An entry of params, inputs, targets, parameters, buffers. A YAML list of types gives `list` (with `for` inside).
struct Declaration {
  Declared declared;
  Span span;
  bool is_list = false;
  Block<Declared> list;  // inputs: a list of tensors, each with its type
  bool deleted = false;  // `null` where that deletes (§8)
  bool faulty = false;   // what stood here could not be read, which was reported; the name holds
  bool saved = true;     // buffers: `{value: …, saved: false}`
};

struct Definition {  // an entry of `define`
  std::vector<std::string> arguments;
  std::vector<Span> argument_spans;  // where each of them stands
  bool is_function = false;
  ExprPtr value;
  Span span;
};

/// A recipe key or another free-form value: scalars as Raw expressions, lists and mappings as Items of settings.
struct Setting {
  enum Kind { Null, Scalar, List, Mapping } kind = Null;
  Span span;
  ExprPtr scalar;
  Block<std::shared_ptr<Setting>> items;
  NodePtr node;
};
using SettingPtr = std::shared_ptr<Setting>;

/// Text entries in order with a value each: globs of freeze, init, tie, groups ….
struct PathEntry {
  std::string pattern;  // path or glob, a leading `!` kept
  Span span;
  ExprPtr value;     // init: an initialiser; null for freeze
  std::string text;  // tie, moved, rename: the text on the right
  Span text_span;
  ExprPtr inserted;           // the pattern as a String with parts, where it holds `${…}`
  std::vector<Guard> guards;  // outermost first
  /// The last layer of edits (TreeEdit::layer) that it has seen; -1: none. All that there are until a file or a command
  /// line goes over the one it stands in.
  int layer = std::numeric_limits<int>::max();
};

struct WeightsEntry {
  Span span;
  std::string from;
  Span from_span;
  std::vector<PathEntry> only, except, created, resize;  // `new` is a word of C++
  std::vector<PathEntry> rename;
  std::string folder;         // relative paths start here
  std::vector<Guard> guards;  // outermost first
  ExprPtr inserted;           // `from` as a String with parts, where it holds `${…}`
};

enum class EditKind { Replace, Remove, Append, Prepend, Wrap };

struct TreeEdit {
  EditKind kind;
  std::string path;
  Span span;
  ModuleDef definition;  // Replace, Append, Prepend, Wrap
  /// The description the edit stands in: its definitions see that file's params, components and imports.
  std::weak_ptr<Component> scope;
  /// Edits of one layer see the tree as the lower layers left it: each file of an `extends` chain is one, the command
  /// line another. Within a layer all see the tree before any of them.
  int layer = 0;
  std::vector<Guard> guards;  // outermost first
  ExprPtr inserted;           // `path` as a String with parts, where it holds `${…}`
};

struct Import {
  std::string file;           // perhaps with `#Component`
  Span span;                  // of the file
  Span name_span;             // of the name; none where the command line imports
  ExprPtr inserted;           // the name as a String with parts, where it holds `${…}`
  std::vector<Guard> guards;  // outermost first
};

/// A component under `components`; null where a file that extends another deletes it.
struct LocalComponent {
  Name name;
  ComponentPtr component;
  std::vector<Guard> guards;  // outermost first
};

/// The entries under a key; `given` also where there is none under it.
template <class T>
struct Given {
  bool given = false;
  Block<T> entries;
  bool lost = false;  // it stands there and could not be read
};

/// The file in which something stands.
struct File {
  std::string path;          // as given
  std::string folder;        // relative paths start here
  bool is_document = false;  // it is the file as a whole
  bool built_in = false;     // it is no file, but a text of the catalogue's
};

struct Outputs : Given<Binding> {  // one entry without targets, or named, or a list
  Span span;
  bool single = false;  // one expression, not a mapping or list
};

/// What a call does.
struct Body {
  Given<ModuleDef> layers;  // this or `forward`
  Given<Binding> forward;
  Outputs outputs;
};

/// Tensors that a level owns itself.
struct OwnTensors {
  Block<Declaration> parameters, buffers;
};

/// What is said of the tree by path.
struct ByPath {
  std::vector<TreeEdit> edits;
  std::vector<PathEntry> init, tie, moved, freeze;
  std::vector<WeightsEntry> weights;
};

/// What a document and a component share (§2, §6).
struct Component {
  std::string name;
  Span span;
  Span name_span;
  Block<Name> docs;  // one, or what conditions leave of several: the last
  File file;

  std::multimap<std::string, Import> imports;  // several of a name: under conditions that exclude each other
  Block<Declaration> params;
  Block<Definition> defines;
  Given<Declaration> inputs;
  Block<ExprPtr> where;
  std::vector<LocalComponent> components;
  OwnTensors tensors;
  Block<ModuleDef> modules;
  Body body;
  ByPath by_path;
};

/// An entry that a file states again, or deletes, and its place in the base: one name at two places.
struct Restatement {
  std::string key;  // under which it stands: "params", "modules"
  std::string name;
  Span own, base;
  bool deletes = false;
};

struct Variant {
  Span span;
  std::vector<std::pair<Name, ExprPtr>> values;  // Raw (or module calls)
  bool deleted = false;                          // `null` over a base's
};

/// A variant in a loop, or with a loop or an insertion among what it gives.
struct LoopedVariant {
  struct Given {
    Name name;
    ExprPtr value;
    std::vector<Guard> guards;  // those within the variant, outermost first
  };
  Name name;
  Span span;
  std::vector<Guard> guards;  // around it, outermost first
  std::vector<Given> values;
};

/// What must be known before a file is whole, and is decided by the params and definitions of the file itself
/// (compose::Settle): its base, and which variants there are.
struct Undecided {
  Block<Name> bases;
  std::vector<LoopedVariant> variants;
  std::set<std::string> names;  // that were read to decide, once it is
  bool empty() const { return bases.empty() && variants.empty(); }
};

/// How the model runs, and what is said of it: keys of the whole file that hold a value or a mapping of their own.
struct Running {
  SettingPtr device, dtype, checks, allow;
};

/// The `name` of a file: in messages the last that stands under no condition; of all the last that conditions leave.
struct Title : Name {
  Block<Name> all;
};

/// One file.
struct Description : Component {
  Name extends;  // the file, where there is one
  Title title;
  std::map<std::string, Variant> variants;
  Undecided undecided;
  Block<Declaration> targets;
  SettingPtr data, train, predict;
  Running running;
  Given<Binding> loss;  // one unnamed, or terms by name
  Given<Binding> metrics;
  Given<Binding> feed;                // data.feed
  bool faulty_keys = false;           // a key of the file was refused or could not be read, and is not here
  std::map<std::string, Span> keys;   // which top-level keys stand in the file, for merging
  std::vector<Restatement> restated;  // by merging
};
using DescriptionPtr = std::shared_ptr<Description>;

}  // namespace modelc::ast

// Inside resolve: the state of one walk over a description, and what its parts share. `Walk` gathers the table; a
// `Level` holds the names of a document or component; a `Scope` says where an expression stands; a `Thing` is what a
// value is, as far as that is known without evaluating it. By file: record (the table), things (what values are and
// their members), levels (declaring a level's names), lookup (one name), expressions, flow (bindings in order), paths
// (freeze, init, weights …), body (a level from top to bottom), recipe.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>

#include "catalogue/entry.h"
#include "ops/op.h"
#include "resolve/resolve.h"
#include "resolve/scope_order.h"

namespace modelc::resolve {

struct Level;
struct Walk;

/// A loop variable that is seen, and the ones outside of it.
struct Loop {
  std::string name;
  DefinitionId id = 0;
  std::shared_ptr<const Loop> outer;
};
using Loops = std::shared_ptr<const Loop>;

/// A path of a level's tree, so that the level's edits are found.
struct Anchor {
  Level* level = nullptr;
  std::string path;
};

struct Thing {
  enum Kind : std::uint8_t {
    Unknown,
    Plain,      // a number, a text, a tensor: cannot be called
    Component,  // `level`
    Operator,   // `op`, a module
    Container,  // `items`
    Pipeline,   // `parts`
    AnyModule,  // a module, which one is open
    List,       // `parts`; `uniform`: any number of things like the first
    Function,   // `op`, `entry` or the function of a `define`
  };
  Kind kind = Unknown;
  bool called = false;   // Component, Operator, Function: what a call of it gives
  bool uniform = false;  // List
  Level* level = nullptr;
  const ops::Op* op = nullptr;
  const catalogue::Entry* entry = nullptr;
  const ast::Definition* define = nullptr;
  const struct Items* items = nullptr;
  std::vector<const struct Items*> added;  // by `append` and `prepend`
  std::shared_ptr<const std::vector<Thing>> parts;
  std::vector<Span> places;  // Pipeline: where each part stands
  std::vector<Anchor> anchors;

  static Thing of(Kind kind) {
    Thing thing;
    thing.kind = kind;
    return thing;
  }
  static Thing list(std::vector<Thing> parts, bool uniform = false);
  static Thing pipeline(std::vector<Thing> parts, std::vector<Span> places);
  bool is_module() const { return !called && kind >= Component && kind <= AnyModule; }
};

enum class Callable : std::uint8_t { No, Maybe, Yes };
Callable can_be_called(const Thing& thing);
/// What either of two may be.
Thing either(const Thing& a, const Thing& b);

/// Names of one kind of place: those written out, and those with `${…}` or a number that only unrolling gives.
struct Named {
  struct Pattern {
    std::string text;  // `*` for what is inserted
    bool number = false;
    DefinitionId id = 0;
  };
  std::map<std::string, std::vector<DefinitionId>> plain;
  std::vector<Pattern> patterns;

  void add(const ast::Name& name, DefinitionId id);
  /// `text` may hold `*` itself. Those written out go first.
  std::vector<DefinitionId> find(const std::string& text) const;
};

/// The entries of a block of modules.
struct Items {
  Named named;
  std::vector<DefinitionId> order;
  bool fixed = true;  // without loops and conditions: an item's number is its place in `order`
};

/// What a call of a level gives and takes.
struct Interface {
  Named inputs, targets, outputs;
};

struct Level {
  const ast::Component* component = nullptr;
  const ast::Description* document = nullptr;  // the component as a file
  Level* parent = nullptr;
  Loops outer;
  Named statics, tensors, components, imports, variants;
  Interface interface;
  Items modules;
  std::map<std::string, DefinitionId> symbols;
  std::map<std::string, std::vector<const ast::TreeEdit*>> edits;  // by path
  bool implied_input = false;                                      // `layers` without `inputs`
  bool walked = false;
};

/// Bindings in order: which definitions a name may have where the walk stands.
struct Flow {
  using Reaching = std::vector<DefinitionId>;
  std::map<std::string, Reaching> bindings;
  bool patterned = false;  // some names hold `*` for what `${…}` inserts
  /// What names had before they were bound since; innermost branch last.
  std::vector<std::map<std::string, std::optional<Reaching>>> before;

  void bind(const std::string& name, Reaching definitions);
  /// Takes back what was bound since the innermost `before` began.
  void undo();
};

/// Columns that a feed sees.
struct Columns {
  std::map<std::string, DefinitionId> known;
  bool complete = false;  // no others
  Span source;
};

struct Scope {
  Level* level = nullptr;
  Loops loops;
  Flow* flow = nullptr;  // null: no bindings here
  View view;
  bool in_loss = false;
  const Columns* columns = nullptr;

  Scope as_static() const {
    Scope inner = *this;
    inner.view.is_static = true;
    return inner;
  }
  Scope with_loop(const std::string& name, DefinitionId id) const {
    Scope inner = *this;
    inner.loops = std::make_shared<Loop>(Loop{name, id, loops});
    return inner;
  }
};

using Late = std::function<Thing()>;

struct Walk {
  const std::map<std::string, ast::DescriptionPtr>& files;
  Names names;
  std::map<std::tuple<support::FileId, std::uint32_t, std::uint32_t>, std::size_t> uses;  // places in names.uses
  std::map<std::tuple<support::FileId, std::uint32_t, Kind, std::string>, DefinitionId> places;
  std::map<std::pair<std::string, std::string>, DefinitionId> built_in;
  std::unordered_map<DefinitionId, Thing> things;  // as far as asked for
  std::unordered_map<DefinitionId, Late> late;     // how to find out the others
  std::deque<Level> levels;
  std::map<std::pair<const ast::Component*, Level*>, Level*> level_at;
  std::map<const ast::ModuleDef*, Items> items;
  int depth = 0;  // of things within things: what refers to itself ends
};

// ---- record
/// The definition at a place, made the first time.
DefinitionId define(Walk& walk, Kind kind, const std::string& name, Span name_span, Span span);
DefinitionId built_in(Walk& walk, const std::string& name, const std::string& words, const std::string& about);
DefinitionId built_in(Walk& walk, const catalogue::Entry& entry);
DefinitionId built_in(Walk& walk, const ops::Op& op);
/// An argument or result of something built in.
DefinitionId argument_of(Walk& walk, const std::string& owner, const std::string& name, const std::string& about);
void use(Walk& walk, Span span, const std::string& name, std::vector<DefinitionId> definitions, Certainty certainty);
/// One is exact, several are open, none is unknown.
void use(Walk& walk, Span span, const std::string& name, std::vector<DefinitionId> definitions);
/// The bytes [begin, end) of a text whose scalar stands at `span`; all of it where escapes hide them.
Span part_of(Span span, std::size_t length, std::size_t begin, std::size_t end);

// ---- things
Thing thing_of(Walk& walk, DefinitionId id);
Thing thing_of(Walk& walk, const std::vector<DefinitionId>& ids);
Thing thing_of(Walk& walk, const ast::ModuleDef& module, const Scope& scope);
Thing element_of(Walk& walk, const Thing& whole);
/// What stands in the part `name` of a thing: definitions, and what they are. `text` may hold `*`.
struct Part {
  std::vector<DefinitionId> definitions;
  Thing thing;
  bool open = false;  // there may be one, only evaluation tells
};
Part part(Walk& walk, const Thing& whole, const std::string& name);
/// The level's own tree.
Thing tree_of(Level& level);

// ---- levels
Level* level_of(Walk& walk, const ast::Component& component, Level* parent, const Loops& loops);
Thing imported(Walk& walk, const ast::Import& import);
Items declare(Walk& walk, const ast::Block<ast::ModuleDef>& block, const Scope& scope, bool numbered);
/// What `${…}` inserts as `*`.
std::string skeleton(const ast::Expr& pattern);

// ---- lookup
struct Found {
  std::vector<DefinitionId> definitions;
  bool open = false;
};
Found find(Walk& walk, const std::string& name, const Scope& scope, bool called);
/// Finds and records.
Thing look_up(Walk& walk, const std::string& name, Span span, const Scope& scope, bool called);

// ---- expressions
Thing expression(Walk& walk, const ast::ExprPtr& expr, const Scope& scope);
void type(Walk& walk, const ast::TypePtr& type, const Scope& scope);
/// A call whose head is one of a kind of the catalogue; anything else is an expression.
Thing catalogue_call(Walk& walk, const ast::ExprPtr& expr, catalogue::Kind kind, const Scope& scope);
/// A number counts elements of a list, it names nothing.
bool is_digits(const std::string& text);
/// Loop variables over something, bound.
Scope loop_over(Walk& walk, const ast::LoopVariables& variables, const Thing& whole, const Scope& scope);
/// What the names that take a value apart stand for, in their order.
std::vector<Thing> take_apart(Walk& walk, const ast::Nesting& nesting, const Thing& whole);

// ---- flow
void bindings(Walk& walk, const ast::Block<ast::Binding>& block, const Scope& scope, Kind kind = Kind::Binding);

// ---- paths
/// A path or glob that stands as text at `span`, from the tree of a level.
void path(Walk& walk, const std::string& text, Span span, const Thing& tree, const Scope& scope);
void paths(Walk& walk, const std::vector<ast::PathEntry>& entries, const Scope& scope, bool initial_values = false);
Thing tapped(Walk& walk, const ast::Expr& call, const Scope& scope);
/// The loops and conditions around an entry of a flat list.
Scope guarded(Walk& walk, const std::vector<ast::Guard>& guards, const Scope& scope);

// ---- body, recipe
void walk_level(Walk& walk, Level& level);
void walk_recipe(Walk& walk, Level& document, const Flow& flow);

/// Walks the loops and conditions of a block; `entry(item, scope)` for each entry.
template <class T, class Entry>
void each_entry(Walk& walk, const ast::Block<T>& block, const Scope& scope, const Entry& entry) {
  for (const ast::Item<T>& item : block) {
    if (item.kind == ast::ItemKind::Entry) {
      if (item.name.pattern) expression(walk, item.name.pattern, scope);
      entry(item, scope);
    } else if (item.kind == ast::ItemKind::For) {
      const Thing whole = expression(walk, item.iterable, scope);
      each_entry(walk, item.body, loop_over(walk, item.variables, whole, scope), entry);
    } else {
      for (const auto& branch : item.branches) {
        if (branch.condition) expression(walk, branch.condition, scope);
        each_entry(walk, branch.body, scope, entry);
      }
    }
  }
}

}  // namespace modelc::resolve

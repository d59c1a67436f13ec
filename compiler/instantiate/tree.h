// The module tree while it is made: what a module is before it is one (a definition), what the names of a component
// mean (a level), what one call binds (a frame), and the instances that have been made so far. Values; the functions on
// them stand beside it in this folder.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "ast/description.h"
#include "eval/scope.h"
#include "ir/ir.h"

namespace modelc::catalogue {
struct Entry;
}

namespace modelc::instantiate {

using eval::Arguments;
using eval::DefinitionPtr;
using eval::from_constant;
using eval::GivenArgument;
using eval::InstanceId;
using eval::LevelPtr;
using eval::Loops;
using eval::Scope;
using eval::static_scope;
using eval::to_constant;
using eval::Value;
using support::Span;
using types::Dim;
using types::TensorType;
using types::Type;

inline constexpr InstanceId kNoInstance = eval::kNothing;
inline constexpr std::size_t kInstanceLimit = 100000;

/// Where the weights, freeze, init and tie of a component that was taken apart come from: `cnn.features`.
struct PartOf {
  std::shared_ptr<const ast::Component> whole;
  std::string path;  // of the part within it: "features"
};

/// What edits did to the place that a definition stands in, by their numbers in Tree::edits.
struct Placed {
  std::optional<std::size_t> put_by;      // an edit put it there
  std::optional<std::size_t> wrapped_by;  // `wrap` put a component around it
};

/// A tensor that is computed from others at each call: `weight_norm`, `spectral_norm`.
struct Reparametrisation {
  const catalogue::Entry* function = nullptr;
  Span span;
  std::vector<std::pair<std::string, types::Constant>> arguments;  // but for the definition
  const types::Constant& argument(std::string_view name) const;
};

/// One entry of a container.
struct Item {
  std::string name;
  DefinitionPtr definition;  // null where it is faulty
  Span span;
};

/// A module that is described but not there yet.
struct Definition {
  enum Kind { Operator, Component, Sequential, List, Dict } kind = Operator;
  Span span;
  const ops::Op* op = nullptr;
  std::shared_ptr<const ast::Component> component;
  std::string variant;    // Component: an imported document's
  std::string type_name;  // for summaries
  LevelPtr closure;       // Component: the level it was declared in; null for a document
  Loops loops;            // the loop variables around its declaration
  Arguments arguments;
  std::vector<Item> items;
  std::vector<Reparametrisation> reparametrised;  // Operator
  std::vector<PartOf> parts_of;
  bool incomplete = false;  // items are missing for a fault already reported
  Placed placed;
  /// A module parameter's signature, checked at its calls, and the level whose symbols it binds.
  ast::TypePtr signature;

  bool is_container() const { return kind == Sequential || kind == List || kind == Dict; }
};

Value value_of(DefinitionPtr definition);

/// What a level's names mean that do not change from call to call: params, defines, components, imports.
struct Level {
  struct Param {
    const ast::Item<ast::Declaration>* item = nullptr;
    ast::ExprPtr stated;  // by a variant of its document, in place of the default
    std::optional<GivenArgument> given;
    std::optional<Value> value;
    bool evaluating = false;
  };
  struct Define {
    std::string name;
    const ast::Definition* definition = nullptr;
    Loops loops;
    std::optional<Value> value;
    bool evaluating = false;
  };
  std::shared_ptr<const ast::Component> component;
  const ast::Description* file = nullptr;
  LevelPtr parent;               // the enclosing level of the same file
  Loops outer_loops;             // loop variables around the declaration
  Span made_at;                  // where it was instantiated
  bool is_root = false;          // of the outermost file
  bool symbols_missing = false;  // an input whose type is faulty would bind some
  bool incomplete = false;       // names are missing from it for a fault already reported
  std::map<std::string, Param> params;
  std::vector<std::string> param_order;
  std::map<std::string, Define> defines;
  /// Symbols that static values read, with what they meant then: a later call must agree.
  std::map<std::string, Dim> symbols_read;
  std::map<std::string, LevelPtr> import_levels;  // documents whose components are imported
};

/// What changes from call to call.
struct Frame {
  std::map<std::string, Dim> symbols;
  std::map<std::string, Value> bindings;  // inputs and bindings
  std::map<std::string, Span> untaken;    // names that only an untaken branch binds
  std::set<std::string> own_inputs;
  InstanceId instance = 0;
  std::size_t began = 0;  // taps of this evaluation are not older
  bool loss = false;      // loss and metrics: targets and outputs are visible
  std::map<std::string, Value> outputs, targets;
  std::set<std::string> ambiguous;  // names that are both: `outputs.x`, `targets.x` say which
};

/// What stands below a module, in order; found by name in constant time, for a level may have thousands.
class Children {
 public:
  using Entry = std::pair<std::string, InstanceId>;
  void add(const std::string& name, InstanceId id) {
    by_name_.emplace(name, id);
    entries_.emplace_back(name, id);
  }
  /// The first of that name.
  std::optional<InstanceId> find(const std::string& name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? std::nullopt : std::optional(found->second);
  }
  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  void clear() { entries_.clear(), by_name_.clear(); }
  const Entry& operator[](std::size_t position) const { return entries_[position]; }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::vector<Entry> entries_;
  std::unordered_map<std::string, InstanceId> by_name_;
};

/// A module of the tree while it is being made.
struct Instance {
  /// A size that a call fixed, and where.
  struct Inferred {
    std::string name;
    Dim size;
    Span at;
  };

  ir::ModuleId module = ir::kNone;
  DefinitionPtr definition;
  LevelPtr level;  // Component
  Children children;
  bool built = false;   // children and tensors exist
  bool broken = false;  // its definition was faulty; calls are poison
  Span first_call;
  std::vector<Inferred> inferred;
  std::vector<types::Constant> arguments;  // Operator: one per Op::args, inferred ones filled at the first call
  std::vector<bool> argument_given;
  std::vector<Span> argument_spans;
  bool arguments_ok = true;
  bool owned = false;                      // Operator: its tensors are declared
  std::vector<ops::OwnedTensor> declared;  // by its rule, where some of them are reparametrised
  bool broken_input = false;               // something faulty was to be fed to it; lints stay quiet

  Span argument_span(std::string_view name) const;
};

/// An edit of the tree that waits for its place.
struct PendingEdit {
  const ast::TreeEdit* edit = nullptr;
  std::string path;    // relative to `prefix`
  Loops loops;         // loop variables around the edit
  std::string prefix;  // path of the instance whose description it stands in
  LevelPtr level;
  bool used = false;
};

/// A component whose weights, freeze, init and tie count where it (or the part `strip` of it) stands.
struct AppliedComponent {
  std::shared_ptr<const ast::Component> component;
  std::string prefix, strip;
  LevelPtr level;
};

struct Tree {
  ir::ModuleTree ir;
  std::deque<Instance> instances;  // a deque: an instance stays where it is while more are made
  std::vector<PendingEdit> edits;
  std::vector<AppliedComponent> applied;  // whose weights, freeze, init, tie count, outermost last
  std::vector<ir::Graph> initial_graphs;
  /// The symbols that stand for the names in the types of a component's inputs.
  std::map<std::pair<const ast::Component*, std::string>, Dim> formal_symbols;
  std::set<const ast::Component*> variants_checked;  // documents, whose variants are checked once
};

ir::Module& module_of(Tree& tree, InstanceId id);
std::optional<InstanceId> child(const Tree& tree, InstanceId parent, const std::string& name);
std::optional<InstanceId> at_path(const Tree& tree, InstanceId base, const std::string& path);
/// Of all modules but the outermost, in the order of the state_dict.
std::vector<std::string> module_paths(const Tree& tree);
/// The type of the module at a path; empty where there is none.
std::string type_at(const Tree& tree, const std::string& path);

}  // namespace modelc::instantiate

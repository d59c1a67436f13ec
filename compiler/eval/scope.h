// Where an expression is evaluated: which names it sees. Levels and frames belong to the rooms above; here they are
// handed on.
#pragma once

#include <optional>

#include "catalogue/entry.h"
#include "eval/value.h"

namespace modelc::instantiate {
struct Level;
struct Frame;
}  // namespace modelc::instantiate

namespace modelc::eval {

using LevelPtr = std::shared_ptr<instantiate::Level>;

/// Loop variables in force: a persistent list, innermost first.
struct LoopScope;
using Loops = std::shared_ptr<const LoopScope>;
struct LoopScope {
  std::string name;
  Value value;
  Loops outer;
};

/// The innermost loop variable of this name, or null.
const LoopScope* find_loop(const Loops& loops, const std::string& name);

struct Scope {
  LevelPtr level;
  instantiate::Frame* frame = nullptr;  // null: no call in progress
  Loops loops;
  bool is_static = false;  // sees no bindings, inputs, tensors, children
  bool in_type = false;    // a dimension of a type: reading a symbol there fixes nothing for later calls
  bool feed = false;       // a recipe's feed: its functions go before torch's
  /// Whose names may stand here alone, for "did you mean".
  std::optional<catalogue::Kind> vocabulary;

  Scope with_loop(std::string name, Value value) const;
  Scope as_static() const;
};

/// What stands under `modules`, in params and the like of a level: no bindings, tensors or children are seen.
Scope static_scope(LevelPtr level, instantiate::Frame* frame = nullptr, Loops loops = nullptr);

}  // namespace modelc::eval

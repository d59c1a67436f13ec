// The order in which a name is looked for (LANGUAGE §3, "Names"), told once: the table of names and evaluation both
// walk it. Knows places, not what stands in them: whoever walks says whether a place has the name, and what a level is.
#pragma once

#include <cstdint>

namespace modelc::resolve {

/// A kind of place that may hold a name.
enum class Place : std::uint8_t {
  Word,          // `training`
  Loop,          // loop variables inside the level
  Binding,       // inputs and bindings; in a loss also outputs and targets
  Tensor,        // the level's own parameters and buffers
  Module,        // the level's own modules
  Column,        // of the source that a feed reads
  Static,        // params and `define`s, of the level itself and then of those around it
  Symbol,        // of the level itself
  OuterLoop,     // loop variables around the declaration of a level
  Component,     // of a level
  Import,        // of a level
  Operator,      // `Linear`
  DType,         // `float32`
  Constant,      // `pi`
  FeedFunction,  // where a feed stands, before torch's functions
  Function,      // static functions and torch's
};

/// What is seen from where a name stands.
struct View {
  bool is_static = false;  // no bindings, inputs, tensors, modules
  bool in_call = false;    // inputs have come: there are symbols, and unless static the rest
  bool in_feed = false;    // the feed of a recipe: its own names and columns instead of the model's
};

/// Calls `look(place, level)` for each place that is seen, in order, until it says true; returns whether it did.
/// `around(level)` is the enclosing level of the same file, false where there is none. A name that is called walks the
/// same way and passes over what cannot be called: `look` decides that.
template <class Level, class Around, class Look>
bool walk_scopes(const View& view, const Level& own, const Around& around, const Look& look) {
  if (look(Place::Word, own) || look(Place::Loop, own)) return true;
  if (view.in_call && !view.is_static) {
    if (look(Place::Binding, own)) return true;
    if (!view.in_feed && (look(Place::Tensor, own) || look(Place::Module, own))) return true;
  }
  if (view.in_feed && look(Place::Column, own)) return true;
  if (look(Place::Static, own)) return true;
  if (view.in_call && look(Place::Symbol, own)) return true;
  for (Level level = own; level;) {
    if (look(Place::OuterLoop, level)) return true;
    Level next = around(level);
    if (next && look(Place::Static, next)) return true;
    level = next;
  }
  for (Level level = own; level; level = around(level)) {
    if (look(Place::Component, level) || look(Place::Import, level)) return true;
  }
  if (look(Place::Operator, own) || look(Place::DType, own) || look(Place::Constant, own)) return true;
  if (view.in_feed && look(Place::FeedFunction, own)) return true;
  return look(Place::Function, own);
}

}  // namespace modelc::resolve

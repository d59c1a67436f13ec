// What the readers of this room are given: a small value that is handed down. Nothing in it changes while a recipe is
// read; what they make is their result.
#pragma once

#include "recipe/options.h"
#include "trace/model.h"

namespace modelc::recipe {

using namespace eval;  // NOLINT: values and scopes are all that is talked of here
using diagnostics::Sink;
using trace::Frame;
using trace::Tracer;

struct Given {
  Tracer& statics;  // evaluates where no call is in progress and no tensor may be made
  const trace::Model& model;
  const std::vector<ir::Graph>& graphs;  // of the model
  const Options& options;
  Loops loops = nullptr;  // the loop variables around what is read

  const ast::Description& file() const { return statics.document.root(); }
  Sink& sink() const { return statics.sink; }
  Given within(const Loops& around) const { return {statics, model, graphs, options, around}; }
  Scope scope() const { return static_scope(model.level, nullptr, loops); }
};

}  // namespace modelc::recipe

// What instantiation is given: a small value that is handed down, and copied where something in it is to differ.
#pragma once

#include <functional>

#include "compose/compose.h"
#include "compose/settings.h"
#include "eval/environment.h"
#include "instantiate/tree.h"

namespace modelc::instantiate {

using diagnostics::Sink;
using eval::Budget;
using eval::Environment;

/// What does not change while a description is compiled.
struct Document {
  const compose::Composition& composition;
  const support::SourceManager* sources = nullptr;  // tells the command line's texts from a file's
  bool names_missing = false;  // keys or entries could not be read: what is missing may stand there
  compose::Precisions precisions = {};

  const ast::Description& root() const { return *composition.root; }
};

/// The calls in progress, innermost first; each lives as long as its call.
struct Call {
  const Call* outer = nullptr;
  const Tree* tree = nullptr;  // whose instance it is
  InstanceId instance = kNoInstance;
  const Level* level = nullptr;
  Frame* frame = nullptr;
  std::string path;  // of the innermost module that is called
  Span at;
  int depth = 0;  // of modules within modules

  bool is_active(const Tree& in, InstanceId id) const;
};

class Context : public eval::Environment {
 public:
  Context(Sink& where_faults_go, bool& all_is_there, Budget& to_spend, types::Conditions* known, const Document& read,
          Tree& made, const Call* in_progress)
      : Environment(where_faults_go, all_is_there, to_spend, known), document(read), tree(made), calls(in_progress) {}

  const Document& document;
  Tree& tree;
  const Call* calls;  // null: none in progress

  /// `body` in a context like this one where no tensor may be made: in the value of a param, a `define`.
  virtual void without_graph(const std::function<void(Context&)>& body) = 0;
};

/// The frame of the innermost call of a level, or null: what the symbols in its defaults mean.
Frame* frame_of(const Context& context, const LevelPtr& level);

void report_runaway(Context& context, Span span, int limit, const std::string& what, Span place = {},
                    const std::string& note = {});

}  // namespace modelc::instantiate

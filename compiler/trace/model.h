// The outermost file before anything is traced: its level, its inputs and targets with their types, its symbols.
#pragma once

#include "trace/tracer.h"

namespace modelc::trace {

struct ModelInput {
  std::string name;
  const ast::Item<ast::Declaration>* item = nullptr;
  Type type;
  bool optional = false, target = false;
  Span span;
};

struct Model {
  LevelPtr level;
  std::vector<ModelInput> inputs;  // and targets, in order
  std::map<std::string, Dim> symbols;
  std::vector<std::string> symbol_order;      // as declared
  std::vector<types::SymbolId> open_symbols;  // those that have no number, in that order
  bool inputs_ok = true;                      // false: the type of one is faulty
  bool complete = true;                       // false: there is nothing to trace, which was reported
};

/// Numbers in place of symbols, and where the command line says them.
struct StatedSizes {
  const std::map<std::string, std::int64_t>& sizes;
  const std::map<std::string, Span>& places;
};

/// Makes the root of the tree, too.
Model resolve_model(Tracer& tracer, const StatedSizes& where, bool with_targets);

}  // namespace modelc::trace

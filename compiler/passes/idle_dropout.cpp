#include "passes/idle_dropout.h"

#include <set>

namespace modelc::passes {

namespace {

const types::Constant* argument(const ir::Module& module, std::string_view name) {
  for (const auto& [known, value] : module.args)
    if (known == name) return &value;
  return nullptr;
}

}  // namespace

bool idle_dropout(const ir::Program& program, diagnostics::Sink& sink) {
  std::set<std::pair<support::FileId, std::uint32_t>> told;  // what a loop makes is told once
  for (const ir::Module& module : program.tree.modules) {
    const types::Constant* layers = argument(module, "num_layers");
    const types::Constant* dropout = argument(module, "dropout");
    if (!layers || !dropout || !layers->is_int() || layers->as_int() != 1 || dropout->as_double() <= 0) continue;
    if (module.span.valid() && !told.insert({module.span.file, module.span.begin}).second) continue;
    sink.report(module.span, diag::NothingDropped, module.path, dropout->str())
        .help("write `num_layers=2`, or put a `Dropout` behind it");
  }
  return true;
}

}  // namespace modelc::passes

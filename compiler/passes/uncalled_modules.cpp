#include "passes/uncalled_modules.h"

#include <algorithm>
#include <set>

namespace modelc::passes {

namespace {

using ir::Module;
using ir::ModuleKind;

bool is_collection(const Module& module) { return module.kind == ModuleKind::List || module.kind == ModuleKind::Dict; }

/// Whether a size of it follows from its input.
bool infers_size(const Module& module) {
  if (module.uncalled == ir::Uncalled::Sized) return false;
  if (module.kind != ModuleKind::Operator) return true;
  if (!module.tensors.empty()) return false;  // every size is stated
  const ops::Op* op = ops::Catalogue::get().module(module.type);
  return op && std::any_of(op->args.begin(), op->args.end(), [](const ops::Param& p) { return p.inferred; });
}

/// Modules whose tensors the dataflow reads by name.
std::vector<bool> read_modules(const ir::Program& program) {
  std::vector<bool> read(program.tree.modules.size(), false);
  for (const ir::Graph& graph : program.graphs)
    for (const ir::ValueInfo& value : graph.values)
      if (value.is_tensor_of_tree()) read[value.source] = true;
  return read;
}

}  // namespace

bool uncalled_modules(const ir::Program& program, diagnostics::Sink& sink) {
  const std::vector<Module>& modules = program.tree.modules;
  const std::vector<bool> read = read_modules(program);
  bool all_sized = true;
  std::set<std::pair<support::FileId, std::uint32_t>> reported;  // what a loop makes is told once
  for (ir::ModuleId id = 1; id < modules.size(); ++id) {
    const Module& module = modules[id];
    if (module.called || module.uncalled == ir::Uncalled::Doubtful || read[id] || is_collection(module)) continue;
    // The parts of what nobody calls are reported once, at the whole.
    ir::ModuleId whole = module.parent;
    while (whole != 0 && is_collection(modules[whole])) whole = modules[whole].parent;
    if (!modules[whole].called) continue;
    const auto any_part = [&](auto&& holds) {
      return std::any_of(module.children.begin(), module.children.end(),
                         [&](ir::ModuleId child) { return holds(modules[child]); });
    };
    const bool parts = module.kind == ModuleKind::Sequential;
    // A Sequential whose parts are called one by one is used.
    if (parts && any_part([](const Module& part) { return part.called; })) continue;
    if (module.span.valid() && !reported.insert({module.span.file, module.span.begin}).second) continue;
    const bool unsized = parts ? any_part(infers_size) : infers_size(module);
    all_sized &= !unsized;
    auto report = unsized ? sink.report(module.span, diag::NeverSized, module.path)
                          : sink.report(module.span, diag::NeverCalled, module.path);
    report.help("call it in `forward`, or remove it");
  }
  return all_sized;
}

}  // namespace modelc::passes

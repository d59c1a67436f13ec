// The program of a description that exists in memory only.
#pragma once

#include <fmt/format.h>

#include "ir/ir.h"
#include "pipeline/compile.h"

namespace modelc {

struct Program {
  support::SourceManager sources;
  diagnostics::Sink sink;
  types::DimTable table;
  types::DimTable::Scope scope{table};
  std::optional<pipeline::Compiled> out;

  explicit Program(const std::string& text) {
    compose::Overrides overrides;
    overrides.contents["/m/main.yaml"] = "modelc: 1\n" + text;
    out = pipeline::compile(sources, "/m/main.yaml", overrides, {}, sink, {}, {.verify = true});
  }
  std::string reports() const {
    std::string all;
    for (const auto& d : sink.sorted()) all += fmt::format("{} {}\n", d.code, d.message);
    return all;
  }
  /// The codes of what was reported, in order.
  std::string codes() const {
    std::string all;
    for (const auto& d : sink.sorted()) all += (all.empty() ? "" : " ") + std::string(d.code);
    return all;
  }
  /// Paths and types of all modules.
  std::string tree() const {
    std::string all;
    for (const ir::Module& module : ir().tree.modules)
      all += (all.empty() ? "" : " ") + module.path + ":" + module.type;
    return all;
  }
  const ir::Tensor* tensor(const std::string& path, const std::string& name) const {
    const ir::Module* module = ir().tree.find(path);
    if (!module) return nullptr;
    for (const ir::Tensor& one : module->tensors)
      if (one.name == name) return &one;
    return nullptr;
  }
  const ir::Program& ir() const { return out->elaborated.program; }
};

}  // namespace modelc

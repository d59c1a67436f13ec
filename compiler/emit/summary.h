// What a model is made of, as a text tree and as the JSON of `modelc summary --format json`: modules with their output
// types, parameters, buffers, FLOPs, conditions on symbols, totals. A view of the IR; decides nothing.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ir/recipe.h"

namespace modelc::emit {

/// Sizes for symbols, from `--input x=8x3x224x224`.
using Point = std::map<types::SymbolId, types::Dim>;

/// Solves the input types for the sizes given; nullopt and why in `fault`.
std::optional<Point> bind_sizes(const ir::Program& program,
                                const std::vector<std::pair<std::string, std::vector<std::int64_t>>>& sizes,
                                std::string& fault);

struct SummaryTensor {
  std::string name;  // state_dict key
  types::TensorType type;
  bool trainable = true;
  std::vector<std::string> aliases;
};

struct SummaryModule {
  std::string path, type;
  std::string output;           // empty: never called
  std::int64_t parameters = 0;  // of everything below it, shared ones once
  std::int64_t trainable = 0;
  types::Dim flops = 0;  // of everything below it
};

struct SummaryConstraint {
  std::string words;
  std::vector<types::Origin> origins;
};

struct Summary {
  struct Port {
    std::string name, type;
    bool optional = false;
  };
  std::string name, doc;
  std::vector<Port> inputs, outputs;
  std::vector<SummaryTensor> parameters, buffers;
  std::vector<SummaryModule> modules;  // in order of the tree, the root first
  std::vector<SummaryConstraint> constraints;
  std::int64_t total = 0, trainable = 0, bytes = 0;
  types::Dim flops = 0;
};

Summary summarize(const ir::Program& program, const Point& point);

std::string summary_json(const Summary& summary);
/// `recipe` may be null; with parameter groups it is shown what each parameter got.
std::string summary_text(const Summary& summary, const ir::Recipe* recipe, const support::SourceManager& sources);

}  // namespace modelc::emit

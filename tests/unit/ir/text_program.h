// A program read from text, with the table that its sizes live in.
#pragma once

#include <doctest/doctest.h>

#include "ir/ir.h"
#include "ir/read_text.h"

namespace modelc::ir {

struct TextProgram {
  types::DimTable table;
  types::DimTable::Scope scope{table};
  Program program;

  explicit TextProgram(const std::string& text) {
    ReadText read = read_text("program model\nsymbol B\n" + text);
    INFO("line " << read.fault.line << ": " << read.fault.what);
    REQUIRE(read.ok);
    program = std::move(read.program);
  }
  Graph& graph() { return program.graphs.at(0); }
  /// The lines of the first graph, trimmed and joined by `; `.
  std::string shown() {
    const std::string text = print(graph(), program.tree);
    std::string all;
    for (std::size_t at = text.find('\n') + 1; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      const std::size_t first = text.find_first_not_of(' ', at);
      if (text[first] != '}') all += (all.empty() ? "" : "; ") + text.substr(first, end - first);
      at = end + 1;
    }
    return all;
  }
  /// What is broken, joined.
  std::string broken() {
    std::string all;
    for (const std::string& one : verify(program)) all += (all.empty() ? "" : "; ") + one;
    return all;
  }
};

/// Two linear layers, the second of which nobody needs, and a dropout.
inline const char* const kTwoLayers = R"(model: model
  fc: Linear(in_features=4, out_features=4, bias=false)
    parameter weight: float[4, 4] = zeros
  bn: BatchNorm1d(num_features=4, eps=1e-05, momentum=0.1, affine=false, track_running_stats=true)
    buffer running_mean: float[4] = zeros
    buffer running_var: float[4] = ones
    buffer num_batches_tracked: int[] = zeros
graph training {
  input %x: float[B, 4]
  %1.h = linear(%x, @fc.weight) : float[B, 4] at fc
  %2, @bn.running_mean', @bn.running_var', @bn.num_batches_tracked' = batch_norm(%1.h, @bn.running_mean, @bn.running_var, training=true, num_batches_tracked=@bn.num_batches_tracked) : float[B, 4] at bn
  %3, @rng' = dropout(%2, @rng, training=true) : float[B, 4]
  output y = %3 : float[B, 4]
  update @bn.running_mean = @bn.running_mean'
  update @bn.running_var = @bn.running_var'
  update @bn.num_batches_tracked = @bn.num_batches_tracked'
  update @rng = @rng'
}
)";

}  // namespace modelc::ir

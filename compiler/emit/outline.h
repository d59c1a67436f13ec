// A compiled model in words, and what differs between two of them: modules, inputs and outputs, parameters, FLOPs.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ir/program.h"
#include "support/json.h"

namespace modelc::emit {

/// Texts alone, so that it outlives what was compiled.
struct Outline {
  struct Module {
    std::string path, text, output;  // `fc`, `Linear(in_features=512, …)` without defaults, `float[B, 10]`
    std::int64_t parameters = 0;
  };
  std::vector<Module> modules;                                 // in order of the tree, the root left out
  std::vector<std::pair<std::string, std::string>> interface;  // `input x`, `output logits` and their types
  std::int64_t parameters = 0;
  std::string flops;
};

Outline outline(const ir::Program& program);

/// What is only in `a` begins with `-`, what is only in `b` with `+`, what is in both and not the same with `~`; then
/// the totals. Lines of text.
std::string diff_text(const Outline& a, const Outline& b);
/// `{"modules": [{"path", "a", "b"}], "interface": [{"name", "a", "b"}], "parameters": {"a", "b"}, "flops": {"a",
/// "b"}}`; null where one side lacks it.
support::Json diff_json(const Outline& a, const Outline& b);

}  // namespace modelc::emit

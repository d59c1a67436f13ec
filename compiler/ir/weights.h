// Where initial values come from: one entry of `weights` (LANGUAGE §9), resolved. Files are matched to the tree by
// compiler/weights/match_weights and read by runtime/weights.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "support/source.h"

namespace modelc::ir {

struct WeightSource {
  std::string from;                                         // resolved path
  std::vector<std::string> only, except;                    // entries on the file's names, in order, `!` kept
  std::vector<std::pair<std::string, std::string>> rename;  // prefixes, the first that fits
  std::vector<std::string> created;                         // `new`: entries on the model's names
  std::vector<std::string> resize;                          // entries on the model's names
  /// Path of the module the model's names (and created, resize) are relative to; empty: the whole model.
  std::string prefix;
  /// Made up for `--weights`: what is said of the file is said by options, and cures are told as such.
  bool of_command = false;
  support::Span span;
};

}  // namespace modelc::ir

// What a run was begun with, line by line, so that going on with something else is told by the first line that differs.
// How long it is and how often it saves may change.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "train/session.h"

namespace modelc::train {

/// What a line speaks of, and what it says: `train.batch`, `16`.
using Signature = std::vector<std::pair<std::string, std::string>>;

Signature signature_of(Session& session);
std::string to_json(const Signature& signature);
std::optional<Signature> signature_from_json(const std::string& text);

/// The first difference in words: what it was, what it is. nullopt where there is none.
struct Difference {
  std::string before, now;
};
std::optional<Difference> first_difference(const Signature& before, const Signature& now);

}  // namespace modelc::train

// "Did you mean": the nearest of a set of known words by edit distance.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelc::support {

/// Damerau-Levenshtein distance (optimal string alignment) of two words, compared without regard to case.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The known word that was meant by `word`: what other libraries call so (`learning_rate`), else the nearest, if one is
/// near enough to be a likely misspelling (at most a third of its letters, at least one); the first of equally near
/// ones.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace modelc::support

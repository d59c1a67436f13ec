#include "support/glob.h"

namespace modelc::support {
namespace {

struct Level {
  std::string_view text;
  std::string_view type;
};

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  if (path.empty()) return parts;
  std::size_t begin = 0;
  while (true) {
    const std::size_t dot = path.find('.', begin);
    if (dot == std::string_view::npos) break;
    parts.push_back(path.substr(begin, dot - begin));
    begin = dot + 1;
  }
  parts.push_back(path.substr(begin));
  return parts;
}

std::vector<Level> levels_of(std::string_view pattern) {
  std::vector<Level> levels;
  for (std::string_view part : split(pattern)) {
    const std::size_t colon = part.find(':');
    if (colon == std::string_view::npos) levels.push_back({part, {}});
    else levels.push_back({part.substr(0, colon), part.substr(colon + 1)});
  }
  return levels;
}

// Greedy with one point of return, so that `*a*a*a*…` stays quadratic.
bool level_matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, kept = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      kept = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++kept;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool match(std::string_view pattern, std::string_view path, const TypeOf& type_of, bool whole) {
  const std::vector<Level> levels = levels_of(pattern);
  if (levels.empty()) return false;
  const std::vector<std::string_view> parts = split(path);
  const auto prefix = [&](std::size_t count) {
    if (count == 0) return std::string_view{};
    const std::string_view last = parts[count - 1];
    return path.substr(0, static_cast<std::size_t>(last.data() + last.size() - path.data()));
  };
  // reached[i]: the levels read so far can stand for the first i parts.
  std::vector<char> reached(parts.size() + 1, 0);
  reached[0] = 1;
  for (const Level& level : levels) {
    std::vector<char> next(parts.size() + 1, 0);
    if (level.text == "**") {
      bool open = false;
      for (std::size_t i = 0; i <= parts.size(); ++i) next[i] = static_cast<char>(open = open || reached[i]);
    } else {
      for (std::size_t i = 0; i < parts.size(); ++i)
        if (reached[i] && level_matches(level.text, parts[i])) next[i + 1] = 1;
    }
    if (!level.type.empty())
      for (std::size_t i = 0; i <= parts.size(); ++i)
        if (next[i]) next[i] = static_cast<char>(type_of && type_of(prefix(i)) == level.type);
    reached = std::move(next);
  }
  if (whole) return reached[parts.size()] != 0;
  for (char hit : reached)
    if (hit) return true;
  return false;
}

}  // namespace

bool matches(std::string_view pattern, std::string_view path, const TypeOf& type_of) {
  return match(pattern, path, type_of, false);
}

bool matches_exactly(std::string_view pattern, std::string_view path, const TypeOf& type_of) {
  return match(pattern, path, type_of, true);
}

bool selects(const std::vector<std::string>& entries, std::string_view path, const TypeOf& type_of, bool initially) {
  for (std::size_t i = entries.size(); i-- > 0;) {
    const std::string_view entry = entries[i];
    if (matches(without_negation(entry), path, type_of)) return entry.empty() || entry.front() != '!';
  }
  return initially;
}

bool is_glob(std::string_view pattern) { return pattern.find_first_of("*:") != std::string_view::npos; }

std::string literal_head(std::string_view pattern) {
  std::string head;
  for (std::string_view part : split(pattern)) {
    if (is_glob(part)) break;
    if (!head.empty()) head += '.';
    head += part;
  }
  return head;
}

std::string_view without_negation(std::string_view entry) {
  return !entry.empty() && entry.front() == '!' ? entry.substr(1) : entry;
}

}  // namespace modelc::support

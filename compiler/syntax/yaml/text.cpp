#include "syntax/yaml/text.h"

#include <algorithm>
#include <cctype>

namespace modelc::syntax {

PatchedText::PatchedText(std::string_view original, std::vector<Patch> patches) {
  if (patches.empty()) {
    text_ = original;
    return;
  }
  patched_ = true;
  std::stable_sort(patches.begin(), patches.end(), [](const Patch& a, const Patch& b) { return a.at < b.at; });
  const auto copy = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      text_ += original[i];
      origin_.push_back(static_cast<std::uint32_t>(i));
      inserted_.push_back(false);
    }
  };
  std::size_t done = 0;
  for (const Patch& patch : patches) {
    if (patch.at > done) copy(done, patch.at);
    done = std::max(done, patch.at);
    for (const char c : patch.insert) {
      text_ += c;
      origin_.push_back(static_cast<std::uint32_t>(done));
      inserted_.push_back(true);
    }
    done = std::min(original.size(), std::max(done, patch.at + patch.remove));
  }
  copy(done, original.size());
  origin_.push_back(static_cast<std::uint32_t>(original.size()));
}

void PatchedText::mend_breaks() {
  for (std::size_t i = text_.find('\r'); i != std::string::npos; i = text_.find('\r', i + 1)) {
    if (i + 1 >= text_.size() || text_[i + 1] != '\n') text_[i] = '\n';
  }
}

std::uint32_t PatchedText::original(std::size_t offset) const {
  if (!patched_) return static_cast<std::uint32_t>(std::min(offset, text_.size()));
  return origin_[std::min(offset, origin_.size() - 1)];
}

std::size_t line_end(std::string_view text, std::size_t at) {
  const std::size_t end = text.find_first_of("\r\n", at);
  return end == std::string_view::npos ? text.size() : end;
}

std::size_t next_line(std::string_view text, std::size_t at) {
  std::size_t end = line_end(text, at);
  if (end < text.size() && text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n') ++end;
  return std::min(text.size(), end + 1);
}

std::size_t line_begin(std::string_view text, std::size_t at) {
  if (at == 0) return 0;
  const std::size_t before = text.find_last_of("\r\n", at - 1);
  return before == std::string_view::npos ? 0 : before + 1;
}

std::size_t skip_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  if (quote != '"' && quote != '\'') return at;
  if (at > 0) {
    const auto before = static_cast<unsigned char>(text[at - 1]);
    // An apostrophe inside or behind a word is no string: `it's`.
    if (std::isalnum(before) || before == '_' || before == ')' || before == ']' || before >= 0x80) return at;
  }
  // Bounded, so that a line of many lone quotes is not read over and over.
  constexpr std::size_t kLongest = 4096;
  const std::size_t stop = std::min(text.size(), at + kLongest);
  for (std::size_t i = at + 1; i < stop && !is_break(text[i]); ++i) {
    if (text[i] == '\\') ++i;
    else if (text[i] == quote) return i + 1;
  }
  return at;
}

std::string quoted(std::string_view text) {
  if (text.find_first_of("\"\\") == std::string_view::npos) return '"' + std::string(text) + '"';
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') result += c;
    result += c;
  }
  return result + '\'';
}

void quote_range(std::string_view text, std::size_t begin, std::size_t end, std::vector<Patch>& patches) {
  const bool twice = text.substr(begin, end - begin).find_first_of("\"\\") == std::string_view::npos;
  const std::string mark = twice ? "\"" : "'";
  patches.push_back({begin, 0, mark});
  for (std::size_t i = begin; !twice && i < end; ++i) {
    if (text[i] == '\'') patches.push_back({i, 0, mark});
  }
  patches.push_back({end, 0, mark});
}

bool Brackets::feed(char c) {
  if (c == '(' || c == '[' || c == '{') {
    open_ += c;
  } else if (c == ')' || c == ']' || c == '}') {
    const char wanted = c == ')' ? '(' : c == ']' ? '[' : '{';
    if (open_.empty() || open_.back() != wanted) return sound_ = false;
    open_.pop_back();
  }
  return true;
}

bool is_balanced(std::string_view text, std::size_t begin, std::size_t end) {
  Brackets brackets;
  for (std::size_t i = begin; i < end;) {
    const std::size_t after = skip_string(text.substr(0, end), i);
    if (after != i) {
      i = after;
      continue;
    }
    if (!brackets.feed(text[i])) return false;
    ++i;
  }
  return brackets.balanced();
}

}  // namespace modelc::syntax

#include "diagnostics/explain.h"

#include <algorithm>
#include <cctype>

#include "support/spelling.h"

namespace modelc::diagnostics {

namespace {

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// The row's text with `…` where an argument stands.
std::string readable(std::string_view format) {
  std::string out;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const char c = format[i];
    if ((c == '{' || c == '}') && i + 1 < format.size() && format[i + 1] == c) {
      out += c;
      ++i;
    } else if (c == '{') {
      out += "…";
      while (i < format.size() && format[i] != '}') ++i;
    } else {
      out += c;
    }
  }
  return out;
}

std::string wrapped(std::string_view text) {
  constexpr std::size_t kWidth = 100;
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = text.find(' ', i);
    if (end == std::string_view::npos) end = text.size();
    const std::size_t length = end - i;
    if (column > 0 && column + 1 + length > kWidth) {
      out += '\n';
      column = 0;
    } else if (column > 0) {
      out += ' ';
      ++column;
    }
    out += text.substr(i, length);
    column += length;
    i = std::min(text.size(), end + 1);
  }
  return out;
}

}  // namespace

const Row* find_row(std::string_view code) {
  for (const Row& row : all_rows()) {
    if (same_word(row.code, code) || same_word(row.name, code)) return &row;
  }
  return nullptr;
}

std::string explain(std::string_view code) {
  if (const Row* row = find_row(code)) {
    // The text of some rows is all argument: what a reader of files or an operator says of itself.
    const std::string text = row->format == "{}" ? "" : "  " + readable(row->format) + "\n";
    return std::string(row->code) + " " + std::string(row->name) + " (" +
           (row->severity == Severity::Error ? "error" : "warning") + ")\n" + text + "\n" + wrapped(row->explanation) +
           "\n";
  }
  for (const RetiredRow& row : retired_rows()) {
    if (!same_word(row.code, code) && !same_word(row.name, code)) continue;
    return std::string(row.code) + " " + std::string(row.name) + " (no longer reported)\n\n" +
           wrapped(row.explanation) + "\n";
  }
  std::vector<std::pair<std::size_t, const Row*>> near;
  for (const Row& row : all_rows()) {
    near.emplace_back(std::min(support::edit_distance(code, row.code), support::edit_distance(code, row.name)), &row);
  }
  std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string out = "`" + std::string(code) + "` is no diagnostic of modelc; the nearest are\n";
  for (std::size_t i = 0; i < std::min<std::size_t>(3, near.size()); ++i) {
    out += "  " + std::string(near[i].second->code) + " " + std::string(near[i].second->name) + ": " +
           readable(near[i].second->format) + "\n";
  }
  return out;
}

}  // namespace modelc::diagnostics

#include "diagnostics/explain.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "diagnostics/example.h"
#include "support/json.h"
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

/// The lines, each behind `margin`; empty ones stay empty.
std::string indented(std::string_view lines, std::string_view margin) {
  std::string out;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    if (end > 0) out += std::string(margin) + std::string(lines.substr(0, end));
    out += '\n';
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return out;
}

/// One version of a file under its name; nothing where that version has no such file.
std::string shown_file(std::string_view kind, const ExampleFile& file, const std::string& version) {
  if (version.empty()) return "";
  return "\n" + std::string(kind) + file.name + ":\n\n" + indented(version, "  ");
}

std::string shown_example(const Example& example) {
  std::string out = example.remark.empty() ? "" : "\n" + wrapped(example.remark);
  for (const ExampleFile& file : example.files) out += shown_file("", file, file.wrong);
  if (example.commands.name.empty()) return out;
  out += "\n" + indented(example.commands.wrong, "$ ") + example.shown;
  for (const ExampleFile& file : example.files)
    if (file.mended != file.wrong) out += shown_file("mended, ", file, file.mended);
  if (example.commands.mended != example.commands.wrong)
    out += "\nmended:\n\n" + indented(example.commands.mended, "$ ");
  return out;
}

template <typename R>
const R* find_in(const std::vector<R>& rows, std::string_view code) {
  const auto at = std::find_if(rows.begin(), rows.end(),
                               [&](const R& row) { return same_word(row.code, code) || same_word(row.name, code); });
  return at == rows.end() ? nullptr : &*at;
}

std::string severity_word(const Row& row) { return row.severity == Severity::Error ? "error" : "warning"; }

}  // namespace

const Row* find_row(std::string_view code) { return find_in(all_rows(), code); }

const RetiredRow* find_retired(std::string_view code) { return find_in(retired_rows(), code); }

std::string explain(std::string_view code) {
  if (const Row* row = find_row(code)) {
    // The text of some rows is all argument: what a reader of files or an operator says of itself.
    const std::string text = row->format == "{}" ? "" : readable(row->format);
    return std::string(row->code) + " " + std::string(row->name) + " (" + severity_word(*row) + ")\n" +
           (text.empty() ? "" : "  " + text + "\n") + "\n" + wrapped(row->explanation) + "\n" +
           shown_example(example_of(row->code).value_or(Example{}));
  }
  if (const RetiredRow* row = find_retired(code)) {
    return std::string(row->code) + " " + std::string(row->name) + " (no longer reported)\n\n" +
           wrapped(row->explanation) + "\n";
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

std::string explain_json(const Row& row) {
  const Example example = example_of(row.code).value_or(Example{});
  support::Json files = support::Json::array();
  for (const ExampleFile& file : example.files)
    files.push_back({{"name", file.name}, {"wrong", file.wrong}, {"mended", file.mended}});
  return support::json_line({{"code", row.code},
                             {"severity", severity_word(row)},
                             {"name", row.name},
                             {"message", row.format},
                             {"explanation", row.explanation},
                             {"remark", example.remark},
                             {"files", std::move(files)},
                             {"commands", {{"wrong", example.commands.wrong}, {"mended", example.commands.mended}}},
                             {"shown", example.shown}}) +
         "\n";
}

std::string explain_json(const RetiredRow& row) {
  return support::json_line({{"code", row.code},
                             {"severity", nullptr},
                             {"name", row.name},
                             {"message", nullptr},
                             {"explanation", row.explanation}}) +
         "\n";
}

}  // namespace modelc::diagnostics

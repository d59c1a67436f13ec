#include "modelc/fix.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>

#include "diagnostics/edits.h"
#include "support/whole_file.h"

namespace modelc::cli {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

std::string rewrite_file(const std::string& path, const std::string& before, const std::string& text) {
  std::error_code error;
  const fs::path target = fs::canonical(path, error);
  if (error) return error.message();
  if (!fs::is_regular_file(target)) return "it is no regular file";
  if (read_file(target) != before) return "it was changed meanwhile";
  return support::write_atomically(target.string(), {text});
}

Fixed apply_fixes(const std::vector<diagnostics::Diagnostic>& found, const support::SourceManager& sources) {
  std::map<support::FileId, std::vector<diagnostics::Edit>> by_file;
  for (const diagnostics::Diagnostic& d : found) {
    for (const diagnostics::Edit& edit : d.fixes) {
      if (sources.contains(edit.span.file)) by_file[edit.span.file].push_back(edit);
    }
  }
  Fixed out;
  for (auto& [id, edits] : by_file) {
    const support::SourceFile& file = sources.file(id);
    std::error_code error;
    const fs::path path = fs::canonical(file.path(), error);  // a link stays a link, its target is rewritten
    if (error || !fs::is_regular_file(path) || read_file(path) != file.text()) continue;
    const diagnostics::Edited made = diagnostics::edited(file.text(), edits);
    if (made.applied == 0 || made.text == file.text()) continue;
    const std::string fault = support::write_atomically(path.string(), {made.text});
    if (!fault.empty()) {
      out.fault = "cannot write `" + file.path() + "`: " + fault;
      continue;
    }
    out.edits += made.applied;
    out.files.push_back(file.path());
  }
  return out;
}

}  // namespace modelc::cli

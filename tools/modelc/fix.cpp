#include "modelc/fix.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>

#include "diagnostics/edits.h"

namespace modelc::cli {
namespace {

namespace fs = std::filesystem;

/// errno's words, or empty. Written beside the file, synced, then renamed over it: a crash leaves the old or the new.
std::string replace_file(const fs::path& path, const std::string& text) {
  struct stat old {};
  if (stat(path.c_str(), &old) != 0) return std::strerror(errno);
  if (access(path.c_str(), W_OK) != 0) return std::strerror(errno);
  std::string name = path.string() + ".XXXXXX";
  const int fd = mkstemp(name.data());
  if (fd < 0) return std::strerror(errno);
  std::size_t written = 0;
  bool good = fchmod(fd, old.st_mode & 07777) == 0;
  while (good && written < text.size()) {
    const ssize_t n = write(fd, text.data() + written, text.size() - written);
    if (n < 0 && errno == EINTR) continue;
    good = n > 0;
    if (good) written += static_cast<std::size_t>(n);
  }
  good = good && fsync(fd) == 0;
  int error = good ? 0 : errno;
  if (close(fd) != 0 && good) good = false, error = errno;
  if (good && rename(name.c_str(), path.c_str()) != 0) good = false, error = errno;
  if (!good) {
    unlink(name.c_str());
    return std::strerror(error);
  }
  const int folder = open(path.has_parent_path() ? path.parent_path().c_str() : ".", O_RDONLY | O_DIRECTORY);
  if (folder >= 0) {
    (void)fsync(folder);
    close(folder);
  }
  return {};
}

std::optional<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

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
    const std::string fault = replace_file(path, made.text);
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

#include "support/whole_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <random>

#include "support/descriptor.h"

namespace modelc::support {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".part", kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t kLongestStem = 200;  // of a name of at most 255 bytes, so that there is room for what is added
constexpr std::size_t kRandom = 6;
constexpr std::size_t kPiece = 1 << 20;  // smaller pieces are gathered up to this

std::string reason() { return std::strerror(errno); }

std::string folder_of(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

/// `.NAME.` in the same folder: how the names of what is written aside for `path` begin.
std::string scratch_stem(const std::string& path) {
  return "." + fs::path(path).filename().string().substr(0, kLongestStem) + ".";
}

/// `.NAME.k3x0ab.part`; earlier versions wrote the number of the process there.
bool is_scratch(std::string_view name, std::string_view stem) {
  if (!name.starts_with(stem) || !name.ends_with(kSuffix)) return false;
  name.remove_suffix(kSuffix.size());
  const std::size_t dot = name.rfind('.');
  if (dot == 0 || dot == std::string_view::npos) return false;
  const std::string_view last = name.substr(dot + 1);
  const bool number = last.find_first_not_of("0123456789") == std::string_view::npos;
  return !last.empty() &&
         (number || (last.size() == kRandom && last.find_first_not_of(kLetters) == std::string_view::npos));
}

/// Those of writers that are no more: a lock ends with the process that held it.
void remove_scratch_like(const std::string& folder, std::string_view stem) {
  std::error_code error;
  std::vector<fs::path> dead;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (!is_scratch(at->path().filename().string(), stem) || at->is_symlink(error)) continue;
    const Descriptor file(::open(at->path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (file && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0) dead.push_back(at->path());
  }
  for (const fs::path& path : dead) ::unlink(path.c_str());
}

/// A file beside the place it is for, under a name that nothing else has; removed unless it was moved there.
class Scratch {
 public:
  Scratch(const std::string& target, mode_t mode) : target_(target) {
    remove_scratch_like(folder_of(target), scratch_stem(target));
    std::random_device random;
    do {
      path_ = folder_of(target) + "/" + scratch_stem(target);
      for (std::size_t i = 0; i < kRandom; ++i) path_ += kLetters[random() % kLetters.size()];
      path_ += kSuffix;
      file_ = Descriptor(uninterrupted(
          [&] { return ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode); }));
    } while (!file_ && errno == EEXIST);
    // Where there are no locks, nothing takes this for what a dead process has left either.
    if (file_) (void)::flock(file_.get(), LOCK_EX | LOCK_NB);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    if (file_) ::unlink(path_.c_str());
  }

  explicit operator bool() const { return static_cast<bool>(file_); }
  int descriptor() const { return file_.get(); }
  /// Of the three, false leaves the reason in errno.
  bool write(std::string_view bytes) {
    if (bytes.size() < kPiece) {
      gathered_ += bytes;
      return gathered_.size() < kPiece || flush();
    }
    return flush() && file_.write(bytes);
  }
  /// In the place of what has its target's name, or only where nothing has.
  enum class Place { Replace, New };
  bool settle(Place place) {
    if (!flush() || !file_.sync()) return false;
    const bool settled = place == Place::New
                             ? ::link(path_.c_str(), target_.c_str()) == 0
                             : uninterrupted([&] { return ::rename(path_.c_str(), target_.c_str()); }) == 0;
    if (!settled) return false;
    if (place == Place::New) ::unlink(path_.c_str());
    Descriptor file = std::move(file_);  // moved: there is nothing left to remove
    return file.close() && sync_folder();
  }

 private:
  bool flush() {
    const bool written = file_.write(gathered_);
    gathered_.clear();
    return written;
  }
  /// So that the new name survives a crash. Some file systems cannot sync a folder and say EINVAL; some folders may be
  /// written to and not read: then it is as durable as it can be.
  bool sync_folder() const {
    Descriptor folder(
        uninterrupted([&] { return ::open(folder_of(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
    if (!folder) return errno == EACCES;
    return folder.sync() || errno == EINVAL;
  }

  std::string target_, path_, gathered_;
  Descriptor file_;
};

// A device, pipe or socket cannot be replaced; it takes the bytes as they come.
std::string write_through(const std::string& path, const std::vector<std::string_view>& pieces) {
  // O_NONBLOCK, so that a pipe that nobody reads is a fault and no wait without end.
  Descriptor device(uninterrupted([&] { return ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK); }));
  if (!device) return errno == ENXIO ? "is a pipe that nobody reads" : reason();
  ::fcntl(device.get(), F_SETFL, ::fcntl(device.get(), F_GETFL) & ~O_NONBLOCK);
  for (std::string_view piece : pieces)
    if (!device.write(piece)) return reason();
  return "";
}

/// As it was opened: a file that standard output goes to is gone on with, not begun anew.
std::string write_to_standard_output(const std::vector<std::string_view>& pieces) {
  std::fflush(stdout);
  Descriptor copy(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
  if (!copy) return reason();
  for (std::string_view piece : pieces)
    if (!copy.write(piece)) return reason();
  return "";
}

/// What links lead to, which need not be there yet. nullopt leaves the reason in errno.
std::optional<std::string> target_of(std::string path) {
  for (int links = 0; fs::is_symlink(fs::symlink_status(path)); ++links) {
    std::error_code error;
    const fs::path next = fs::read_symlink(path, error);
    if (error || links > 40) {
      errno = error ? error.value() : ELOOP;
      return std::nullopt;
    }
    path = next.is_absolute() ? next.string() : (fs::path(folder_of(path)) / next).string();
  }
  return path;
}

}  // namespace

bool is_standard_output(const std::string& path) {
  struct stat own {
  }, other{};
  const std::string where = fs::path(path).lexically_normal().string();
  const bool special = where.starts_with("/dev/") || where.starts_with("/proc/");
  return special && ::fstat(STDOUT_FILENO, &own) == 0 && ::stat(path.c_str(), &other) == 0 &&
         own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

std::string write_atomically(const std::string& path, const std::vector<std::string_view>& pieces) {
  if (is_standard_output(path)) return write_to_standard_output(pieces);
  struct stat old {};
  const bool exists = ::stat(path.c_str(), &old) == 0;
  if (exists && S_ISDIR(old.st_mode)) return "is a folder, expected a file";
  if (exists && !S_ISREG(old.st_mode)) return write_through(path, pieces);
  if (exists && ((old.st_mode & 0222) == 0 || ::access(path.c_str(), W_OK) != 0)) return "is read-only";
  const auto target = target_of(path);
  if (!target) return reason();
  Scratch file(*target, 0666);
  if (!file) return reason();
  // Another's file stays another's where that may be said.
  if (exists && ::fchown(file.descriptor(), old.st_uid, old.st_gid) != 0) errno = 0;
  if (exists && ::fchmod(file.descriptor(), old.st_mode & 07777) != 0) return reason();
  for (std::string_view piece : pieces)
    if (!file.write(piece)) return reason();
  return file.settle(Scratch::Place::Replace) ? "" : reason();
}

Created create_atomically(const std::string& path, std::string_view text) {
  if (is_standard_output(path)) return {false, write_to_standard_output({text})};
  if (fs::symlink_status(path).type() != fs::file_type::not_found) return {true, {}};
  Scratch file(path, 0666);
  // Unlike a rename, a link does not take the place of what another process made meanwhile.
  if (file && file.write(text) && file.settle(Scratch::Place::New)) return {};
  return errno == EEXIST ? Created{true, {}} : Created{false, reason()};
}

std::string keep_beside(const std::string& path, const std::string& beside) {
  const std::string name = folder_of(beside) + "/" + scratch_stem(beside) + "beside" + std::string(kSuffix);
  ::unlink(name.c_str());
  if (::link(path.c_str(), name.c_str()) == 0) {
    const bool renamed = uninterrupted([&] { return ::rename(name.c_str(), beside.c_str()); }) == 0;
    const std::string why = renamed ? "" : reason();
    ::unlink(name.c_str());  // names of one file are not renamed onto each other
    return why;
  }
  Descriptor from(uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
  Scratch copy(beside, 0666);
  if (!from || !copy) return reason();
  std::string buffer(kPiece, '\0');
  ssize_t count = 0;
  while ((count = uninterrupted([&] { return ::read(from.get(), buffer.data(), buffer.size()); })) > 0)
    if (!copy.write({buffer.data(), static_cast<std::size_t>(count)})) return reason();
  return count == 0 && copy.settle(Scratch::Place::Replace) ? "" : reason();
}

void remove_scratch(const std::string& folder) { remove_scratch_like(folder, "."); }

}  // namespace modelc::support

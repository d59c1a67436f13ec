#include "support/whole_file.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/descriptor.h"

using namespace modelc::support;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / ("modelc_whole_file." + std::to_string(::getpid()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  std::string operator/(const std::string& name) const { return (path / name).string(); }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), fs::directory_iterator()));
  }
};

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("a file is made, and replaced, with its permissions") {
  const Folder folder;
  const std::string file = folder / "a";
  CHECK(write_atomically(file, {"one", " and ", "two"}) == "");
  CHECK(text_of(file) == "one and two");
  ::chmod(file.c_str(), 0640);
  const std::string large(3 << 20, 'x');
  CHECK(write_atomically(file, {"a", large, "b"}) == "");
  CHECK(text_of(file) == "a" + large + "b");
  struct stat info {};
  REQUIRE(::stat(file.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0640);
  CHECK(folder.files() == 1);
}

TEST_CASE("a link is followed, another name of the file keeps what it had") {
  const Folder folder;
  REQUIRE(::symlink("real", (folder / "link").c_str()) == 0);
  CHECK(write_atomically(folder / "link", {"1"}) == "");
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(text_of(folder / "real") == "1");
  REQUIRE(::link((folder / "real").c_str(), (folder / "name").c_str()) == 0);
  CHECK(write_atomically(folder / "link", {"2"}) == "");
  CHECK(text_of(folder / "real") == "2");
  CHECK(text_of(folder / "name") == "1");
  REQUIRE(::symlink("circle", (folder / "circle").c_str()) == 0);
  CHECK(write_atomically(folder / "circle", {"3"}) == "Too many levels of symbolic links");
}

TEST_CASE("what cannot be written says why, and nothing is left behind") {
  const Folder folder;
  CHECK(write_atomically(folder / "no/such/file", {"x"}) == "No such file or directory");
  CHECK(write_atomically(folder.path.string(), {"x"}) == "is a folder, expected a file");
  CHECK(write_atomically("/dev/null", {"x"}) == "");
  CHECK(write_atomically("/dev/full", {"x"}) == "No space left on device");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(write_atomically(folder / "pipe", {"x"}) == "is a pipe that nobody reads");
  std::ofstream(folder / "kept") << "old";
  ::chmod((folder / "kept").c_str(), 0444);
  CHECK(write_atomically(folder / "kept", {"x"}) == "is read-only");
  CHECK(text_of(folder / "kept") == "old");
  CHECK(folder.files() == 2);
}

TEST_CASE("a new file takes no one's place") {
  const Folder folder;
  CHECK(create_atomically(folder / "a", "1").fault == "");
  CHECK(text_of(folder / "a") == "1");
  CHECK(create_atomically(folder / "a", "2").exists);
  CHECK(text_of(folder / "a") == "1");
  REQUIRE(::symlink("nowhere", (folder / "b").c_str()) == 0);
  CHECK(create_atomically(folder / "b", "2").exists);
  CHECK(create_atomically(folder / "no/c", "2").fault == "No such file or directory");
}

TEST_CASE("a file is kept beside, whatever was there") {
  const Folder folder;
  std::ofstream(folder / "a") << "new";
  std::ofstream(folder / "b") << "old";
  CHECK(keep_beside(folder / "a", folder / "b") == "");
  CHECK(text_of(folder / "b") == "new");
  CHECK(keep_beside(folder / "a", folder / "b") == "");  // names of one file already
  CHECK(write_atomically(folder / "a", {"newer"}) == "");
  CHECK(text_of(folder / "b") == "new");
  CHECK(folder.files() == 2);
  CHECK(keep_beside(folder / "absent", folder / "b") == "No such file or directory");
  CHECK(text_of(folder / "b") == "new");
}

TEST_CASE("what dead writers left is removed, what is being written is not") {
  const Folder folder;
  for (const char* name : {".a.x0y1z2.part", ".a.4711.part", ".mine.part", "a.x0y1z2.part", ".a.toolong.part"})
    std::ofstream(folder / name) << "half";
  const Descriptor busy(::open((folder / ".a.held00.part").c_str(), O_CREAT | O_WRONLY, 0600));
  REQUIRE(::flock(busy.get(), LOCK_EX) == 0);
  CHECK(write_atomically(folder / "b", {"x"}) == "");
  CHECK(fs::exists(folder / ".a.x0y1z2.part"));  // of another file
  CHECK(write_atomically(folder / "a", {"x"}) == "");
  CHECK_FALSE(fs::exists(folder / ".a.x0y1z2.part"));
  CHECK_FALSE(fs::exists(folder / ".a.4711.part"));
  std::ofstream(folder / ".c.x0y1z2.part") << "half";
  remove_scratch(folder.path.string());
  CHECK_FALSE(fs::exists(folder / ".c.x0y1z2.part"));
  for (const char* name : {".mine.part", "a.x0y1z2.part", ".a.toolong.part", ".a.held00.part"})
    CHECK(fs::exists(folder / name));
}

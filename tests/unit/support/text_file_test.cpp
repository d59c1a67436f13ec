#include "support/text_file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

using modelc::support::read_text;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / ("modelc_text_file." + std::to_string(::getpid()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
};

}  // namespace

TEST_CASE("a text file is read up to its limit and one byte more") {
  Folder folder;
  const std::string file = folder.path / "a.txt";
  std::ofstream(file) << std::string(100, 'a');
  std::string text;
  CHECK(read_text(file, 100, text) == "");
  CHECK(text.size() == 100);
  text.clear();
  CHECK(read_text(file, 99, text) == "");
  CHECK(text.size() == 100);
  text.clear();
  CHECK(read_text(file, 10, text) == "");
  CHECK(text.size() == 11);
}

TEST_CASE("a pipe is read to its end, and one that nobody writes is given up") {
  Folder folder;
  const std::string pipe = folder.path / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  std::string text;
  CHECK(read_text(pipe, 100, text, 1) == "nothing comes from it: it is no file, and nobody writes to it");
  std::thread writer([&] { std::ofstream(pipe) << "modelc: 1\n" << std::flush << "name: P\n"; });
  CHECK(read_text(pipe, 100, text, 10) == "");
  writer.join();
  CHECK(text == "modelc: 1\nname: P\n");
}

TEST_CASE("what cannot be opened says why") {
  std::string text;
  CHECK(read_text("/nowhere/at/all", 10, text) == "No such file or directory");
}

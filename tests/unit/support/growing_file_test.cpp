#include "support/growing_file.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

using modelc::support::GrowingFile;
namespace fs = std::filesystem;

namespace {

struct Table {
  fs::path folder = fs::temp_directory_path() / ("modelc_growing_file." + std::to_string(::getpid()));
  std::string path = (folder / "table").string();
  Table() { fs::create_directories(folder); }
  ~Table() { fs::remove_all(folder); }
  std::string text() const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

}  // namespace

TEST_CASE("a growing file keeps whole lines, and what is asked of them") {
  const Table table;
  {
    GrowingFile file;
    CHECK(file.open(table.path) == "");
    CHECK(file.append("a,b\n") == "");
    CHECK(file.append("1,2\n") == "");
    CHECK(file.append("3,4\n") == "");
    CHECK(file.sync() == "");
    CHECK(file.size() == 12);
  }
  std::ofstream(table.path, std::ios::app) << "half of a li";
  {
    GrowingFile file;
    CHECK(file.open(table.path) == "");
    CHECK(file.size() == 12);
    CHECK(table.text() == "a,b\n1,2\n3,4\n");
  }
  {
    GrowingFile file;
    CHECK(file.open(table.path, 8) == "");
    CHECK(file.append("5,6\n") == "");
    CHECK(table.text() == "a,b\n1,2\n5,6\n");
  }
  GrowingFile file;
  CHECK(file.open(table.path, 100) == "");
  CHECK(file.size() == 12);
  std::ofstream(table.path) << std::string(10000, 'x');
  CHECK(file.open(table.path) == "");
  CHECK(table.text() == "");
}

TEST_CASE("a line that does not fit is taken away whole") {
  const Table table;
  GrowingFile file;
  CHECK(file.open(table.path) == "");
  CHECK(file.append("1,2\n") == "");
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit most{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &most) == 0);
  const rlimit little{6, most.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &little) == 0);
  const std::string why = file.append("3,4\n");
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &most) == 0);
  std::signal(SIGXFSZ, before);
  CHECK(why == "File too large");
  CHECK(table.text() == "1,2\n");
  CHECK(file.append("3,4\n") == "");
  CHECK(table.text() == "1,2\n3,4\n");
}

TEST_CASE("what is no file does not grow") {
  const Table table;
  GrowingFile file;
  REQUIRE(::mkfifo(table.path.c_str(), 0600) == 0);
  CHECK(file.open(table.path) == "is no regular file");
  CHECK(file.open("/nowhere/table") == "No such file or directory");
}

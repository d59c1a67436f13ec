#include "train/events.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace modelc;

namespace {

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

runs::Figures figures(std::size_t rows) {
  runs::Figures out{{"train.loss", "valid.loss"}, {}};
  for (std::size_t i = 0; i < rows; ++i)
    out.rows.push_back({double(i + 1), double(10 * (i + 1)), {1.0 / double(i + 1), i == 1 ? std::nan("") : 0.5}});
  return out;
}

struct Folder {
  std::string path = (std::filesystem::temp_directory_path() / ("events-" + std::to_string(::getpid()))).string();
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
};

}  // namespace

TEST_CASE("events: the checksum is CRC-32C") {
  // From RFC 3720, B.4.
  CHECK(train::crc32c("123456789") == 0xE3069283u);
  CHECK(train::crc32c(std::string(32, '\0')) == 0x8A9136AAu);
  CHECK(train::crc32c(std::string(32, '\xff')) == 0x62A8AB43u);
  CHECK(train::crc32c("") == 0);
}

TEST_CASE("events: records are read up to the first damaged one") {
  const std::string file = train::framed("one") + train::framed("") + train::framed("three");
  CHECK(train::records_of(file) == std::vector<std::string>{"one", "", "three"});
  for (std::size_t cut = 0; cut < file.size(); ++cut)
    CHECK(train::records_of(file.substr(0, cut)).size() == (cut < 19 ? 0u : cut < 35 ? 1u : 2u));
  for (std::size_t at = 0; at < file.size(); ++at) {
    std::string damaged = file;
    damaged[at] ^= 1;
    CHECK(train::records_of(damaged).size() == (at < 19 ? 0u : at < 35 ? 1u : 2u));
  }
}

TEST_CASE("events: one that goes on has a record for each row that is kept, once, at its time") {
  const Folder folder;
  const std::string path = folder.path + "/" + train::kEventsFile;
  const runs::Figures all = figures(3);
  {
    train::EventsFile file;
    REQUIRE(file.begin(path, {all.columns, {}}) == "");
    for (const runs::Figures::Row& row : all.rows) REQUIRE(file.add(all.columns, row) == "");
  }
  const std::string whole = bytes_of(path);
  const std::vector<std::string> before = train::records_of(whole);
  REQUIRE(before.size() == 4);
  {
    train::EventsFile file;
    REQUIRE(file.begin(path, figures(2)) == "");
    CHECK(train::records_of(bytes_of(path)) == std::vector<std::string>(before.begin(), before.begin() + 3));
    REQUIRE(file.add(all.columns, all.rows[2]) == "");
  }
  CHECK(train::records_of(bytes_of(path)).size() == 4);
  // What a kill cut off is made again from the rows.
  std::ofstream(path, std::ios::binary) << whole.substr(0, whole.size() - 5);
  train::EventsFile file;
  REQUIRE(file.begin(path, all) == "");
  const std::vector<std::string> again = train::records_of(bytes_of(path));
  REQUIRE(again.size() == 4);
  CHECK(again[2] == before[2]);
  CHECK(file.begin(folder.path + "/none/there", all) != "");
}

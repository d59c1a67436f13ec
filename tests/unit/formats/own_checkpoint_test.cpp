#include "formats/own_checkpoint.h"

#include <doctest/doctest.h>

#include "../../scratch.h"
#include "formats/safetensors.h"

using namespace modelc;

namespace {

std::string sealed(std::map<std::string, std::string> metadata) {
  std::vector<formats::TensorEntry> none;
  std::string header = formats::make_safetensors_header(none, metadata);
  formats::seal_header(header);
  return header;
}

std::string damage_of(const std::string& bytes) {
  const scratch::Folder folder;
  const auto header = formats::read_safetensors_header(folder.write("own.safetensors", bytes));
  REQUIRE(header);
  return formats::header_damage(*header.value);
}

const std::string kZeros(16, '0');

}  // namespace

TEST_CASE("a sealed header is as it was written, one with another byte is not") {
  const std::string header = sealed({{"modelc.description", "modelc: 1"}, {"modelc.header", kZeros}});
  CHECK(header.find(kZeros) == std::string::npos);
  CHECK(damage_of(header) == "");
  std::string other = header;
  other.replace(other.find("modelc: 1"), 9, "modelc: 2");
  CHECK(damage_of(other) == "its header is not as it was written");
  other = header;
  other.back() = '\t';
  CHECK(damage_of(other) == "its header is not as it was written");
}

TEST_CASE("a place for the checksum within another value is none") {
  const std::string text = "\"modelc.header\":\"" + kZeros;
  const std::string header = sealed({{"a", text}, {"modelc.header", kZeros}});
  CHECK(damage_of(header) == "");
  CHECK(sealed({{"a", text}}).find(kZeros) != std::string::npos);
}

TEST_CASE("files of others, of before and of later") {
  CHECK(damage_of(sealed({})) == "");
  CHECK(damage_of(sealed({{"format", "pt"}, {"modelc.version", "0.1.0"}})) == "");
  CHECK(damage_of(sealed({{"modelc.checksums", "{}"}})).find("earlier modelc") != std::string::npos);
  CHECK(damage_of(sealed({{"modelc.format", "2"}})).find("no `modelc.header`") != std::string::npos);
  CHECK(damage_of(sealed({{"modelc.format", "3"}, {"modelc.version", "9.9"}, {"modelc.header", kZeros}})) ==
        "was written by a later modelc (9.9), in format 3; this one reads formats up to 2");
}

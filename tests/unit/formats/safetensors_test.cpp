#include "formats/safetensors.h"

#include <doctest/doctest.h>

#include "../../scratch.h"

using namespace modelc::formats;
using modelc::types::DType;

namespace {

std::string with_length(const std::string& json, const std::string& data = "") {
  std::string out;
  for (int i = 0; i < 8; ++i) out += static_cast<char>(json.size() >> (8 * i) & 0xFF);
  return out + json + data;
}

std::string refusal(const std::string& bytes) {
  const auto result = parse_safetensors_header(bytes, bytes.size(), "w");
  return result ? "" : result.fault.message;
}

bool refused(const std::string& bytes, const std::string& part) {
  return refusal(bytes).find(part) != std::string::npos;
}

std::string entry(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return "{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
}

}  // namespace

TEST_CASE("safetensors: what is written is read again, with metadata and odd names") {
  std::vector<TensorEntry> tensors(3);
  tensors[0] = {"b.weight", DType::Float32, {2, 3}, {}, 0, 0};
  tensors[1] = {"a \"quoted\" \\ \n", DType::Int64, {}, {}, 0, 0};
  tensors[2] = {"empty", DType::BFloat16, {0, 4}, {}, 0, 0};
  std::string bytes = make_safetensors_header(tensors, {{"modelc.description", "línea\t1\n"}, {"format", "pt"}});
  CHECK(bytes.size() % 64 == 0);
  CHECK(tensors[0].offset == bytes.size());
  bytes.append(24 + 8, 'x');
  const auto read = parse_safetensors_header(bytes, bytes.size(), "w");
  REQUIRE_MESSAGE(read, read.fault.message);
  REQUIRE(read.value->tensors.size() == 3);
  CHECK(read.value->tensors[0].name == "b.weight");
  CHECK(read.value->tensors[0].type() == "float[2, 3]");
  CHECK(read.value->find("a \"quoted\" \\ \n") != nullptr);
  CHECK(read.value->metadata.at("modelc.description") == "línea\t1\n");
}

TEST_CASE("safetensors: every rule refuses") {
  const std::string good = "{\"w\":" + entry("F32", "[1]", "[0,4]") + "}";
  CHECK(refusal(with_length(good, "1234")).empty());
  CHECK(refusal(with_length(good + "   ", "1234")).empty());
  CHECK(refusal(with_length("{\"\\u00e9\\ud83d\\ude00\":" + entry("F32", "[1]", "[0,4]") + "}", "1234")).empty());
  CHECK(refused("", "expected the 8"));
  CHECK(refused(std::string(8, '\0'), "header of 0 bytes"));
  CHECK(refused(std::string("\x07\0\0\0\0\0\0\0{}", 10), "cut off"));
  CHECK(refused(std::string("\xff\xff\xff\xff\xff\xff\xff\x7f", 8), "at most 100,000,000"));
  CHECK(refused(with_length("[]"), "expected `{`"));
  CHECK(refused(with_length(" {}"), "expected `{`"));
  CHECK(refused(with_length("{\"\xff\":1}"), "not UTF-8"));
  CHECK(refused(with_length(good, "12345"), "1 bytes after the last tensor"));
  CHECK(refused(with_length(good, "123"), "cut off"));
  CHECK(refused(with_length("{\"w\":" + entry("F32", "[1]", "[0,4]") + ",\"w\":" + entry("F32", "[1]", "[4,8]") + "}",
                            "12345678"),
                "stands twice"));
  CHECK(refused(with_length("{\"w\":" + entry("F4", "[1]", "[0,8]") + "}", "12345678"), "dtype `F4`"));
  CHECK(refused(with_length("{\"w\":" + entry("F32", "[1]", "[4,0]") + "}", "1234"), "reversed"));
  CHECK(refused(with_length("{\"w\":" + entry("F32", "[1]", "[4,8]") + "}", "12345678"), "a hole"));
  CHECK(refused(with_length("{\"w\":" + entry("F32", "[2]", "[0,8]") + ",\"v\":" + entry("F32", "[1]", "[4,8]") + "}",
                            "12345678"),
                "overlap"));
  CHECK(refused(with_length("{\"w\":" + entry("F32", "[3]", "[0,8]") + "}", "12345678"), "needs 12"));
  CHECK(refused(with_length("{\"w\":" + entry("F32", "[4294967296,4294967296]", "[0,0]") + "}"), "overflows"));
  CHECK(refused(with_length("{\"w\":" + entry("F32", "[-1]", "[0,4]") + "}", "1234"), "integer of at least 0"));
  CHECK(refused(with_length("{\"w\":" + entry("F32", "[1.0]", "[0,4]") + "}", "1234"), "fraction"));
  CHECK(refused(with_length("{\"w\":" + entry("F32", "[1]", "[0,99999999999999999999]") + "}", "1234"), "64 bits"));
  CHECK(refused(with_length("{\"w\":{\"dtype\":\"F32\",\"shape\":[1]}}", "1234"), "`data_offsets` is missing"));
  CHECK(refused(with_length("{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"shape\":[1]}}", "1234"), "stands twice"));
  CHECK(refused(with_length("{\"w\":{\"x\":1}}"), "unknown key"));
  CHECK(refused(with_length("{\"__metadata__\":{\"a\":1}}"), "is no string"));
  CHECK(refused(with_length("{\"w\":NaN}"), "expected `{`"));
  CHECK(refused(with_length("{} x"), "after the header"));
  std::string rank = "[1";
  for (int i = 0; i < 1000; ++i) rank += ",1";
  CHECK(refused(with_length("{\"w\":" + entry("F32", rank + "]", "[0,4]") + "}", "1234"), "more than 64"));
  CHECK(refused(with_length("{\"w\":" + std::string(100000, '[')), "expected `{`"));
  CHECK(refused(with_length("{\"w\":" + std::string(100000, '{')), "expected a string"));
  CHECK(refusal(with_length("{\"w\":" + entry("F32", "[1]", "[4,8]") + "}", "12345678")).find("tensor `w`") !=
        std::string::npos);
}

TEST_CASE("safetensors: a file cut at any byte is refused") {
  std::vector<TensorEntry> tensors(2);
  tensors[0] = {"a", DType::Float32, {3}, {}, 0, 0};
  tensors[1] = {"b", DType::UInt8, {5}, {}, 0, 0};
  std::string bytes = make_safetensors_header(tensors, {});
  bytes.append(17, 'x');
  scratch::Folder folder;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(read_weight_header(folder.write("w.safetensors", bytes.substr(0, size))));
  CHECK(read_weight_header(folder.write("w.safetensors", bytes)));
  CHECK(read_weight_header(folder.path("none")).fault.not_found);
}

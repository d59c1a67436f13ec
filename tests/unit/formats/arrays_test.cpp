#include "formats/arrays.h"

#include <doctest/doctest.h>

#include <cstring>
#include <random>

#include "../../scratch.h"
#include "formats/pickle.h"
#include "formats/zip.h"
#include "state_dicts.h"

using namespace modelc::formats;
using modelc::types::DType;
using namespace state_dicts;

namespace {

std::string npy(const std::string& dict, const std::string& data) {
  std::string out("\x93NUMPY\x01\x00", 8);
  out += static_cast<char>(dict.size() & 0xFF);
  out += static_cast<char>(dict.size() >> 8);
  return out + dict + data;
}

}  // namespace

TEST_CASE("npy: byte order, column-major, pickles refused") {
  scratch::Folder folder;
  auto array = read_npy(folder.write("a.npy", npy("{'descr': '<i4', 'fortran_order': True, 'shape': (2, 2), }",
                                                  std::string("\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0", 16))));
  REQUIRE(array);
  CHECK(array.value->bytes == std::string("\1\0\0\0\3\0\0\0\2\0\0\0\4\0\0\0", 16));
  array = read_npy(
      folder.write("b.npy", npy("{'descr': '>i2', 'fortran_order': False, 'shape': (1,), }", std::string("\1\0", 2))));
  REQUIRE(array);
  CHECK(array.value->bytes == std::string("\0\1", 2));
  CHECK(read_npy(folder.write("o.npy", npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "x")))
            .fault.message.find("pickled objects") != std::string::npos);
  CHECK(read_npy(folder.write("u.npy", npy("{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }", "x")))
            .fault.message.find("dtype `<U4`") != std::string::npos);
  CHECK(read_npy(folder.write("c.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", "1234")))
            .fault.message.find("asks for 12") != std::string::npos);
  CHECK_FALSE(read_npy(folder.write(
      "v.npy",
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4611686018427387904), }", ""))));
}

TEST_CASE("npz: what is written is read again") {
  scratch::Folder folder;
  const std::vector<Array> arrays = {{"x", DType::Float32, {2}, std::string("\0\0\x80?\0\0\0@", 8)},
                                     {"flag", DType::Bool, {}, std::string("\1", 1)}};
  const std::string bytes = make_npz(arrays);
  const auto read = read_npz(folder.write("a.npz", bytes));
  REQUIRE_MESSAGE(read, read.fault.message);
  REQUIRE(read.value->size() == 2);
  CHECK((*read.value)[0].name == "x");
  CHECK((*read.value)[0].bytes == arrays[0].bytes);
  CHECK((*read.value)[1].shape.empty());
  CHECK(inspect_npz(folder.path("a.npz")).fault.message.find("`flag` is a scalar") != std::string::npos);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(read_npz(folder.write("cut.npz", bytes.substr(0, size))));
}

TEST_CASE(
    "zip, npz and pickles: what random damage leaves readable lies in the file, the rest is refused with a reason") {
  scratch::Folder folder;
  const std::string seeds[] = {make_npz({{"x", DType::Float32, {2}, std::string(8, 'a')}}),
                               torch_zip(state_dict_pickle()), state_dict_pickle()};
  std::mt19937 random(7);
  int refused[3] = {};
  for (int i = 0; i < 1500; ++i) {
    const std::size_t kind = static_cast<std::size_t>(i) % 3;
    std::string bytes = seeds[kind];
    for (unsigned k = 0, n = 1 + random() % 4; k < n; ++k) bytes[random() % bytes.size()] = static_cast<char>(random());
    if (kind == 2) {
      const auto read = read_pickle(bytes, 0, "p");
      if (read) CHECK(read.value->end <= bytes.size());
      else CHECK(read.fault.str().starts_with("p"));
      refused[kind] += !read;
      continue;
    }
    const std::string path = folder.write("f", bytes);
    const auto arrays = read_npz(path);
    if (!arrays) CHECK(!arrays.fault.message.empty());
    const auto weights = read_weight_header(path);
    if (!weights) CHECK(!weights.fault.message.empty());
    else
      for (const TensorEntry& entry : weights.value->tensors) CHECK(entry.offset + entry.bytes <= bytes.size());
    refused[kind] += kind == 0 ? !arrays : !weights;
  }
  // Most damage is seen; what is not fell on bytes that nothing depends on, such as times.
  for (const int count : refused) CHECK(count > 250);
}

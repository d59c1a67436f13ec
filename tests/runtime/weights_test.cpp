#include <ATen/Functions.h>
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "../scratch.h"
#include "support/whole_file.h"
#include "weights/load.h"
#include "weights/npz.h"

using namespace modelc;

namespace {

using scratch::Folder;
weights::NamedTensors every_dtype() {
  weights::NamedTensors out;
  for (at::ScalarType type :
       {at::kDouble, at::kFloat, at::kHalf, at::kBFloat16, at::kLong, at::kInt, at::kShort, at::kChar, at::kByte})
    out.emplace_back(std::string("t") + std::to_string(out.size()),
                     at::arange(6, at::TensorOptions().dtype(at::kFloat)).reshape({2, 3}).to(type));
  out.emplace_back("bool", at::arange(3, at::TensorOptions().dtype(at::kFloat)).gt(0));
  out.emplace_back("scalar", at::scalar_tensor(2.5));
  out.emplace_back("empty", at::empty({0, 4}));
  out.emplace_back("strided", at::arange(6, at::TensorOptions().dtype(at::kFloat)).reshape({2, 3}).t());
  return out;
}

void check_equal(const weights::NamedTensors& a, const weights::NamedTensors& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].first == b[i].first);
    CHECK(a[i].second.equal(b[i].second));
  }
}

ir::Program one_layer() {
  ir::Program program;
  program.tree.modules.resize(1);
  ir::Tensor weight;
  weight.name = "weight";
  weight.type = {types::DType::Float32, {2}};
  program.tree.modules[0].tensors.push_back(weight);
  weight.name = "bias";
  program.tree.modules[0].tensors.push_back(weight);
  return program;
}

}  // namespace

TEST_CASE("safetensors: every dtype, strided and empty tensors, metadata") {
  const Folder folder;
  const std::string path = folder.path("w.safetensors");
  CHECK(weights::write_safetensors(path, every_dtype(), {{"k", "v"}}).empty());
  std::map<std::string, std::string> metadata;
  const auto read = weights::read_safetensors(path, &metadata);
  REQUIRE(read);
  check_equal(*read.value, every_dtype());
  CHECK(metadata.at("k") == "v");
}

TEST_CASE("a file is replaced whole or not at all, and no scratch file stays") {
  const Folder folder;
  const std::string path = folder.path("w.safetensors");
  CHECK(support::write_atomically(path, {"old"}).empty());
  CHECK(support::write_atomically(path, {"new", " file"}).empty());
  std::ifstream in(path);
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == "new file");
  CHECK_FALSE(support::write_atomically(folder.path("no/such/folder/w"), {"x"}).empty());
  std::filesystem::create_directory(folder.path("taken"));
  CHECK_FALSE(support::write_atomically(folder.path("taken"), {"x"}).empty());
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(path).parent_path()))
    ++count;
  CHECK(count == 2);
}

TEST_CASE("a checkpoint in which any byte is another is no checkpoint any more") {
  const Folder folder;
  const std::string path = folder.path("w.safetensors"), struck = folder.path("struck.safetensors");
  const weights::NamedTensors tensors{{"a.weight", at::tensor({1.0F, 2.0F, 3.0F})},
                                      {"a.mask", at::tensor({1, 0, 1}, at::kByte).to(at::kBool)},
                                      {"step", at::scalar_tensor(7, at::kLong)}};
  const std::map<std::string, std::string> metadata{{"modelc.description", "modelc: 1"}, {"modelc.version", "0.1.0"}};
  REQUIRE(weights::write_safetensors(path, tensors, weights::with_checksums(tensors, metadata)).empty());
  const auto whole = weights::read_safetensors(path);
  REQUIRE(whole);
  check_equal(*whole.value, tensors);
  std::ifstream in(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  const auto taken = [&](const std::string& other) {
    std::ofstream(struck, std::ios::binary) << other;
    return static_cast<bool>(weights::read_safetensors(struck));
  };
  CHECK(taken(bytes));
  std::size_t missed = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at)
    for (const int bits : {1, 2, 8, 64, 255}) {
      std::string other = bytes;
      other[at] = static_cast<char>(other[at] ^ bits);
      if (!taken(other)) continue;
      ++missed;
      MESSAGE("byte ", at, ", bits ", bits);
    }
  CHECK(missed == 0);
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK_FALSE(taken(bytes.substr(0, size)));
  std::string other = bytes;
  other.replace(other.find("\"F32\""), 5, "\"I32\"");
  CHECK_FALSE(taken(other));
  CHECK_FALSE(taken(bytes + '\0'));
}

TEST_CASE("npz and npy round trips; bfloat16 becomes float32") {
  const Folder folder;
  CHECK(weights::write_npz(folder.path("a.npz"), every_dtype()).empty());
  const auto read = weights::read_npz(folder.path("a.npz"));
  REQUIRE(read);
  weights::NamedTensors expected = every_dtype();
  expected[3].second = expected[3].second.to(at::kFloat);
  check_equal(*read.value, expected);
  CHECK(weights::write_npy(folder.path("a.npy"), expected[1].second).empty());
  CHECK(weights::read_npy(folder.path("a.npy")).value->equal(expected[1].second));
}

TEST_CASE("weights are loaded all or nothing") {
  const Folder folder;
  const ir::Program program = one_layer();
  build::TreeModule tree(program);
  std::vector<ir::WeightSource> sources(1);
  sources[0].from = folder.path("w.safetensors");
  CHECK(weights::write_safetensors(sources[0].from, {{"weight", at::ones({2})}, {"bias", at::ones({3})}}, {}).empty());
  diagnostics::Sink sink;
  CHECK_FALSE(weights::load_weights(program, tree, sources, {}, sink));
  CHECK(sink.found()[0].code == "M7106");
  CHECK(tree.tensor(0, 0).eq(0).all().item<bool>());
  CHECK(weights::write_safetensors(sources[0].from, {{"weight", at::ones({2})}, {"bias", at::full({2}, 3.0)}}, {})
            .empty());
  diagnostics::Sink second;
  CHECK(weights::load_weights(program, tree, sources, {}, second));
  CHECK(tree.tensor(0, 0).eq(1).all().item<bool>());
  CHECK(tree.tensor(0, 1).eq(3).all().item<bool>());
  sources[0].from = folder.path("none");
  diagnostics::Sink third;
  CHECK_FALSE(weights::load_weights(program, tree, sources, {}, third));
  CHECK(third.found()[0].code == "M7102");
}

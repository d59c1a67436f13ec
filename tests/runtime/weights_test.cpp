#include <ATen/Functions.h>
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "weights/load.h"
#include "weights/npz.h"
#include "weights/write_file.h"

using namespace modelc;

namespace {

class Folder {
 public:
  Folder() {
    path_ = (std::filesystem::temp_directory_path() / "modelc-weights-XXXXXX").string();
    REQUIRE(::mkdtemp(path_.data()));
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

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
  const std::string path = folder.file("w.safetensors");
  CHECK(weights::write_safetensors(path, every_dtype(), {{"k", "v"}}).empty());
  std::map<std::string, std::string> metadata;
  const auto read = weights::read_safetensors(path, &metadata);
  REQUIRE(read);
  check_equal(*read.value, every_dtype());
  CHECK(metadata.at("k") == "v");
}

TEST_CASE("a file is replaced whole or not at all, and no scratch file stays") {
  const Folder folder;
  const std::string path = folder.file("w.safetensors");
  CHECK(weights::write_atomically(path, {"old"}).empty());
  CHECK(weights::write_atomically(path, {"new", " file"}).empty());
  std::ifstream in(path);
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == "new file");
  CHECK_FALSE(weights::write_atomically(folder.file("no/such/folder/w"), {"x"}).empty());
  std::filesystem::create_directory(folder.file("taken"));
  CHECK_FALSE(weights::write_atomically(folder.file("taken"), {"x"}).empty());
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(path).parent_path()))
    ++count;
  CHECK(count == 2);
}

TEST_CASE("npz and npy round trips; bfloat16 becomes float32") {
  const Folder folder;
  CHECK(weights::write_npz(folder.file("a.npz"), every_dtype()).empty());
  const auto read = weights::read_npz(folder.file("a.npz"));
  REQUIRE(read);
  weights::NamedTensors expected = every_dtype();
  expected[3].second = expected[3].second.to(at::kFloat);
  check_equal(*read.value, expected);
  CHECK(weights::write_npy(folder.file("a.npy"), expected[1].second).empty());
  CHECK(weights::read_npy(folder.file("a.npy")).value->equal(expected[1].second));
}

TEST_CASE("weights are loaded all or nothing") {
  const Folder folder;
  const ir::Program program = one_layer();
  build::TreeModule tree(program);
  std::vector<ir::WeightSource> sources(1);
  sources[0].from = folder.file("w.safetensors");
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
  sources[0].from = folder.file("none");
  diagnostics::Sink third;
  CHECK_FALSE(weights::load_weights(program, tree, sources, {}, third));
  CHECK(third.found()[0].code == "M7102");
}

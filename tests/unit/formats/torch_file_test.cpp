#include <doctest/doctest.h>

#include "../../scratch.h"
#include "formats/pickle.h"
#include "formats/safetensors.h"
#include "state_dicts.h"

using namespace modelc::formats;
using namespace state_dicts;

namespace {

std::string text(const std::string& word) {
  return "X" + std::string(1, static_cast<char>(word.size())) + std::string(3, '\0') + word;
}

// {key: the state dict of state_dict_pickle()}, its opcodes without protocol and stop.
std::string nested(const std::string& key) {
  const std::string inner = state_dict_pickle();
  return "\x80\x02}" + text(key) + inner.substr(2, inner.size() - 3) + "s.";
}

std::string keys(const std::string& list) { return "\x80\x02]" + list + "."; }
std::string length(char elements) { return elements + std::string(7, '\0'); }

struct Reader {
  scratch::Folder folder;
  Result<WeightFile> read(const std::string& bytes, const std::string& name = "w.pt") {
    return read_weight_header(folder.write(name, bytes));
  }
  std::string refusal(const std::string& bytes) { return read(bytes).fault.str(); }
};

bool says(const std::string& text, const std::string& words) {
  const bool found = text.find(words) != std::string::npos;
  if (!found) MESSAGE(text);
  return found;
}

}  // namespace

TEST_CASE("torch: a state dict is read as data") {
  Reader reader;
  const auto read = reader.read(torch_zip(state_dict_pickle()));
  REQUIRE_MESSAGE(read, read.fault.str());
  REQUIRE(read.value->tensors.size() == 1);
  CHECK(read.value->tensors[0].name == "w");
  CHECK(read.value->tensors[0].type() == "float[2, 3]");
  CHECK(read.value->tensors[0].strides.empty());
  CHECK(read.value->tensors[0].offset % 64 == 0);
}

TEST_CASE("torch: strides are resolved to row-major values") {
  Reader reader;
  std::string pickle = state_dict_pickle();
  pickle.replace(pickle.find("K\x03K\x01\x86\x89"), 4, "K\x01K\x02");  // column-major
  std::string data;
  for (char k = 0; k < 6; ++k) data += std::string(4, k);
  const auto read =
      reader.read(make_zip({{"archive/data.pkl", pickle}, {"archive/data/0", data}, {"archive/version", "3\n"}}));
  REQUIRE_MESSAGE(read, read.fault.str());
  const auto values = read_tensor_values(*read.value, read.value->tensors[0]);
  REQUIRE(values);
  std::string order;
  for (std::size_t k = 0; k < 24; k += 4) order += static_cast<char>('0' + (*values.value)[k]);
  CHECK(order == "024135");
}

TEST_CASE("torch: a state dict is found under the names that scripts give it, and several by their names") {
  Reader reader;
  const auto name = [&](const std::string& key) {
    const auto read = reader.read(torch_zip(nested(key)));
    REQUIRE_MESSAGE(read, read.fault.str());
    REQUIRE(read.value->tensors.size() == 1);
    return read.value->tensors[0].name;
  };
  for (const char* key : {"state_dict", "model_state_dict", "model", "net", "module"}) CHECK(name(key) == "w");
  CHECK(name("generator") == "generator.w");
  CHECK(says(reader.refusal(torch_zip("\x80\x02}" + text("epoch") + "K\x03s.")), "no tensors under its keys `epoch`"));
}

TEST_CASE("torch: the format before 1.6, with storages that the state dict does not use") {
  Reader reader;
  const std::string storage = length(6) + std::string(24, 'x');
  const auto read = reader.read(old_torch(state_dict_pickle(), keys(text("0") + "a") + storage));
  REQUIRE_MESSAGE(read, read.fault.str());
  CHECK(read.value->tensors.at(0).type() == "float[2, 3]");
  const auto values = read_tensor_values(*read.value, read.value->tensors[0]);
  REQUIRE(values);
  CHECK(*values.value == std::string(24, 'x'));
  const auto refusal = [&](const std::string& tail) { return reader.refusal(old_torch(state_dict_pickle(), tail)); };
  CHECK(says(refusal(keys("") + storage), "tensor `w`: its storage `0` is not in the file"));
  CHECK(says(refusal(keys(text("0") + "a") + length(6) + "xxxx"), "storage `0` has 6 elements, but the file ends"));
  CHECK(says(refusal(keys(text("9") + "a") + storage), "storage `9` is of no tensor"));
  CHECK(says(refusal(keys(text("0") + "a") + length(5) + std::string(20, 'x')), "its storage has 20 bytes"));
  CHECK(says(reader.refusal("\x80\x02}."), "byte 0: a pickle without PyTorch's magic number"));
}

TEST_CASE("torch: names, lies and foreign opcodes are refused") {
  Reader reader;
  const auto refusal = [&](const std::string& pickle, std::size_t data = 24) {
    return reader.refusal(torch_zip(pickle, data));
  };
  CHECK(says(refusal(state_dict_pickle("cos\nsystem\n")), "data.pkl: byte 37, tensor `w`: refers to `os.system`"));
  CHECK(says(refusal(state_dict_pickle(), 20), "tensor `w`: its storage has 20 bytes"));
  CHECK(says(refusal(state_dict_pickle("ctorch._utils\n_rebuild_tensor_v2\n", 9)),
             "tensor `w`: reaches beyond the 6 elements of its storage"));
  CHECK(says(refusal("\x80\x02]K\x01K\x02s."), "no dict"));
  CHECK(says(refusal("\x80\x02i."), "byte 2: opcode 69"));
  CHECK(says(refusal("\x80\x02}"), "ends too early"));
  CHECK(says(refusal("\x80\x02" + std::string(1'100'000, ')') + "."), "more than 1,000,000 values"));
  CHECK(says(reader.refusal(make_zip({{"a/b", "c"}})), "without data.pkl"));
}

TEST_CASE("shards: an index and its files are one, and must agree") {
  Reader reader;
  std::vector<TensorEntry> first(1), second(1);
  first[0].name = "a", first[0].shape = {2};
  second[0].name = "b", second[0].shape = {1};
  reader.folder.write("1.safetensors", make_safetensors_header(first, {}) + "firstone");
  reader.folder.write("2.safetensors", make_safetensors_header(second, {}) + "last");
  const auto index = [&](const std::string& map) {
    return reader.read("{\"metadata\": {\"total_size\": 12}, \"weight_map\": {" + map + "}}",
                       "model.safetensors.index.json");
  };
  const auto read = index(R"("b": "2.safetensors", "a": "1.safetensors")");
  REQUIRE_MESSAGE(read, read.fault.str());
  REQUIRE(read.value->tensors.size() == 2);
  const TensorEntry* last = read.value->find("b");
  REQUIRE(last);
  CHECK(*read_tensor_values(*read.value, *last).value == "last");
  const auto refusal = [&](const std::string& map) { return index(map).fault.str(); };
  CHECK(says(refusal(R"("a": "1.safetensors", "c": "2.safetensors")"), "tensor `b` of `2.safetensors` is not named"));
  CHECK(says(refusal(R"("a": "1.safetensors", "b": "1.safetensors")"), "tensor `b` is not in `1.safetensors`"));
  CHECK(says(refusal(R"("a": "../1.safetensors")"), "`../1.safetensors` is no name of a weight file beside the index"));
  CHECK(says(refusal(R"("a": "model.safetensors.index.json")"), "is no name of a weight file"));
  CHECK(says(refusal(R"("a": "3.safetensors")"), "3.safetensors"));
  CHECK(says(refusal(R"("a": 3)"), "tensor `a`: expected the name of a file"));
  CHECK(says(refusal(R"("a": [[[)"), "a list, expected"));
  CHECK(says(refusal(R"("a" "b")"), "is no JSON"));
  CHECK(says(refusal(""), "names no tensor"));
}

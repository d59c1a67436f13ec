#include "formats/shards.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "support/utf8.h"
#include "support/words.h"

namespace modelc::formats {
namespace {

constexpr std::uint64_t kMostIndex = 64 << 20;
constexpr std::size_t kMostShards = 10'000;

/// Which file each tensor stands in, read event by event so that nothing nests in memory.
class IndexReader {
 public:
  using Json = nlohmann::json;

  explicit IndexReader(const std::string& file) : file_(file) {}

  std::map<std::string, std::map<std::string, bool>> files;  // names, by file; true once found there
  Fault fault;

  bool null() { return value(); }
  bool boolean(bool) { return value(); }
  bool binary(Json::binary_t&) { return value(); }
  bool number_integer(Json::number_integer_t) { return value(); }
  bool number_unsigned(Json::number_unsigned_t) { return value(); }
  bool number_float(Json::number_float_t, const std::string&) { return value(); }
  bool string(std::string& text) {
    if (!in_map()) return value();
    const bool plain = !text.empty() && text.find('/') == std::string::npos && text != "." && text != ".." &&
                       text.find('\0') == std::string::npos && !text.ends_with(".json");
    if (!plain) return fail(fmt::format("tensor `{}`: `{}` is no name of a weight file beside the index", key_, text));
    if (!names_.insert(key_).second) return fail(fmt::format("tensor `{}` stands twice in weight_map", key_));
    files[text].emplace(key_, false);
    if (files.size() > kMostShards) return fail(fmt::format("more than {} files", kMostShards));
    return true;
  }
  bool start_object(std::size_t) {
    static constexpr support::Word<Object> kObjects[] = {{"weight_map", Object::Map}, {"metadata", Object::Metadata}};
    const auto named = support::meaning_of(kObjects, key_);
    if (within_.size() > 1 || (within_.size() == 1 && !named)) return fail("an object, expected a text or a number");
    within_.push_back(within_.empty() ? Object::Index : *named);
    return true;
  }
  bool key(std::string& name) {
    key_ = name;
    return true;
  }
  bool end_object() {
    within_.pop_back();
    return true;
  }
  bool start_array(std::size_t) { return fail("a list, expected {\"weight_map\": {tensor: file}}"); }
  bool end_array() { return true; }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) {
    return fail_at(position == 0 ? 0 : position - 1, "is no JSON");
  }

 private:
  enum class Object { Index, Map, Metadata };

  bool in_map() const { return !within_.empty() && within_.back() == Object::Map; }
  bool value() {
    if (within_.empty()) return fail("expected {\"weight_map\": {tensor: file}}");
    return !in_map() || fail(fmt::format("tensor `{}`: expected the name of a file", key_));
  }
  bool fail(std::string_view why) {
    fault = file_fault(file_, fmt::format("weight_map: {}", why));
    return false;
  }
  bool fail_at(std::size_t at, std::string_view why) {
    fault = file_fault(file_, fmt::format("byte {}: {}", at, why));
    return false;
  }

  const std::string& file_;
  std::vector<Object> within_;  // what is open
  std::string key_;
  std::set<std::string> names_;
};

}  // namespace

Result<WeightFile> read_shard_index(const OpenFile& index) {
  const std::string& path = index.path;
  if (index.size > kMostIndex) return {{}, file_fault(path, "byte 0: an index of more than 64 MiB")};
  Result<std::string> text = read_range(index, 0, static_cast<std::size_t>(index.size));
  if (!text) return {{}, std::move(text.fault)};
  if (const std::size_t bad = support::find_bad_utf8(*text.value); bad != std::string_view::npos)
    return {{}, file_fault(path, fmt::format("byte {}: is not UTF-8", bad))};
  IndexReader reader(path);
  if (!nlohmann::json::sax_parse(*text.value, &reader)) return {{}, std::move(reader.fault)};
  if (reader.files.empty()) return {{}, file_fault(path, "weight_map: names no tensor")};
  WeightFile out;
  out.file = path;
  out.format = fmt::format("{} files by an index", reader.files.size());
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  for (auto& [name, wanted] : reader.files) {
    Result<WeightFile> shard = read_weight_header((folder / name).string());
    if (!shard) return {{}, file_fault(path, fmt::format("weight_map: {}", shard.fault.str()))};
    for (TensorEntry& entry : shard.value->tensors) {
      const auto it = wanted.find(entry.name);
      if (it == wanted.end())
        return {{}, file_fault(path, fmt::format("weight_map: tensor `{}` of `{}` is not named", entry.name, name))};
      it->second = true;
      entry.part += out.parts.size();
      out.tensors.push_back(std::move(entry));
    }
    for (const auto& [tensor, found] : wanted)
      if (!found) return {{}, file_fault(path, fmt::format("weight_map: tensor `{}` is not in `{}`", tensor, name))};
    out.parts.insert(out.parts.end(), shard.value->parts.begin(), shard.value->parts.end());
  }
  return {std::move(out), {}};
}

}  // namespace modelc::formats

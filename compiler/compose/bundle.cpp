#include "compose/bundle.h"

#include <nlohmann/json.hpp>

#include "formats/own_checkpoint.h"
#include "formats/safetensors.h"
#include "support/json.h"

namespace modelc::compose {
namespace {

using Json = nlohmann::json;

/// How every bundle begins, whatever version wrote it.
constexpr std::string_view kOpening = "{\"modelc.bundle\": 1,";

/// The texts of a list; false where it holds anything else. What is not there is an empty one.
bool read_list(const Json* json, std::vector<std::string>& out) {
  if (json == nullptr) return true;
  if (!json->is_array()) return false;
  for (const Json& item : *json) {
    if (!item.is_string()) return false;
    out.push_back(item.get<std::string>());
  }
  return true;
}

bool read_pairs(const Json* json, std::vector<std::pair<std::string, std::string>>& out) {
  if (json == nullptr) return true;
  if (!json->is_array()) return false;
  for (const Json& item : *json) {
    std::vector<std::string> pair;
    if (!read_list(&item, pair) || pair.size() != 2) return false;
    out.emplace_back(pair[0], pair[1]);
  }
  return true;
}

/// The member of that name; nullptr where there is none.
const Json* member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

}  // namespace

bool looks_like_bundle(std::string_view text) { return text.substr(0, kOpening.size()) == kOpening; }

std::string write_bundle(const Bundle& bundle) {
  support::Json out = {{"modelc.bundle", 1}, {"root", bundle.root}};
  support::Json& overrides = out["overrides"] = support::Json::array();
  for (const Overrides& layer : bundle.layers)
    overrides.push_back({{"variant", layer.variant},
                         {"set", layer.set},
                         {"replace", layer.replace},
                         {"append", layer.append},
                         {"prepend", layer.prepend},
                         {"wrap", layer.wrap},
                         {"remove", layer.remove},
                         {"freeze", layer.freeze}});
  out["files"] = bundle.files;
  // What it is stands in its first line.
  return support::json_text(out).erase(1, std::string_view("\n  ").size());
}

std::optional<Bundle> read_bundle(std::string_view text, std::string& fault) {
  constexpr int kDeepest = 64;  // than any bundle is nested
  const std::optional<Json> read = support::json_mapping(text, kDeepest);
  if (!read) {
    fault = "it is not the JSON that modelc writes";
    return std::nullopt;
  }
  const Json& json = *read;
  Bundle bundle;
  const Json* root = member(json, "root");
  const Json* files = member(json, "files");
  const Json* layers = member(json, "overrides");
  if (root == nullptr || !root->is_string() || files == nullptr || !files->is_object()) {
    fault = "`root` or `files` is missing";
    return std::nullopt;
  }
  bundle.root = root->get<std::string>();
  for (const auto& [path, content] : files->items()) {
    if (content.is_string()) bundle.files[path] = content.get<std::string>();
  }
  if (!bundle.files.contains(bundle.root)) {
    fault = "the text of `" + bundle.root + "` is missing";
    return std::nullopt;
  }
  if (layers == nullptr) return bundle;
  const auto refuse = [&] {
    fault = "`overrides` is no list of what a command line asks for";
    return std::nullopt;
  };
  if (!layers->is_array()) return refuse();
  for (const Json& item : *layers) {
    if (!item.is_object()) return refuse();
    Overrides& layer = bundle.layers.emplace_back();
    const Json* variant = member(item, "variant");
    if (variant != nullptr && variant->is_string()) layer.variant = variant->get<std::string>();
    if (!read_pairs(member(item, "set"), layer.set) || !read_pairs(member(item, "replace"), layer.replace) ||
        !read_pairs(member(item, "append"), layer.append) || !read_pairs(member(item, "prepend"), layer.prepend) ||
        !read_pairs(member(item, "wrap"), layer.wrap) || !read_list(member(item, "remove"), layer.remove) ||
        !read_list(member(item, "freeze"), layer.freeze))
      return refuse();
  }
  return bundle;
}

std::optional<std::string> read_checkpoint_bundle(const std::string& path, std::string& fault) {
  const formats::Result<formats::WeightFile> header = formats::read_safetensors_header(path);
  if (!header) {
    fault = header.fault.not_found ? "no such file" : header.fault.str();
    return std::nullopt;
  }
  const auto found = header.value->metadata.find(formats::kDescription);
  if (found == header.value->metadata.end()) {
    fault = "its metadata has no `modelc.description`";
    return std::nullopt;
  }
  fault = formats::header_damage(*header.value);
  if (!fault.empty()) return std::nullopt;
  return found->second;
}

}  // namespace modelc::compose

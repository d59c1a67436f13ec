#include "compose/bundle.h"

#include "formats/safetensors.h"
#include "support/json.h"

namespace modelc::compose {
namespace {

using support::Json;
using support::json_quote;

constexpr std::string_view kOpening = "{\"modelc.bundle\": 1,";

std::string quote_list(const std::vector<std::string>& words) {
  std::string out = "[";
  for (const std::string& w : words) out += (out.size() > 1 ? ", " : "") + json_quote(w);
  return out + "]";
}

std::string quote_pairs(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string out = "[";
  for (const auto& [a, b] : pairs) out += (out.size() > 1 ? ", [" : "[") + json_quote(a) + ", " + json_quote(b) + "]";
  return out + "]";
}

bool read_list(const Json* json, std::vector<std::string>& out) {
  if (json == nullptr) return true;
  for (const Json& item : json->items) {
    if (item.kind != Json::String) return false;
    out.push_back(item.text);
  }
  return json->kind == Json::Array;
}

bool read_pairs(const Json* json, std::vector<std::pair<std::string, std::string>>& out) {
  if (json == nullptr) return true;
  for (const Json& item : json->items) {
    std::vector<std::string> pair;
    if (!read_list(&item, pair) || pair.size() != 2) return false;
    out.emplace_back(pair[0], pair[1]);
  }
  return json->kind == Json::Array;
}

}  // namespace

bool looks_like_bundle(std::string_view text) { return text.substr(0, kOpening.size()) == kOpening; }

std::string write_bundle(const Bundle& bundle) {
  std::string out(kOpening);
  out += "\n \"root\": " + json_quote(bundle.root) + ",\n \"overrides\": [";
  for (std::size_t i = 0; i < bundle.layers.size(); ++i) {
    const Overrides& layer = bundle.layers[i];
    out += i == 0 ? "\n  {" : ",\n  {";
    out += "\"variant\": " + json_quote(layer.variant) + ", \"set\": " + quote_pairs(layer.set) +
           ", \"replace\": " + quote_pairs(layer.replace) + ", \"remove\": " + quote_list(layer.remove) +
           ", \"freeze\": " + quote_list(layer.freeze) + "}";
  }
  out += "],\n \"files\": {";
  bool first = true;
  for (const auto& [path, text] : bundle.files) {
    out += (first ? "\n  " : ",\n  ") + json_quote(path) + ": " + json_quote(text);
    first = false;
  }
  return out + "}}\n";
}

std::optional<Bundle> read_bundle(std::string_view text, std::string& fault) {
  const std::optional<Json> json = support::parse_json(text);
  if (!json || json->kind != Json::Object) {
    fault = "it is not the JSON that modelc writes";
    return std::nullopt;
  }
  Bundle bundle;
  const Json* root = json->find("root");
  const Json* files = json->find("files");
  const Json* layers = json->find("overrides");
  if (root == nullptr || root->kind != Json::String || files == nullptr || files->kind != Json::Object) {
    fault = "`root` or `files` is missing";
    return std::nullopt;
  }
  bundle.root = root->text;
  for (const auto& [path, content] : files->members) bundle.files[path] = content.text;
  if (!bundle.files.contains(bundle.root)) {
    fault = "the text of `" + bundle.root + "` is missing";
    return std::nullopt;
  }
  if (layers != nullptr) {
    for (const Json& item : layers->items) {
      Overrides& layer = bundle.layers.emplace_back();
      if (const Json* variant = item.find("variant")) layer.variant = variant->text;
      if (!read_pairs(item.find("set"), layer.set) || !read_pairs(item.find("replace"), layer.replace) ||
          !read_list(item.find("remove"), layer.remove) || !read_list(item.find("freeze"), layer.freeze)) {
        fault = "`overrides` is no list of what a command line asks for";
        return std::nullopt;
      }
    }
  }
  return bundle;
}

std::optional<std::string> read_checkpoint_bundle(const std::string& path, std::string& fault) {
  const formats::Result<formats::WeightFile> header = formats::read_safetensors_header(path);
  if (!header) {
    fault = header.fault.not_found ? "no such file" : header.fault.str();
    return std::nullopt;
  }
  const auto found = header.value->metadata.find("modelc.description");
  if (found == header.value->metadata.end()) {
    fault = "its metadata has no `modelc.description`";
    return std::nullopt;
  }
  return found->second;
}

}  // namespace modelc::compose

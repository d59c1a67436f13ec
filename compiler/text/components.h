// How the parts of a `tokenizer.json` are read. A part that is not understood ends the reading with one fault that
// names it: `pre_tokenizer.pretokenizers[1]: there is no `Foo``. The exception stays within this room.
#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "text/pattern.h"

namespace modelc::text {

using Json = nlohmann::json;

struct Refused : std::exception {
  explicit Refused(std::string words) : words_(std::move(words)) {}
  const char* what() const noexcept override { return words_.c_str(); }

 private:
  std::string words_;
};

/// One part and where it stands.
struct Part {
  const Json& json;
  std::string path;  // `normalizer.normalizers[0]`

  [[noreturn]] void refuse(const std::string& why) const { throw Refused(path + ": " + why); }
  /// Null where there is no such key, or null under it.
  const Json* find(const char* key) const {
    if (!json.is_object()) refuse("expected a mapping");
    const auto found = json.find(key);
    return found == json.end() || found->is_null() ? nullptr : &*found;
  }
  Part at(const char* key) const {
    const Json* found = find(key);
    if (!found) refuse(fmt::format("`{}` is missing", key));
    return {*found, path + "." + key};
  }
  std::string text(const char* key) const {
    const Part part = at(key);
    if (!part.json.is_string()) part.refuse("expected a text");
    return part.json.get<std::string>();
  }
  std::string text_or(const char* key, std::string otherwise) const { return find(key) ? text(key) : otherwise; }
  bool truth_or(const char* key, bool otherwise) const {
    const Json* found = find(key);
    if (!found) return otherwise;
    if (!found->is_boolean()) refuse(fmt::format("`{}` is neither true nor false", key));
    return found->get<bool>();
  }
  std::int64_t integer(const char* key) const {
    const Part part = at(key);
    if (!part.json.is_number_integer()) part.refuse("expected an integer");
    return part.json.get<std::int64_t>();
  }
  std::int64_t integer_or(const char* key, std::int64_t otherwise) const {
    return find(key) ? integer(key) : otherwise;
  }
  std::string type() const { return text("type"); }
  std::vector<Part> items(const char* key) const {
    const Part list = at(key);
    if (!list.json.is_array()) list.refuse("expected a list");
    std::vector<Part> all;
    for (std::size_t i = 0; i < list.json.size(); ++i)
      all.push_back({list.json[i], fmt::format("{}[{}]", list.path, i)});
    return all;
  }
  /// `{"String": …}`, which stands for itself, or `{"Regex": …}`.
  std::shared_ptr<const Pattern> pattern(const char* key) const {
    const Part part = at(key);
    if (part.json.is_string()) return Pattern::literal(part.json.get<std::string>());
    if (part.find("String")) return Pattern::literal(part.text("String"));
    std::string fault;
    const auto compiled = Pattern::compile(part.text("Regex"), fault);
    if (!compiled) part.refuse("its pattern is faulty: " + fault);
    return compiled;
  }
};

}  // namespace modelc::text

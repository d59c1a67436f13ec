// JSON as far as the front end needs it: quoting of texts, and a bounded reader for what modelc itself wrote (bundles).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace modelc::support {

/// `text` as a JSON string, quotes included; bytes that are no UTF-8 become U+FFFD.
std::string json_quote(std::string_view text);

struct JsonMember;

struct Json {
  enum Kind { Null, Bool, Number, String, Array, Object } kind = Null;
  std::string text;  // String: decoded; Number, Bool: as written
  std::vector<Json> items;
  std::vector<JsonMember> members;

  /// The member of that name; nullptr where there is none.
  const Json* find(std::string_view name) const;
};
/// Its name and itself. No std::pair: of a type that is still being declared Clang has none.
struct JsonMember {
  std::string first;
  Json second;
};

/// The value of a whole text; nullopt where it is no JSON or is nested deeper than 64 levels.
std::optional<Json> parse_json(std::string_view text);

}  // namespace modelc::support

// Texts as JSON. Documents are made and read with nlohmann's json, whose long headers stay in sources.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace modelc::support {

/// Members stay in the order in which they are given.
using Json = nlohmann::ordered_json;

/// `text` as a JSON string, quotes included; bytes that are no UTF-8 become U+FFFD, here and below.
std::string json_quote(std::string_view text);
/// In one line, with a space behind each `,` and `:`.
std::string json_line(const Json& value);
/// A document for eyes and programs: the items of an outermost list, or the members of an outermost object and the
/// items of the lists among them, have a line each.
std::string json_text(const Json& document);
/// A text from elsewhere, read; nullopt where it is not the JSON of a mapping, or is nested deeper. (The library keeps
/// a stack of its own, whose size the text would choose.)
std::optional<nlohmann::json> json_mapping(std::string_view text, int deepest);

}  // namespace modelc::support

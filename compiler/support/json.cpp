#include "support/json.h"

#include <nlohmann/json.hpp>

namespace modelc::support {

namespace {

/// The items of a list or the members of an object, each as `show` has it.
template <class Show>
std::string joined(const Json& whole, std::string_view begin, std::string_view between, std::string_view end,
                   const Show& show) {
  std::string out(whole.is_object() ? "{" : "[");
  std::string_view before = begin;
  for (const auto& [name, value] : whole.items()) {
    out += before;
    if (whole.is_object()) out += json_quote(name) + ": ";
    out += show(value);
    before = between;
  }
  if (!whole.empty()) out += end;
  return out + (whole.is_object() ? "}" : "]");
}

}  // namespace

std::string json_quote(std::string_view text) { return json_line(text); }

std::string json_line(const Json& value) {
  if (!value.is_structured()) return value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return joined(value, "", ", ", "", json_line);
}

std::string json_text(const Json& document) {
  const bool object = document.is_object();
  return joined(document, "\n  ", ",\n  ", "\n",
                [&](const Json& value) {
                  return object && value.is_array() ? joined(value, "\n    ", ",\n    ", "\n  ", json_line)
                                                    : json_line(value);
                }) +
         "\n";
}

std::optional<nlohmann::json> json_mapping(std::string_view text, int deepest) {
  bool too_deep = false;
  nlohmann::json json = nlohmann::json::parse(
      text,
      [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
        too_deep = too_deep || depth > deepest;
        return !too_deep;
      },
      false);
  if (too_deep || !json.is_object()) return std::nullopt;
  return json;
}

}  // namespace modelc::support

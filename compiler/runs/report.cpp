#include "runs/report.h"

#include <ctime>
#include <nlohmann/json.hpp>

namespace modelc::runs {
namespace {

std::string text_in(const support::Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::string to_json(const Report& report) {
  support::Json out = {
      {"name", report.name},     {"version", report.version},
      {"begun", report.begun},   {"ended", report.ended.empty() ? support::Json() : support::Json(report.ended)},
      {"figure", report.figure}, {"better", report.higher ? "higher" : "lower"}};
  const support::Json results = support::Json::parse(report.results, nullptr, false);
  out["results"] = results.is_object() ? results : support::Json();
  return support::json_text(out);
}

std::optional<Report> report_from_json(const std::string& text) {
  const support::Json json = support::Json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  Report out;
  out.name = text_in(json, "name");
  out.version = text_in(json, "version");
  out.begun = text_in(json, "begun");
  out.ended = text_in(json, "ended");
  out.figure = text_in(json, "figure");
  out.higher = text_in(json, "better").starts_with("high");
  if (const auto found = json.find("results"); found != json.end() && found->is_object())
    out.results = found->dump(-1, ' ', false, support::Json::error_handler_t::replace);
  return out;
}

std::string now_text() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace modelc::runs

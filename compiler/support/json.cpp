#include "support/json.h"

#include <nlohmann/json.hpp>

namespace modelc::support {

std::string json_quote(std::string_view text) {
  using Json = nlohmann::json;
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace modelc::support

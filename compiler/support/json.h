// Texts as JSON. JSON is read, and larger documents are made, with nlohmann::json where that is done; this header keeps
// its long headers out of the files that only quote.
#pragma once

#include <string>
#include <string_view>

namespace modelc::support {

/// `text` as a JSON string, quotes included; bytes that are no UTF-8 become U+FFFD.
std::string json_quote(std::string_view text);

}  // namespace modelc::support

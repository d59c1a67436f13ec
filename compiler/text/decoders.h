// How a tokenizer makes a text of tokens again.
#pragma once

#include <functional>

#include "text/components.h"

namespace modelc::text {

/// Each step makes texts of texts; what is left at the end is put together.
using Decoder = std::function<std::vector<std::string>(std::vector<std::string>)>;

/// Throws Refused. Without one (null) the tokens stand with spaces between them.
Decoder read_decoder(const Json* json, const std::string& path);

}  // namespace modelc::text

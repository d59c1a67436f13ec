// What a tokenizer does to a text before it is taken apart.
#pragma once

#include <functional>

#include "text/components.h"

namespace modelc::text {

using Normalizer = std::function<std::string(std::string)>;

/// Throws Refused. No normaliser (null) leaves a text as it is.
Normalizer read_normalizer(const Json* json, const std::string& path);

}  // namespace modelc::text

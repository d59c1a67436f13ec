// The JSON Schema of a description, for editors (draft 7, which yaml-language-server reads), made of the catalogue's
// keys and the operators. It knows YAML's shape of a description: keys, words, ranges, static control flow. What an
// expression says is text to it.
#pragma once

#include <string>

namespace modelc::emit {

/// Deterministic; ends with a newline.
std::string description_schema();

}  // namespace modelc::emit

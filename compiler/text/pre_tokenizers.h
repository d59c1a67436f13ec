// How a tokenizer takes a text apart before its model sees the pieces.
#pragma once

#include <functional>

#include "text/components.h"

namespace modelc::text {

/// Pieces in order, of the same text or of what stands for it. `first`: the text stands where the whole one begins.
using PreTokenizer = std::function<std::vector<std::string>(std::vector<std::string>, bool first)>;

/// Throws Refused. None (null) leaves a text whole.
PreTokenizer read_pre_tokenizer(const Json* json, const std::string& path);

/// The character that stands for a byte in byte-level vocabularies (GPT-2's table), and the way back; -1: for none.
const std::string& character_of_byte(unsigned char byte);
int byte_of_character(std::int32_t code);

}  // namespace modelc::text

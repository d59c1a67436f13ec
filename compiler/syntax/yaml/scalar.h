// Where each byte of a scalar's decoded text stands in the source. yaml-cpp says where a scalar begins and what it
// means, not where it ends; here the source is read along with the text. Internal to the YAML wall.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ast/node.h"

namespace modelc::syntax {

struct ScalarPlace {
  ast::ScalarStyle style = ast::ScalarStyle::Plain;
  std::size_t end = 0;               // after the scalar, its closing quote included
  std::vector<std::size_t> offsets;  // one for each byte of the text, and its end
};

/// Reads the scalar that begins at `begin` (behind anchors) along with its decoded `text`. Where the two do not agree,
/// all offsets are `begin`.
ScalarPlace place_scalar(std::string_view source, std::size_t begin, std::string_view text);

/// The first character of a node behind its anchor and tag.
std::size_t skip_properties(std::string_view source, std::size_t at);
/// Behind white space, line breaks and comments.
std::size_t skip_space(std::string_view source, std::size_t at);

}  // namespace modelc::syntax

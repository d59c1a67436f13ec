// Parts of the IR's text that stand on one line and lean on nothing before it. Internal to read_text; each throws
// TextError.
#pragma once

#include <string>
#include <utility>

#include "ir/module_tree.h"
#include "ir/text_cursor.h"
#include "ir/weights.h"

namespace modelc::ir {

/// `old -> fresh`.
std::pair<std::string, std::string> read_renamed(TextCursor& c);
/// A line of `weights`.
WeightSource read_weights(TextCursor& c);
/// The initial value of a tensor; of one that is an expression the number of its graph goes into `init_graph`.
ops::Init read_init(TextCursor& c, std::uint32_t& init_graph);

}  // namespace modelc::ir

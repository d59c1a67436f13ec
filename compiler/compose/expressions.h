// Every expression of a description, wherever it stands: for questions about the whole of it, such as which names it
// reads.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "ast/description.h"

namespace modelc::compose {

void for_each_expression(const ast::Description& description, const std::function<void(const ast::Expr&)>& visit);

/// All names that some expression, type, pattern or recipe value of the description mentions.
std::set<std::string> names_read(const ast::Description& description);

/// Every expression and every declared type could be read.
bool is_readable(const ast::Description& description);

}  // namespace modelc::compose

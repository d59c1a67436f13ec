// From a YAML tree to a typed description: keys known and unknown, static control flow, which position holds text,
// which an expression, which a module (LANGUAGE §2, §3, §6). Resolves no names and opens no other file.
#pragma once

#include "ast/description.h"
#include "diagnostics/sink.h"

namespace modelc::syntax {

/// A whole document. Reports M30xx; what could be understood is returned even then (never nullptr for a mapping).
/// One that is read to be extended may leave its body, and what it is called with, to the file that extends it.
ast::DescriptionPtr parse_description(const ast::NodePtr& root, const std::string& path, diagnostics::Sink& sink,
                                      bool to_be_extended = false);

/// A module definition given as text on the command line (`--replace fc='Linear(5)'`) or a parameter's value.
std::optional<ast::ModuleDef> parse_module(const ast::NodePtr& value, diagnostics::Sink& sink);

}  // namespace modelc::syntax

// Texts of the command line as sources of their own, so that what goes wrong in `--set classes=5` has a place, and as
// YAML nodes, so that they pass the same parsers as a file's.
#pragma once

#include <string>

#include "ast/description.h"
#include "diagnostics/sink.h"

namespace modelc::compose {

/// One option as given. `text` is NAME=VALUE or a lone value.
struct CommandText {
  support::FileId file = 0;
  std::string text;
  std::size_t value_begin = 0;  // after the `=`; 0 where there is none

  support::Span name_span() const;   // NAME, or all of it
  support::Span value_span() const;  // VALUE
  std::string name() const { return text.substr(0, value_begin == 0 ? text.size() : value_begin - 1); }
  std::string value() const { return text.substr(value_begin); }
};

/// Adds a source called `--set classes=5` with the text `classes=5`. Without `value`, `name` is all of it.
CommandText add_command_text(support::SourceManager& sources, const std::string& option, const std::string& name,
                             const std::string* value);

/// The value as a plain scalar; one pair of quotes around all of it is taken off and remembered, as YAML's would be.
ast::NodePtr command_scalar(const CommandText& text);
/// The value as YAML where it begins with a bracket or brace, else as command_scalar. nullptr after reporting.
ast::NodePtr command_node(support::SourceManager& sources, const CommandText& text, diagnostics::Sink& sink);

/// A recipe value from a node: no static control flow, every scalar Raw.
ast::SettingPtr make_setting(const ast::NodePtr& node);

}  // namespace modelc::compose

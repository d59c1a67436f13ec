#include "pipeline/given_rows.h"

#include <filesystem>

#include "compose/command_text.h"
#include "syntax/expression/expression.h"

namespace modelc::pipeline {

std::optional<recipe::GivenRows> given_rows(support::SourceManager& sources, const std::string& text,
                                            diagnostics::Sink& sink) {
  const compose::CommandText typed = compose::add_command_text(sources, "--data", text, nullptr);
  recipe::GivenRows rows;
  rows.span = typed.name_span();
  std::error_code error;
  if (std::filesystem::exists(text, error) || text.find('(') == std::string::npos) {
    rows.file = std::filesystem::absolute(text, error).lexically_normal().string();
    return rows;
  }
  const ast::NodePtr node = compose::command_scalar(typed);
  rows.source = syntax::parse_expression(syntax::Text(*node), sink);
  return rows.source ? std::optional(rows) : std::nullopt;
}

}  // namespace modelc::pipeline

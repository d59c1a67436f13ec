// `modelc explain`: what a diagnostic means, or where a value of a description comes from.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "compose/provenance.h"
#include "elaborate/settle.h"
#include "modelc/session.h"
#include "support/json.h"
#include "support/spelling.h"

namespace modelc::cli {
namespace {

/// The first line of what stands there.
std::string excerpt(const support::SourceManager& sources, support::Span span) {
  constexpr std::size_t kShown = 70;
  std::string text(sources.text(span));
  text.erase(std::min(text.find('\n'), text.size()));
  return text.size() > kShown ? text.substr(0, kShown - 1) + "…" : text;
}

std::string step_text(const support::SourceManager& sources, support::Span span, bool holds) {
  const support::SourceFile& file = sources.file(span.file);
  const support::Position at = file.position(span.begin);
  return fmt::format("{} {}:{}:{}: {}\n", holds ? "->" : "  ", file.path(), at.line, at.column, excerpt(sources, span));
}

support::Json step_json(const support::SourceManager& sources, support::Span span) {
  const support::SourceFile& file = sources.file(span.file);
  const support::Position at = file.position(span.begin);
  return {{"file", file.path()}, {"line", at.line}, {"column", at.column}, {"text", excerpt(sources, span)}};
}

}  // namespace

int run_explain_path(const Invocation& invocation) {
  Session session(invocation);
  session.compile(invocation.arguments[0]);
  if (!session.compiled) return session.report();
  const ast::Description& root = *session.compiled->composition->root;
  const std::string& path = invocation.arguments[1];
  const auto places =
      compose::places_of(root, path, [&](const ast::ExprPtr& condition) { return elaborate::holds(root, condition); });
  if (!places) {
    const auto near = support::nearest(path, compose::known_paths(root));
    return usage_error(fmt::format("`{}` has no `{}`{}", invocation.arguments[0], path,
                                   near ? fmt::format(", did you mean `{}`?", *near) : std::string()),
                       "explain");
  }
  std::string text;
  auto steps = support::Json::array();
  for (const support::Span& span : *places) {
    if (!session.sources.contains(span.file)) continue;
    steps.push_back(step_json(session.sources, span));
    text += step_text(session.sources, span, &span == &places->back());
  }
  print(invocation.format == Format::Json ? support::json_text(steps) : text);
  return kDone;
}

}  // namespace modelc::cli

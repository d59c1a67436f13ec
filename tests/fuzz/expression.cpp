// Any text as a scalar of a description: an expression, a type, a declaration, a pattern, the head of a loop.
#include "syntax/expression/expression.h"

#include "described.h"
#include "support/utf8.h"
#include "target.h"

using namespace modelc;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Scalars are UTF-8: the YAML reader sees to that.
  if (size > 4096 || support::find_bad_utf8(fuzz::text_of(data, size)) != std::string::npos) return 0;
  support::SourceManager sources;
  ast::Node scalar;
  scalar.kind = ast::NodeKind::Scalar;
  scalar.text = fuzz::text_of(data, size);
  const auto length = static_cast<std::uint32_t>(size);
  scalar.span = {sources.add("fuzz.yaml", scalar.text), 0, length};
  for (std::uint32_t i = 0; i <= length; ++i) scalar.offsets.push_back(i);
  const syntax::Text text(scalar);

  const auto told = [&](const auto& parse, const char* what) {
    diagnostics::Sink sink;
    const bool made = static_cast<bool>(parse(sink));
    fuzz::promise(made || sink.has_errors(), what);
    fuzz::check_reports(sink, sources);
  };
  told([&](auto& sink) { return syntax::parse_expression(text, sink); }, "a text that is no expression is reported");
  told([&](auto& sink) { return syntax::parse_type(text, sink); }, "a text that is no type is reported");
  told([&](auto& sink) { return syntax::parse_declared(text, sink); }, "a text that declares nothing is reported");
  told([&](auto& sink) { return syntax::parse_for(text, sink); }, "a text that is no head of a loop is reported");
  fuzz::promise(syntax::parse_raw(text) != nullptr, "a raw text is kept");
  diagnostics::Sink sink;
  (void)syntax::parse_pattern(text, sink);
  fuzz::check_reports(sink, sources);
  return 0;
}

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

  diagnostics::Sink sink;
  const auto told = [&](bool made, const char* what) {
    fuzz::promise(made || sink.has_errors(), what);
    fuzz::check_reports(sink, sources);
    sink.truncate(0);
  };
  told(syntax::parse_expression(text, sink) != nullptr, "a text that is no expression is reported");
  told(syntax::parse_type(text, sink) != nullptr, "a text that is no type is reported");
  told(syntax::parse_declared(text, sink).has_value(), "a text that declares nothing is reported");
  told(syntax::parse_for(text, sink).has_value(), "a text that is no head of a loop is reported");
  fuzz::promise(syntax::parse_raw(text) != nullptr, "a raw text is kept");
  (void)syntax::parse_pattern(text, sink);
  fuzz::check_reports(sink, sources);
  return 0;
}

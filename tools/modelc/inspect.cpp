// `modelc summary` and `modelc ir`: a compiled description shown.
#include <fmt/format.h>

#include <algorithm>

#include "emit/summary.h"
#include "modelc/checkpoint.h"
#include "modelc/session.h"
#include "support/spelling.h"

namespace modelc::cli {

int run_summary(const Invocation& invocation) {
  Session session(invocation);
  const pipeline::Compiled* compiled = session.compile(invocation.arguments[0]);
  const int code = session.report();
  if (compiled == nullptr || code != kDone) return code == kDone ? static_cast<int>(kFaulty) : code;
  const ir::Program& program = compiled->elaborated.program;
  std::string fault;
  const auto point = emit::bind_sizes(program, invocation.sizes, fault);
  if (!point) return usage_error("`--input`: " + fault, "summary");
  const emit::Summary summary = emit::summarize(program, *point);
  print(invocation.format == Format::Json ? emit::summary_json(summary)
                                          : emit::summary_text(summary, &compiled->elaborated.recipe, session.sources));
  return kDone;
}

int run_ir(const Invocation& invocation) {
  const std::vector<std::string> known = pipeline::printable();
  const std::string after = invocation.after.empty() ? std::string(pipeline::phases().back().name) : invocation.after;
  if (std::find(known.begin(), known.end(), after) == known.end()) {
    const auto near = support::nearest(after, known);
    return usage_error(fmt::format("`{}` is no phase or pass, {}", after,
                                   near ? fmt::format("did you mean `{}`?", *near)
                                        : fmt::format("there are `{}`", fmt::join(known, "`, `"))),
                       "ir");
  }
  Session session(invocation);
  elaborate::Options options = options_of(invocation);
  options.data.memory = memory_of(invocation, invocation.arguments[0]);
  const auto text = pipeline::print_after(after, session.sources, invocation.arguments[0], invocation.overrides,
                                          options, session.sink, pass_options());
  const std::vector<diagnostics::Diagnostic> found = session.sink.sorted();
  if (!text) {
    show(found, session.sources, invocation);
    return kFaulty;
  }
  Invocation as_text = invocation;
  as_text.format = Format::Text;
  if (!found.empty() && !invocation.quiet) show(found, session.sources, as_text);
  print(*text);
  return kDone;
}

}  // namespace modelc::cli

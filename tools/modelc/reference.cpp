// `modelc explain CODE`, `modelc ops [NAME]` and `modelc schema`: what the lists say.
#include "emit/reference.h"

#include <fmt/format.h>

#include "diagnostics/explain.h"
#include "emit/schema.h"
#include "modelc/output.h"

namespace modelc::cli {

int run_explain(const Invocation& invocation) {
  if (invocation.arguments.size() > 1) return run_explain_path(invocation);
  const std::string& code = invocation.arguments[0];
  const diagnostics::Row* row = diagnostics::find_row(code);
  const diagnostics::RetiredRow* retired = diagnostics::find_retired(code);
  if (row == nullptr && retired == nullptr) return usage_error(diagnostics::explain(code), "explain");
  const bool json = invocation.format == Format::Json;
  if (json) print(row ? diagnostics::explain_json(*row) : diagnostics::explain_json(*retired));
  else print(diagnostics::explain(code));
  return kDone;
}

int run_ops(const Invocation& invocation) {
  const bool json = invocation.format == Format::Json;
  if (invocation.arguments.empty()) return print(json ? emit::reference_list_json() : emit::reference_list()), kDone;
  const std::string& name = invocation.arguments[0];
  if (const auto text = json ? emit::reference_json(name) : emit::reference_text(name)) return print(*text), kDone;
  const auto near = emit::nearest_name(name);
  return usage_error(
      fmt::format("nothing is called `{}`{}", name, near ? fmt::format(", did you mean `{}`?", *near) : ""), "ops");
}

int run_schema(const Invocation&) { return print(emit::description_schema()), kDone; }

}  // namespace modelc::cli

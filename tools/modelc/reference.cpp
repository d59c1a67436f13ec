// `modelc explain CODE`, `modelc ops [NAME]` and `modelc schema`: what the lists say.
#include "emit/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "diagnostics/explain.h"
#include "emit/schema.h"
#include "modelc/output.h"
#include "support/json.h"

namespace modelc::cli {
namespace {

void print_row(const support::Json& row) { print(support::json_line(row) + "\n"); }

}  // namespace

int run_explain(const Invocation& invocation) {
  if (invocation.arguments.size() > 1) return run_explain_path(invocation);
  std::string code = invocation.arguments[0];
  for (char& c : code) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const auto& rows = diagnostics::all_rows();
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const diagnostics::Row& r) { return r.code == code; });
  if (row == rows.end()) {
    for (const diagnostics::RetiredRow& retired : diagnostics::retired_rows()) {
      if (retired.code != code) continue;
      if (invocation.format != Format::Json) return print(diagnostics::explain(code)), kDone;
      print_row({{"code", retired.code},
                 {"severity", nullptr},
                 {"name", retired.name},
                 {"message", nullptr},
                 {"explanation", retired.explanation}});
      return kDone;
    }
    return usage_error(diagnostics::explain(code), "explain");
  }
  if (invocation.format == Format::Json) {
    print_row({{"code", row->code},
               {"severity", row->severity == diagnostics::Severity::Error ? "error" : "warning"},
               {"name", row->name},
               {"message", row->format},
               {"explanation", row->explanation}});
    return kDone;
  }
  std::string text = diagnostics::explain(code);
  if (text.empty() || text.back() != '\n') text += '\n';
  print(text);
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

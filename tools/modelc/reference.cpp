// `modelc explain CODE` and `modelc ops [NAME]`: what the lists of diagnostics and operators say.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "diagnostics/explain.h"
#include "modelc/output.h"
#include "ops/op.h"
#include "support/json.h"
#include "support/spelling.h"

namespace modelc::cli {
namespace {

using support::json_quote;

std::string signature(const ops::Op& op) {
  std::string out;
  for (const ops::Param& p : op.is_module ? op.args : op.inputs) {
    if (p.inferred || p.internal) continue;
    out += (out.empty() ? "" : ", ") + p.name;
    if (p.has_default) out += "=" + p.default_value.str();
  }
  return op.name + "(" + out + ")";
}

std::string reference(const ops::Op& op) {
  std::string out = fmt::format("{}\n    {}\n    {} of the family {}\n", signature(op), op.summary,
                                op.is_module ? "module" : "function", op.family);
  const auto section = [&](const char* title, const std::vector<ops::Param>& params) {
    if (params.empty()) return;
    out += fmt::format("\n{}\n", title);
    for (const ops::Param& p : params) {
      if (p.internal) continue;
      std::string notes;
      if (p.inferred) notes = "  (inferred)";
      if (p.keyword_only) notes += "  (by name only)";
      out += fmt::format("    {}{}\n", p.text.empty() ? p.name : p.text, notes);
    }
  };
  if (op.is_module) section("arguments", op.args);
  section(op.is_module ? "called on" : "arguments", op.inputs);
  if (!op.results.empty()) {
    out += "\nresults\n";
    for (const std::string& name : op.results) out += "    " + name + "\n";
  }
  if (!op.constraint.empty()) out += "\n" + op.constraint + "\n";
  if (!op.example.empty()) {
    out += fmt::format("\nexample\n    {}{}\n", op.example, op.example_input.empty() ? "" : " on " + op.example_input);
  }
  return out;
}

std::string reference_json(const ops::Op& op) {
  const auto list = [](const std::vector<ops::Param>& params) {
    std::string out;
    for (const ops::Param& p : params) {
      if (p.internal) continue;
      out += fmt::format("{}{{\"name\": {}, \"declaration\": {}, \"default\": {}, \"inferred\": {}}}",
                         out.empty() ? "" : ", ", json_quote(p.name), json_quote(p.text),
                         p.has_default ? json_quote(p.default_value.str()) : "null", p.inferred);
    }
    return "[" + out + "]";
  };
  return fmt::format(
      "{{\"name\": {}, \"kind\": \"{}\", \"family\": {}, \"summary\": {}, \"arguments\": {}, \"inputs\": {}, "
      "\"example\": {}}}",
      json_quote(op.name), op.is_module ? "module" : "function", json_quote(op.family), json_quote(op.summary),
      list(op.args), list(op.inputs), json_quote(op.example));
}

bool is_internal(const ops::Op& op) { return op.name.starts_with("_"); }

}  // namespace

int run_explain(const Invocation& invocation) {
  std::string code = invocation.arguments[0];
  for (char& c : code) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const auto& rows = diagnostics::all_rows();
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const diagnostics::Row& r) { return r.code == code; });
  if (row == rows.end()) return usage_error(diagnostics::explain(code), "explain");
  if (invocation.format == Format::Json) {
    print(fmt::format("{{\"code\": {}, \"severity\": \"{}\", \"name\": {}, \"message\": {}, \"explanation\": {}}}\n",
                      json_quote(row->code), row->severity == diagnostics::Severity::Error ? "error" : "warning",
                      json_quote(row->name), json_quote(row->format), json_quote(row->explanation)));
    return kDone;
  }
  std::string text = diagnostics::explain(code);
  if (text.empty() || text.back() != '\n') text += '\n';
  print(text);
  return kDone;
}

int run_ops(const Invocation& invocation) {
  const ops::Catalogue& catalogue = ops::Catalogue::get();
  const bool json = invocation.format == Format::Json;
  if (!invocation.arguments.empty()) {
    const std::string& name = invocation.arguments[0];
    std::string text;
    for (const ops::Op* op : {catalogue.module(name), catalogue.function(name)}) {
      if (op == nullptr || is_internal(*op)) continue;
      text += (text.empty() ? "" : json ? ", " : "\n") + (json ? reference_json(*op) : reference(*op));
    }
    if (!text.empty()) return print(json ? "[" + text + "]\n" : text), kDone;
    std::vector<std::string> known = catalogue.module_names();
    const std::vector<std::string> functions = catalogue.function_names();
    known.insert(known.end(), functions.begin(), functions.end());
    const auto near = support::nearest(name, known);
    return usage_error(fmt::format("no operator `{}`{}", name, near ? fmt::format(", did you mean `{}`?", *near) : ""),
                       "ops");
  }
  std::string out;
  std::string family;
  for (const ops::Op& op : catalogue.all()) {
    if (is_internal(op)) continue;
    if (json) {
      out += (out.empty() ? "[\n  " : ",\n  ") + reference_json(op);
      continue;
    }
    if (op.family != family) {
      family = op.family;
      out += fmt::format("{}{}\n", out.empty() ? "" : "\n", family);
    }
    out += fmt::format("  {:<28} {}\n", op.name, op.summary);
  }
  print(json ? (out.empty() ? "[]\n" : out + "\n]\n") : out);
  return kDone;
}

}  // namespace modelc::cli

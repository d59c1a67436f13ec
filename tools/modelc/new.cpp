// `modelc new`: commented starting points, and the list of them.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "catalogue/templates.h"
#include "modelc/output.h"
#include "support/json.h"
#include "support/spelling.h"
#include "support/whole_file.h"

namespace modelc::cli {
namespace {

using catalogue::Template;

int list_templates(const Invocation& invocation) {
  std::string text, rows;
  std::size_t longest = 0;
  for (const Template& one : catalogue::templates()) longest = std::max(longest, one.name.size());
  for (const Template& one : catalogue::templates()) {
    text += fmt::format("{:<{}}  {}\n", one.name, longest, one.sentence());
    rows += fmt::format("{}{{\"name\": {}, \"summary\": {}}}", rows.empty() ? "" : ", ", support::json_quote(one.name),
                        support::json_quote(one.sentence()));
  }
  return print(invocation.format == Format::Json ? "[" + rows + "]\n" : text), kDone;
}

int unknown_template(const std::string& name) {
  std::vector<std::string> known;
  for (const Template& one : catalogue::templates()) known.emplace_back(one.name);
  const auto near = support::nearest(name, known);
  return usage_error(near ? fmt::format("there is no template `{}`, did you mean `{}`?", name, *near)
                          : fmt::format("there is no template `{}`, only {}", name, fmt::join(known, ", ")),
                     "new");
}

}  // namespace

int run_new(const Invocation& invocation) {
  if (invocation.outputs.size() > 1) return usage_error("`modelc new` takes one `-o FILE`", "new");
  if (invocation.arguments.empty())
    return invocation.outputs.empty() ? list_templates(invocation)
                                      : usage_error("`modelc new` needs the name of a TEMPLATE before `-o`", "new");
  const Template* wanted = catalogue::find_template(invocation.arguments[0]);
  if (!wanted) return unknown_template(invocation.arguments[0]);
  if (invocation.outputs.empty()) return print(wanted->text), kDone;
  const std::string& path = invocation.outputs[0];
  const support::Created made = support::create_atomically(path, wanted->text);
  if (made.exists) return usage_error(fmt::format("`{}` is there already and was left as it is", path), "new");
  if (!made.fault.empty()) {
    std::fprintf(stderr, "modelc: cannot write `%s`: %s\n", path.c_str(), made.fault.c_str());
    return kFailed;
  }
  if (!invocation.quiet && !support::is_standard_output(path))
    print(fmt::format("{}: {}\nnext: modelc train {}\n", path, wanted->sentence(), path));
  return kDone;
}

}  // namespace modelc::cli

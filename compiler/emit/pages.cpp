// The pages of docs/reference: operators by family, what a recipe names, keys, the command line, diagnostics.
#include <fmt/format.h>

#include "catalogue/commands.h"
#include "catalogue/entry.h"
#include "catalogue/keys.h"
#include "emit/declarations.h"
#include "emit/diagnostics_page.h"
#include "emit/reference.h"
#include "ops/op.h"

namespace modelc::emit {
namespace {

using catalogue::Key;
using catalogue::Kind;

constexpr const char* kMade = "<!-- Made by `tools/refresh` from the declarations; edit those. -->\n";

std::string begin(const std::string& title) { return fmt::format("{}\n# {}\n", kMade, title); }

std::string code(std::string_view text) { return fmt::format("\n```yaml\n{}\n```\n", text); }

/// A cell of a table: a bar would end it.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string arguments(const std::vector<types::Param>& params) {
  std::string out;
  for (const types::Param& param : params) {
    if (!param.internal) out += fmt::format("- `{}`\n", declaration(param));
  }
  return out.empty() ? out : "\n" + out;
}

std::string constraints(const std::vector<ops::Constraint>& list) {
  std::string out = "\n";
  for (const ops::Constraint& c : list) out += fmt::format("- `{}`: {}\n", c.id, c.sentence);
  return out;
}

std::string operators_page() {
  std::string out = begin("Operators");
  out +=
      "\nModules are declared under `modules` and `layers`, functions are called in `forward`. Inferred arguments\n"
      "follow from the input; stated, they are checked.\n\n"
      "A call that breaks a constraint is M6001, and `--format json` names its id. What any operator may demand:\n";
  out += constraints(ops::common_constraints());
  std::string family;
  for (const ops::Op& op : ops::Catalogue::get().all()) {
    if (is_internal(op)) continue;
    if (op.about.family != family) out += fmt::format("\n## {}\n", family = op.about.family);
    out += fmt::format("\n### `{}`\n\n{}: {}\n", signature(op), op.is_module ? "Module" : "Function", op.about.summary);
    if (op.is_module) out += arguments(op.args);
    if (op.is_module && !op.inputs.empty()) out += "\nCalled on:\n";
    out += arguments(op.inputs);
    if (!op.results.empty()) out += fmt::format("\nResults: `{}`\n", fmt::join(op.results, "`, `"));
    if (!op.about.constraints.empty()) out += "\nConstraints:\n" + constraints(op.about.constraints);
    if (!op.about.note.empty()) out += "\n" + op.about.note + "\n";
    if (!op.about.example.empty())
      out += fmt::format("\nExample: `{}`{}\n", op.about.example,
                         op.about.example_inputs.empty() ? "" : " on `" + op.about.example_inputs + "`");
  }
  return out;
}

std::string recipe_page() {
  std::string out = begin("Names of the recipe, and static functions");
  for (const Kind kind : catalogue::kKinds) {
    if (kind == Kind::Key || kind == Kind::Option || catalogue::entries(kind).empty()) continue;
    out += fmt::format("\n## {}\n", kind_title(kind));
    for (const catalogue::Entry& entry : catalogue::entries(kind)) {
      out += fmt::format("\n### `{}`\n\n{}{}\n", signature(entry), entry.summary,
                         entry.supported ? "" : " Not supported yet.");
      out += arguments(entry.arguments);
      if (entry.rest) out += fmt::format("- `{}`, any number\n", declaration(*entry.rest));
      if (entry.named) out += fmt::format("- `{}`, any number, under names of one's own\n", declaration(*entry.named));
      if (!entry.results.empty()) out += fmt::format("\nGives `{}`.\n", fmt::join(entry.results, "`, `"));
      if (!entry.note.empty()) out += "\n" + entry.note + "\n";
      out += fmt::format("\nExample: `{}`\n", entry.example);
    }
  }
  return out;
}

std::string keys_page() {
  std::string out = begin("Keys of a description");
  out += "\nThe keys of a component may stand in a document too. A key that begins with `x-` is a note and ignored.\n";
  for (const catalogue::PlaceInfo& info : catalogue::places()) {
    out += fmt::format("\n## Keys of {}\n", info.words);
    for (const Key& key : catalogue::keys()) {
      if (key.place != info.place) continue;
      out += fmt::format("\n### `{}`\n\n{}{}\n\nValue: {}.", key.name, key.sentence,
                         key.supported() ? "" : " Not supported yet.",
                         key.form == catalogue::Form::Value ? fmt::format("`{}`", key.type) : value_words(key));
      if (info.path.empty()) out += fmt::format(" Under `extends` it {}.", catalogue::merge_words(key.merge));
      out += "\n" + code(key.example);
    }
  }
  return out;
}

std::string options(const std::vector<catalogue::Option>& all) {
  std::string out = "\n| option | meaning |\n| --- | --- |\n";
  for (const catalogue::Option& option : all) {
    std::string names;
    for (const char c : option.names) names += c == ',' ? std::string("`, `") : std::string(1, c);
    const std::string value = option.value.empty() ? "" : fmt::format(" {}", option.value);
    out += fmt::format("| `{}{}` | {}{} |\n", names, cell(value), cell(option.sentence),
                       option.repeated ? " (may be repeated)" : "");
  }
  return out;
}

std::string command_page() {
  std::string out = begin("The command line");
  out += "\nFILE is a description, a checkpoint, or either with a variant: `model.yaml@small`.\n";
  for (const catalogue::Command& command : catalogue::commands()) {
    out += fmt::format("\n## `modelc {}{}{}`\n\n{}\n", command.name, command.arguments.empty() ? "" : " ",
                       command.arguments, command.summary);
    if (!command.own.empty()) out += options(command.own);
    out += "\n```sh\n";
    for (const std::string_view example : command.examples) out += fmt::format("{}\n", example);
    out += "```\n";
  }
  out += "\n## Options of all commands that read a FILE\n" + options(catalogue::file_options());
  out += "\n## Options of all commands\n" + options(catalogue::output_options());
  out +=
      "\n## Exit codes\n\n0 done, 1 errors in a file, 2 wrong usage, 3 failed at run time, 70 a fault of modelc,\n"
      "130 interrupted.\n";
  return out;
}

std::string diagnostics_page() {
  return begin("Diagnostics") +
         "\nEach with a small example, its mend (`-` as it was, `+` as it is right) and what modelc says of it, as\n"
         "`modelc explain CODE` shows them. The thousands are the phase: M1 files and YAML, M2 expressions, M3 "
         "structure\n"
         "and keys, M4 names and the graph, M5 arguments, M6 types and shapes, M7 weights and running, M8 data and\n"
         "training, M9 modelc itself.\n" +
         diagnostics_sections();
}

}  // namespace

std::map<std::string, std::string> reference_pages() {
  return {{"operators.md", operators_page()},
          {"recipe.md", recipe_page()},
          {"keys.md", keys_page()},
          {"command_line.md", command_page()},
          {"diagnostics.md", diagnostics_page()}};
}

}  // namespace modelc::emit

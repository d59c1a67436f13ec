#include "emit/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "catalogue/commands.h"
#include "catalogue/entry.h"
#include "catalogue/keys.h"
#include "emit/declarations.h"
#include "ops/op.h"
#include "support/spelling.h"

namespace modelc::emit {
namespace {

using catalogue::Entry;
using catalogue::Key;
using catalogue::Kind;
using Json = nlohmann::ordered_json;

// --- options: what stands with several commands is told once ---

struct OptionOf {
  catalogue::Option option;
  std::vector<std::string> commands;
  /// `set` of `--set`: a name of its own on the command line would be taken for an option.
  std::string_view name() const { return option.long_name().substr(2); }
};

std::vector<OptionOf> all_options() {
  std::vector<OptionOf> all;
  for (const catalogue::Command& command : catalogue::commands()) {
    for (const catalogue::Option& option : catalogue::options_of(command)) {
      const auto known = std::find_if(all.begin(), all.end(), [&](const OptionOf& one) {
        return one.option.names == option.names && one.option.sentence == option.sentence;
      });
      OptionOf& one = known == all.end() ? all.emplace_back(OptionOf{option, {}}) : *known;
      one.commands.emplace_back(command.name);
    }
  }
  return all;
}

std::string usage_of(const OptionOf& one) {
  return fmt::format("{}{}{}", one.option.names, one.option.value.empty() ? "" : " ", one.option.value);
}

// --- one declaration as text ---

std::string section(const char* title, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string out = fmt::format("\n{}\n", title);
  for (const std::string& line : lines) out += fmt::format("    {}\n", line);
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines(1);
  for (const char c : text) {
    if (c == '\n') lines.emplace_back();
    else lines.back() += c;
  }
  return lines;
}

std::vector<std::string> declarations(const std::vector<types::Param>& params) {
  std::vector<std::string> lines;
  for (const types::Param& param : params) {
    if (!param.internal) lines.push_back(declaration(param));
  }
  return lines;
}

std::vector<std::string> constraints(const ops::Op& op) {
  std::vector<std::string> lines;
  for (const ops::Constraint& c : op.about.constraints) lines.push_back(fmt::format("{:<28} {}", c.id, c.sentence));
  return lines;
}

std::string text_of(const ops::Op& op) {
  std::string out = fmt::format("{}\n    {}\n    {} of the family {}\n", signature(op), op.about.summary,
                                op.is_module ? "module" : "function", op.about.family);
  if (op.is_module) out += section("arguments", declarations(op.args));
  out += section(op.is_module ? "called on" : "arguments", declarations(op.inputs));
  out += section("results", op.results);
  out += section("constraints", constraints(op));
  if (!op.about.note.empty()) out += "\n" + op.about.note + "\n";
  if (!op.about.example.empty())
    out += section("example",
                   {op.about.example + (op.about.example_inputs.empty() ? "" : " on " + op.about.example_inputs)});
  return out;
}

std::string text_of(const Entry& entry) {
  std::string out = fmt::format("{}\n    {}\n    {}{}\n", signature(entry), entry.summary, word_of(entry.kind),
                                entry.supported ? "" : ", not supported yet");
  std::vector<std::string> lines = declarations(entry.arguments);
  if (entry.rest) lines.push_back(declaration(*entry.rest) + "  (any number)");
  if (entry.named) lines.push_back(declaration(*entry.named) + "  (any number, under names of one's own)");
  out += section("arguments", lines);
  out += section(entry.kind == Kind::Source ? "columns" : "results", entry.results);
  if (!entry.note.empty()) out += "\n" + entry.note + "\n";
  return out + section("example", {entry.example});
}

std::string text_of(const Key& key) {
  const std::string_view where = catalogue::place(key.place).words;
  std::string out = fmt::format("{}\n    {}\n    key of {}{}\n", catalogue::path_of(key), key.sentence, where,
                                key.supported() ? "" : ", not supported yet");
  out += section("value", {value_words(key)});
  if (const auto inner = catalogue::inside(key)) {
    std::vector<std::string> lines;
    for (const Key* below : catalogue::keys_of(*inner))
      lines.push_back(
          fmt::format("{:<12} {}{}", below->name, below->sentence, below->supported() ? "" : " (not supported yet)"));
    out += section("keys", lines);
  }
  const std::string_view top = catalogue::place(key.place).path;
  if (top.empty()) out += section("under `extends`", {std::string(catalogue::merge_words(key.merge))});
  return out + section("example", lines_of(std::string(key.example)));
}

std::string text_of(const OptionOf& one) {
  std::string out = fmt::format("{}\n    {}{}\n    option of the command line\n", usage_of(one), one.option.sentence,
                                one.option.repeated ? " (may be repeated)" : "");
  if (!one.option.type.empty()) out += section("value", {std::string(one.option.type)});
  out += section("commands", {fmt::format("{}", fmt::join(one.commands, ", "))});
  return one.option.example.empty() ? out : out + section("example", {std::string(one.option.example)});
}

// --- one declaration as JSON ---

Json json_of(const std::vector<types::Param>& params) {
  Json list = Json::array();
  for (const types::Param& param : params) {
    if (param.internal) continue;
    list.push_back({{"name", param.name},
                    {"declaration", param.text},
                    {"default", param.has_default ? Json(param.default_value.str()) : Json()},
                    {"inferred", param.inferred}});
  }
  return list;
}

Json json_of(const std::vector<ops::Constraint>& constraints) {
  Json list = Json::array();
  for (const ops::Constraint& c : constraints) list.push_back({{"id", c.id}, {"sentence", c.sentence}});
  return list;
}

Json json_of(const ops::Op& op) {
  return {{"name", op.name},
          {"kind", op.is_module ? "module" : "function"},
          {"family", op.about.family},
          {"summary", op.about.summary},
          {"arguments", json_of(op.args)},
          {"inputs", json_of(op.inputs)},
          {"constraints", json_of(op.about.constraints)},
          {"example", op.about.example}};
}

Json json_of(const Entry& entry) {
  std::vector<types::Param> all = entry.arguments;
  if (entry.rest) all.push_back(*entry.rest);
  if (entry.named) all.push_back(*entry.named);
  return {{"name", entry.name},          {"kind", word_of(entry.kind)}, {"summary", entry.summary},
          {"arguments", json_of(all)},   {"results", entry.results},    {"example", entry.example},
          {"supported", entry.supported}};
}

Json json_of(const Key& key) {
  return {{"name", catalogue::path_of(key)}, {"kind", "key"},
          {"summary", key.sentence},         {"place", catalogue::place(key.place).words},
          {"value", value_words(key)},       {"example", key.example},
          {"supported", key.supported()}};
}

Json json_of(const OptionOf& one) {
  return {{"name", one.option.long_name()}, {"kind", word_of(Kind::Option)}, {"summary", one.option.sentence},
          {"value", one.option.value},      {"type", one.option.type},       {"repeated", one.option.repeated},
          {"commands", one.commands},       {"example", one.option.example}};
}

// --- what a name means ---

template <class Take>
void each_meaning(const std::string& name, const Take& take) {
  const ops::Catalogue& operators = ops::Catalogue::get();
  for (const ops::Op* op : {operators.module(name), operators.function(name)}) {
    if (op != nullptr && !is_internal(*op)) take(*op);
  }
  for (const Kind kind : catalogue::kKinds) {
    if (kind == Kind::Key) continue;
    if (const Entry* entry = catalogue::find(kind, name)) take(*entry);
  }
  for (const OptionOf& one : all_options())
    if (one.name() == name || one.option.long_name() == name) take(one);
  if (const Key* key = catalogue::key_at(name)) return take(*key);
  for (const Key& key : catalogue::keys()) {
    if (key.name == name) take(key);
  }
}

/// Every declaration in the order of the list: operators by family, the catalogue by kind, keys.
template <class Section, class Take>
void each_declaration(const Section& section, const Take& take) {
  std::string family;
  for (const ops::Op& op : ops::Catalogue::get().all()) {
    if (is_internal(op)) continue;
    if (op.about.family != family) section(family = op.about.family);
    take(op.name, op.about.summary, op);
  }
  for (const Kind kind : catalogue::kKinds) {
    if (kind == Kind::Key || catalogue::entries(kind).empty()) continue;
    section(kind_title(kind));
    for (const Entry& entry : catalogue::entries(kind))
      take(entry.name, entry.summary + (entry.supported ? "" : " (not supported yet)"), entry);
  }
  section(kind_title(Kind::Option));
  for (const OptionOf& one : all_options())
    take(std::string(one.option.long_name()), std::string(one.option.sentence), one);
  section("keys");
  for (const Key& key : catalogue::keys())
    take(catalogue::path_of(key), std::string(key.sentence) + (key.supported() ? "" : " (not supported yet)"), key);
}

}  // namespace

std::optional<std::string> reference_text(const std::string& name) {
  std::string text;
  each_meaning(name, [&](const auto& declared) { text += (text.empty() ? "" : "\n") + text_of(declared); });
  return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<std::string> reference_json(const std::string& name) {
  Json all = Json::array();
  each_meaning(name, [&](const auto& declared) { all.push_back(json_of(declared)); });
  return all.empty() ? std::nullopt : std::optional(all.dump() + "\n");
}

std::string reference_list() {
  std::string out;
  each_declaration([&](const std::string& title) { out += (out.empty() ? "" : "\n") + title + "\n"; },
                   [&](const std::string& name, const std::string& sentence, const auto&) {
                     out += fmt::format("  {:<28} {}\n", name, sentence);
                   });
  return out;
}

std::string reference_list_json() {
  Json all = Json::array();
  each_declaration([](const std::string&) {}, [&](const std::string&, const std::string&,
                                                  const auto& declared) { all.push_back(json_of(declared)); });
  return all.dump(1) + "\n";
}

std::optional<std::string> nearest_name(const std::string& name) {
  std::vector<std::string> known;
  each_declaration([](const std::string&) {},
                   [&](const std::string& one, const std::string&, const auto&) { known.push_back(one); });
  for (const Key& key : catalogue::keys()) known.emplace_back(key.name);
  for (const OptionOf& one : all_options()) known.emplace_back(one.name());
  return support::nearest(name, known);
}

}  // namespace modelc::emit

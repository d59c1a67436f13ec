#include "emit/outline.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emit/summary.h"
#include "support/json.h"

namespace modelc::emit {
namespace {

using support::Json;
using Module = Outline::Module;
using Port = std::pair<std::string, std::string>;

std::string text_of(const ir::Module& module) {
  if (module.kind != ir::ModuleKind::Operator) return module.type;
  const ops::Op* op = ops::Catalogue::get().module(module.type);
  const auto is_default = [&](const std::string& name, const ir::Constant& value) {
    return op && std::any_of(op->args.begin(), op->args.end(), [&](const ops::Param& param) {
             return param.name == name && param.has_default && param.default_value == value;
           });
  };
  std::string args;
  for (const auto& [name, value] : module.args)
    if (!is_default(name, value)) args += fmt::format("{}{}={}", args.empty() ? "" : ", ", name, value.str());
  return fmt::format("{}({})", module.type, args);
}

const std::string& name_of(const Module& module) { return module.path; }
const std::string& name_of(const Port& port) { return port.first; }
bool same(const Module& a, const Module& b) { return a.text == b.text && a.output == b.output; }
bool same(const Port& a, const Port& b) { return a.second == b.second; }

/// By name: those only in one list, and those in both that differ. Null on the side that lacks it.
template <class T>
std::vector<std::pair<const T*, const T*>> differences(const std::vector<T>& a, const std::vector<T>& b) {
  std::map<std::string, const T*> in_a, in_b;
  for (const T& item : a) in_a.emplace(name_of(item), &item);
  for (const T& item : b) in_b.emplace(name_of(item), &item);
  std::vector<std::pair<const T*, const T*>> out;
  for (const T& item : a) {
    const auto other = in_b.find(name_of(item));
    if (other == in_b.end()) out.emplace_back(&item, nullptr);
    else if (!same(item, *other->second)) out.emplace_back(&item, other->second);
  }
  for (const T& item : b)
    if (!in_a.contains(name_of(item))) out.emplace_back(nullptr, &item);
  return out;
}

/// `x`, or `x -> y` where they differ.
std::string change(const std::string& a, const std::string& b) { return a == b ? a : a + " -> " + b; }

std::string line_of(const Port* a, const Port* b) {
  if (a && b) return fmt::format("~ {}: {}\n", a->first, change(a->second, b->second));
  return fmt::format("{} {}: {}\n", a ? "-" : "+", (a ? a : b)->first, (a ? a : b)->second);
}

std::string line_of(const Module* a, const Module* b) {
  if (a && b)
    return fmt::format("~ {}: {}, output {}\n", a->path, change(a->text, b->text), change(a->output, b->output));
  const Module& one = *(a ? a : b);
  const std::string parameters = one.parameters ? fmt::format(", {} parameters", one.parameters) : "";
  return fmt::format("{} {}: {}{}\n", a ? "-" : "+", one.path, one.text, parameters);
}

Json json_of(const Module* module) {
  if (!module) return {};
  return {{"text", module->text}, {"output", module->output}, {"parameters", module->parameters}};
}

Json json_of(const Port* port) { return port ? Json(port->second) : Json(); }

}  // namespace

Outline outline(const ir::Program& program) {
  Outline out;
  const Summary summary = summarize(program, {});
  for (const SummaryModule& module : summary.modules)
    if (const ir::Module* found = module.path.empty() ? nullptr : program.tree.find(module.path))
      out.modules.push_back({module.path, text_of(*found), module.output, module.parameters});
  for (const Summary::Port& port : summary.inputs)
    out.interface.emplace_back("input " + port.name, port.type + (port.optional ? ", optional" : ""));
  for (const Summary::Port& port : summary.outputs) out.interface.emplace_back("output " + port.name, port.type);
  out.parameters = summary.total;
  out.flops = summary.flops.str();
  return out;
}

std::string diff_text(const Outline& a, const Outline& b) {
  std::string out;
  for (const auto& [left, right] : differences(a.interface, b.interface)) out += line_of(left, right);
  for (const auto& [left, right] : differences(a.modules, b.modules)) out += line_of(left, right);
  if (out.empty()) out = "no module, input or output differs\n";
  return out + fmt::format("parameters: {}\nFLOPs: {}\n",
                           change(std::to_string(a.parameters), std::to_string(b.parameters)),
                           change(a.flops, b.flops));
}

Json diff_json(const Outline& a, const Outline& b) {
  Json modules = Json::array(), ports = Json::array();
  for (const auto& [left, right] : differences(a.modules, b.modules))
    modules.push_back({{"path", (left ? left : right)->path}, {"a", json_of(left)}, {"b", json_of(right)}});
  for (const auto& [left, right] : differences(a.interface, b.interface))
    ports.push_back({{"name", (left ? left : right)->first}, {"a", json_of(left)}, {"b", json_of(right)}});
  return {{"modules", std::move(modules)},
          {"interface", std::move(ports)},
          {"parameters", {{"a", a.parameters}, {"b", b.parameters}}},
          {"flops", {{"a", a.flops}, {"b", b.flops}}}};
}

}  // namespace modelc::emit

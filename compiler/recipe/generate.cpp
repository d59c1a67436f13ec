#include "recipe/generate.h"

#include <fmt/format.h>

#include <algorithm>

#include "eval/evaluate.h"
#include "recipe/settings.h"
#include "recipe/turns.h"
#include "trace/nodes.h"

namespace modelc::recipe {

using ast::Setting;
using catalogue::KeyId;
using catalogue::Place;

namespace {

const Setting* section_of(const ast::Description& file) {
  const Setting* generate = file.predict ? setting_in(*file.predict, KeyId::Predict_generate) : nullptr;
  return generate && generate->kind != Setting::Null ? generate : nullptr;
}

/// The text of a key of the section, which is reported elsewhere where it is none.
std::string text_in(const Setting& section, KeyId key) {
  const Setting* setting = setting_in(section, key);
  return setting && setting->scalar ? setting->scalar->text : "";
}

Value given_at(Tracer& t, const Setting& section, KeyId key, const Scope& scope) {
  const Setting* setting = setting_in(section, key);
  const ast::ExprPtr expr = setting ? expression_of(*setting, t) : nullptr;
  if (!expr) return Value::poison();
  Value value = evaluate(t, expr, scope);
  value.span = expr->span;
  return value;
}

void report_mismatch(Tracer& t, const Value& value, const std::string& name, const std::string& wanted,
                     const std::string& help = {}) {
  const std::string words = value.kind == Value::Tensor ? t.type_of(value).str() : value.describe();
  auto report = t.fault(value.span, diag::GenerateMismatch, name, words, wanted);
  if (!help.empty()) report.help(help);
}

/// With a last dimension of its own where it has one for each row: `argmax(logits[:, -1], dim=-1)`.
Value with_step(Tracer& t, const Value& next, std::size_t rank) {
  const Span at = next.span;
  if (next.kind != Value::Tensor || t.type_of(next).tensor.rank() + 1 != rank) return next;
  Value made = t.operate("unsqueeze", {{"", next, at, {}}, {"", Value::of(Dim(-1)), at, {}}}, at);
  made.span = at;
  return made;
}

Value in_dtype(Tracer& t, const Value& next, types::DType dtype) {
  const Span at = next.span;
  const types::DType have = t.type_of(next).tensor.dtype;
  if (have == dtype || !types::is_integral(have) || !types::is_integral(dtype)) return next;
  Value made = t.operate("to", {{"", next, at, {}}, {"", Value::of(dtype), at, {}}}, at);
  made.span = at;
  return made;
}

bool appends(const TensorType& next, const TensorType& fed) {
  if (next.dtype != fed.dtype || next.rank() != fed.rank() || next.rank() == 0) return false;
  return std::equal(next.shape.begin(), next.shape.end() - 1, fed.shape.begin()) && next.shape.back().is_constant() &&
         next.shape.back().constant() >= 1;
}

/// What is appended; poison after reporting.
Value next_of(Tracer& t, const Setting& section, const Scope& scope, const TensorType& fed) {
  Value next = given_at(t, section, KeyId::Generate_next, scope);
  if (next.is_poison()) return next;
  next = with_step(t, next, fed.rank());
  if (next.kind == Value::Tensor) next = in_dtype(t, next, fed.dtype);
  if (next.is_poison() || (next.kind == Value::Tensor && appends(t.type_of(next).tensor, fed))) return next;
  TensorType wanted = fed;
  wanted.shape.back() = 1;
  report_mismatch(t, next, "next", wanted.str(), "it is appended along the last dimension: `multinomial(p, 1)`");
  return Value::poison();
}

void trace_stop(Tracer& t, const Setting& section, const Scope& scope, const TensorType& fed, ir::Graph& graph) {
  const Value stop = given_at(t, section, KeyId::Generate_stop, scope);
  if (stop.is_poison() || stop.is_null()) return;
  const Type type = stop.kind == Value::Tensor ? t.type_of(stop) : Type();
  const bool fits = stop.kind == Value::Tensor && type.tensor.dtype == types::DType::Bool && type.tensor.rank() > 0 &&
                    type.tensor.shape[0] == fed.shape[0];
  if (!fits)
    return report_mismatch(t, stop, "stop", fmt::format("bool[{}], true for a row that ends", fed.shape[0].str()));
  graph.outputs.push_back({"stop", trace::operand(stop), type, stop.span});
}

}  // namespace

bool generates(const ast::Description& file) { return section_of(file) != nullptr; }

std::optional<ir::Generate> read_generate(const Given& given) {
  Tracer& t = given.statics;
  const ast::SettingPtr& predict = given.file().predict;
  if (!predict) return std::nullopt;
  const Fields outer = read_fields(t, *predict, Place::Predict, given.scope());
  const Setting* section = section_of(given.file());
  if (!section || !outer.at(KeyId::Predict_generate)) return std::nullopt;
  const Fields fields = read_fields(t, *section, Place::Generate, given.scope());
  if (section->kind != Setting::Mapping) return std::nullopt;
  bool good = true;
  for (const KeyId key : {KeyId::Generate_feed, KeyId::Generate_next, KeyId::Generate_steps}) {
    if (fields.at(key)) continue;
    if (!fields.misspelt)
      t.fault(section->span, diag::SettingMissing, catalogue::place(Place::Generate).path, catalogue::key(key).name);
    good = false;
  }
  ir::Generate generate;
  generate.span = section->span;
  generate.feed = read_text(t, fields, KeyId::Generate_feed).value_or("");
  generate.stops = fields.at(KeyId::Generate_stop) != nullptr;
  const auto steps = read_integer(t, fields, KeyId::Generate_steps, given.scope());
  if (!fields.at(KeyId::Generate_feed)) return std::nullopt;
  const auto& inputs = given.model.inputs;
  const auto fed = std::find_if(inputs.begin(), inputs.end(), [&](const trace::ModelInput& input) {
    return input.name == generate.feed && !input.target && input.type.is_tensor() && input.type.tensor.rank() > 0;
  });
  if (fed == inputs.end()) {
    std::vector<std::string> names;
    for (const trace::ModelInput& input : inputs)
      if (!input.target) names.push_back(input.name);
    auto report = t.fault(fields.span(KeyId::Generate_feed), diag::SettingValue, "predict.generate.feed", generate.feed,
                          "an input that has dimensions");
    if (!report.did_you_mean(generate.feed, names)) report.help(fmt::format("there are {}", fmt::join(names, ", ")));
    return std::nullopt;
  }
  if (!steps || !good) return std::nullopt;
  generate.steps = *steps;
  return generate;
}

void trace_generation(Tracer& t, Frame& frame, const Scope& scope, ir::Graph& graph) {
  graph.outputs.clear();
  const Setting* section = section_of(t.document.root());
  if (!section || section->kind != Setting::Mapping) return;
  const std::string feed = text_in(*section, KeyId::Generate_feed);
  const auto input = std::find_if(graph.inputs.begin(), graph.inputs.end(),
                                  [&](const ir::Input& one) { return one.name == feed && !one.target; });
  if (input == graph.inputs.end() || input->type.tensor.rank() == 0) return;  // said where the section is read
  const TensorType fed = input->type.tensor;
  const Value next = next_of(t, *section, scope, fed);
  if (next.is_poison()) return;
  graph.outputs.push_back({"next", trace::operand(next), t.type_of(next), next.span});
  frame.bindings.insert_or_assign("next", next);
  if (setting_in(*section, KeyId::Generate_stop)) trace_stop(t, *section, scope, fed, graph);
}

}  // namespace modelc::recipe

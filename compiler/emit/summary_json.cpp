#include <nlohmann/json.hpp>

#include "emit/summary.h"
#include "support/json.h"

namespace modelc::emit {
namespace {

using support::Json;

/// A known size is a number, any other a text.
Json size_json(types::Dim size) { return size.is_constant() ? Json(size.constant()) : Json(size.str()); }

Json shape_json(const types::TensorType& type) {
  Json shape = Json::array();
  for (const types::Dim dim : type.shape) shape.push_back(size_json(dim));
  return shape;
}

Json tensor_json(const SummaryTensor& tensor, bool parameter) {
  Json out = {
      {"name", tensor.name}, {"shape", shape_json(tensor.type)}, {"dtype", types::torch_word(tensor.type.dtype)}};
  if (parameter) out["trainable"] = tensor.trainable;
  if (!tensor.aliases.empty()) out["aliases"] = tensor.aliases;
  return out;
}

template <class T, class Show>
Json list(const std::vector<T>& items, const Show& show) {
  Json out = Json::array();
  for (const T& item : items) out.push_back(show(item));
  return out;
}

}  // namespace

std::string summary_json(const Summary& s) {
  const Json out = {
      {"name", s.name},
      {"inputs", list(s.inputs,
                      [](const Summary::Port& p) {
                        return Json{{"name", p.name}, {"type", p.type}, {"optional", p.optional}};
                      })},
      {"outputs", list(s.outputs,
                       [](const Summary::Port& p) {
                         return Json{{"name", p.name}, {"type", p.type}};
                       })},
      {"parameters", list(s.parameters, [](const SummaryTensor& t) { return tensor_json(t, true); })},
      {"buffers", list(s.buffers, [](const SummaryTensor& t) { return tensor_json(t, false); })},
      {"modules", list(s.modules,
                       [](const SummaryModule& m) {
                         return Json{{"path", m.path},
                                     {"type", m.type},
                                     {"output", m.output.empty() ? Json() : Json(m.output)},
                                     {"parameters", m.parameters},
                                     {"flops", size_json(m.flops)}};
                       })},
      {"constraints", list(s.constraints, [](const SummaryConstraint& c) { return Json(c.words); })},
      {"totals",
       {{"parameters", s.total}, {"trainable", s.trainable}, {"bytes", s.bytes}, {"flops", size_json(s.flops)}}}};
  return support::json_text(out);
}

}  // namespace modelc::emit

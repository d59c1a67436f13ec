#include <fmt/format.h>

#include "emit/summary.h"
#include "support/json.h"

namespace modelc::emit {
namespace {

using support::json_quote;

/// `[a, b]`, one item per line.
template <class T, class Write>
std::string list(const std::vector<T>& items, const Write& write) {
  std::string out = "[";
  for (std::size_t i = 0; i < items.size(); ++i) out += (i == 0 ? "\n    " : ",\n    ") + write(items[i]);
  return out + (items.empty() ? "]" : "\n  ]");
}

std::string flops_json(types::Dim flops) {
  return flops.is_constant() ? std::to_string(flops.constant()) : json_quote(flops.str());
}

std::string shape_json(const types::TensorType& type) {
  std::string out;
  for (const types::Dim dim : type.shape) {
    out += (out.empty() ? "" : ", ") + (dim.is_constant() ? std::to_string(dim.constant()) : json_quote(dim.str()));
  }
  return "[" + out + "]";
}

std::string tensor_json(const SummaryTensor& tensor, bool parameter) {
  std::string out = fmt::format("{{\"name\": {}, \"shape\": {}, \"dtype\": {}", json_quote(tensor.name),
                                shape_json(tensor.type), json_quote(types::torch_word(tensor.type.dtype)));
  if (parameter) out += tensor.trainable ? ", \"trainable\": true" : ", \"trainable\": false";
  if (!tensor.aliases.empty()) {
    std::string aliases;
    for (const std::string& alias : tensor.aliases) aliases += (aliases.empty() ? "" : ", ") + json_quote(alias);
    out += ", \"aliases\": [" + aliases + "]";
  }
  return out + "}";
}

}  // namespace

std::string summary_json(const Summary& s) {
  std::string out = "{\n  \"name\": " + json_quote(s.name);
  out += ",\n  \"inputs\": " + list(s.inputs, [](const Summary::Port& p) {
           return fmt::format("{{\"name\": {}, \"type\": {}, \"optional\": {}}}", json_quote(p.name),
                              json_quote(p.type), p.optional);
         });
  out += ",\n  \"outputs\": " + list(s.outputs, [](const Summary::Port& p) {
           return fmt::format("{{\"name\": {}, \"type\": {}}}", json_quote(p.name), json_quote(p.type));
         });
  out += ",\n  \"parameters\": " + list(s.parameters, [](const SummaryTensor& t) { return tensor_json(t, true); });
  out += ",\n  \"buffers\": " + list(s.buffers, [](const SummaryTensor& t) { return tensor_json(t, false); });
  out += ",\n  \"modules\": " + list(s.modules, [](const SummaryModule& m) {
           return fmt::format("{{\"path\": {}, \"type\": {}, \"output\": {}, \"parameters\": {}, \"flops\": {}}}",
                              json_quote(m.path), json_quote(m.type), m.output.empty() ? "null" : json_quote(m.output),
                              m.parameters, flops_json(m.flops));
         });
  out += ",\n  \"constraints\": " + list(s.constraints, [](const SummaryConstraint& c) { return json_quote(c.words); });
  out += fmt::format(",\n  \"totals\": {{\"parameters\": {}, \"trainable\": {}, \"bytes\": {}, \"flops\": {}}}\n}}\n",
                     s.total, s.trainable, s.bytes, flops_json(s.flops));
  return out;
}

}  // namespace modelc::emit

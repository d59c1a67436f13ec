#include "emit/declarations.h"

namespace modelc::emit {
namespace {

void add_to(std::string& list, const types::Param& param) {
  list += (list.empty() ? "" : ", ") + param.name;
  if (param.has_default) list += "=" + param.default_value.str();
}

}  // namespace

bool is_internal(const ops::Op& op) { return op.name.starts_with("_"); }

std::string signature(const ops::Op& op) {
  std::string list;
  for (const types::Param& param : op.is_module ? op.args : op.inputs) {
    if (!param.inferred && !param.internal) add_to(list, param);
  }
  return op.name + "(" + list + ")";
}

std::string signature(const catalogue::Entry& entry) {
  std::string list;
  for (const types::Param& param : entry.arguments) {
    if (!param.later) add_to(list, param);
  }
  if (entry.rest) list += (list.empty() ? "" : ", ") + entry.rest->name + ", …";
  if (entry.named) list += (list.empty() ? "" : ", ") + entry.named->name + "=…, …";
  return entry.name + "(" + list + ")";
}

std::string declaration(const types::Param& param) {
  std::string out = param.text.empty() ? param.name : param.text;
  if (param.inferred) out += "  (inferred)";
  if (param.keyword_only) out += "  (by name only)";
  if (param.later) out += "  (not supported yet)";
  return out;
}

std::string value_words(const catalogue::Key& key) {
  return std::string(key.form == catalogue::Form::Value ? key.type : catalogue::form_words(key.form));
}

std::string kind_title(catalogue::Kind kind) {
  using catalogue::Kind;
  switch (kind) {
    case Kind::Optimizer:
      return "optimizers";
    case Kind::Schedule:
      return "schedules";
    case Kind::Metric:
      return "metrics";
    case Kind::Source:
      return "sources of data";
    case Kind::Draw:
      return "ways to draw a column";
    case Kind::FeedFunction:
      return "functions of a feed";
    case Kind::StaticFunction:
      return "static functions";
    case Kind::Initialiser:
      return "initialisers";
    case Kind::Key:
      return "keys";
    case Kind::Option:
      return "options of the command line";
  }
  return "entries";
}

}  // namespace modelc::emit

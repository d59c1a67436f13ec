// A static value in the form of the parameter that takes it.
#include <algorithm>

#include "catalogue/bind.h"

namespace modelc::catalogue {

namespace {

bool matches(const Param::Alternative& a, const Constant& v) {
  switch (a.kind) {
    case Param::Int:
      return v.is_int();
    case Param::Float:
      return v.is_int() || v.is_float();
    case Param::Bool:
      return v.is_bool();
    case Param::Str:
      return v.is_string();
    case Param::DTypeWord:
      return v.is_dtype();
    case Param::DimKind:
      return v.is_dim();
    case Param::Word:
      return v.is_string() && std::find(a.words.begin(), a.words.end(), v.as_string()) != a.words.end();
    case Param::Number:
      return v.is_dim() || v.is_float() || v.is_bool();
    case Param::Column:
      return v.is_string() || v.is_int();
    case Param::Any:
      return true;
    case Param::Tensor:
    case Param::TensorList:
    case Param::Source:
      return false;
  }
  return false;
}

Constant adapted(const Param::Alternative& a, const Constant& v) {
  if (a.kind == Param::Float && v.is_int()) return static_cast<double>(v.as_int());
  return v;
}

}  // namespace

std::optional<Constant> fitted(const Param& param, const Constant& value) {
  if (value.is_null() && (param.nullable || (param.has_default && param.default_value.is_null()))) return value;
  for (const Param::Alternative& a : param.alternatives) {
    if (!a.list) {
      if (matches(a, value)) return adapted(a, value);
      continue;
    }
    if (value.is_list()) {
      const auto& items = value.as_list();
      if (a.count != 0 && static_cast<int>(items.size()) != a.count) continue;
      if (!std::all_of(items.begin(), items.end(), [&](const Constant& v) { return matches(a, v); })) continue;
      types::ConstantList list;
      for (const Constant& item : items) list.push_back(adapted(a, item));
      return Constant(std::move(list));
    }
    if (matches(a, value))
      return Constant(types::ConstantList(static_cast<std::size_t>(std::max(a.count, 1)), adapted(a, value)));
  }
  return std::nullopt;
}

}  // namespace modelc::catalogue

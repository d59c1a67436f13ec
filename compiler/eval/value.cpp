#include "eval/value.h"

#include <fmt/format.h>

#include <algorithm>

namespace modelc::eval {

Value Value::null() {
  Value v;
  v.kind = Null;
  return v;
}
Value Value::of(bool b) {
  Value v;
  v.kind = Bool;
  v.boolean = b;
  return v;
}
Value Value::of(Dim d) {
  Value v;
  v.kind = d.is_poison() ? Poison : Int;
  v.dim = d;
  return v;
}
Value Value::of(double d) {
  Value v;
  v.kind = Float;
  v.number = d;
  return v;
}
Value Value::of(std::string s) {
  Value v;
  v.kind = String;
  v.text = std::move(s);
  return v;
}
Value Value::of(types::DType d) {
  Value v;
  v.kind = DType;
  v.dtype = d;
  return v;
}
Value Value::of_tensor(TensorId id) {
  Value v;
  v.kind = Tensor;
  v.tensor = id;
  return v;
}
Value Value::of_module(InstanceId id) {
  Value v;
  v.kind = Module;
  v.instance = id;
  return v;
}
Value Value::of_definition(DefinitionPtr definition, std::string type_name) {
  Value v;
  v.kind = definition ? Def : Poison;
  v.definition = std::move(definition);
  v.text = std::move(type_name);
  return v;
}
Value Value::function(std::string name) {
  Value v;
  v.kind = Function;
  v.text = std::move(name);
  return v;
}

Value Value::of_list(std::vector<Value> items, bool tuple, std::vector<std::string> names) {
  Value v;
  v.kind = List;
  auto list = std::make_shared<ListValue>();
  list->items = std::move(items);
  list->names = std::move(names);
  list->tuple = tuple;
  for (const Value& item : list->items) {
    list->is_static = list->is_static && item.is_static();
    if (item.kind != List) {
      ++list->weight;
      continue;
    }
    list->weight = std::min<std::size_t>(list->weight + item.list->weight, std::size_t{1} << 40);
    list->depth = std::max(list->depth, item.list->depth + 1);
  }
  v.list = std::move(list);
  return v;
}

bool Value::is_static() const {
  if (kind == Tensor || kind == Module || kind == Choice) return false;
  return kind != List || list->is_static;
}

double Value::as_double() const {
  if (kind == Float) return number;
  if (kind == Bool) return boolean ? 1 : 0;
  return static_cast<double>(dim.constant());
}

std::string Value::describe() const {
  switch (kind) {
    case Poison:
      return "a faulty value";
    case Null:
      return "null";
    case Bool:
      return boolean ? "true" : "false";
    case Int:
      return dim.is_constant() ? fmt::format("the integer {}", dim.str()) : fmt::format("the size {}", dim.str());
    case Float:
      return fmt::format("the float {}", str());
    case String:
      return fmt::format("the string \"{}\"", text);
    case DType:
      return fmt::format("the dtype {}", types::dtype_word(dtype));
    case Ellipsis:
      return "`...`";
    case List:
      return list->names.empty() ? fmt::format("a {} of {}", list->tuple ? "tuple" : "list", list->items.size())
                                 : fmt::format("a record of {}", list->items.size());
    case Tensor:
      return "a tensor";
    case Module:
      return "a module";
    case Def:
      return fmt::format("the module definition `{}`", text);
    case Function:
      return fmt::format("the function `{}`", text);
    case Choice:
      return "a choice made at run time";
  }
  return "a value";
}

std::string Value::str() const {
  if (kind == Def || kind == String) return text;
  if (kind == Int) return dim.str();
  if (const auto constant = to_constant(*this)) return constant->str();
  return describe();
}

std::optional<types::Constant> to_constant(const Value& value) {
  using types::Constant;
  switch (value.kind) {
    case Value::Null:
      return Constant();
    case Value::Bool:
      return Constant(value.boolean);
    case Value::Int:
      return Constant(value.dim);
    case Value::Float:
      return Constant(value.number);
    case Value::String:
      return Constant(value.text);
    case Value::DType:
      return Constant(value.dtype);
    case Value::Ellipsis:
      return Constant("...");
    case Value::List: {
      types::ConstantList list;
      for (const Value& item : value.list->items) {
        auto constant = to_constant(item);
        if (!constant) return std::nullopt;
        list.push_back(std::move(*constant));
      }
      return Constant(std::move(list));
    }
    default:
      return std::nullopt;
  }
}

Value from_constant(const types::Constant& c) {
  if (c.is_null()) return Value::null();
  if (c.is_bool()) return Value::of(c.as_bool());
  if (c.is_dim()) return Value::of(c.as_dim());
  if (c.is_float()) return Value::of(c.as_double());
  if (c.is_string()) return Value::of(c.as_string());
  if (c.is_dtype()) return Value::of(c.as_dtype());
  std::vector<Value> items;
  for (const auto& item : c.as_list()) items.push_back(from_constant(item));
  return Value::of_list(std::move(items));
}

}  // namespace modelc::eval

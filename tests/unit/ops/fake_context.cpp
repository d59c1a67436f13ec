#include "fake_context.h"

#include <cctype>
#include <cstdlib>
#include <functional>

namespace modelc::ops::testing {

void FakeContext::set(const std::string& name, Constant value) { constants_[name] = std::move(value); }

const Constant& FakeContext::arg(std::string_view name) const {
  static const Constant kNull;
  const auto at = constants_.find(name);
  return at == constants_.end() ? kNull : at->second;
}

const TensorType& FakeContext::tensor(std::string_view name) const {
  static const TensorType kNone;
  const auto at = values_.find(std::string(name));
  return at == values_.end() ? kNone : at->second.tensor;
}

std::vector<TensorType> FakeContext::tensors(std::string_view name) const {
  std::vector<TensorType> list;
  const auto at = values_.find(std::string(name));
  if (at == values_.end()) return list;
  if (at->second.is_tensor()) list.push_back(at->second.tensor);
  for (const Type& part : at->second.parts()) list.push_back(part.tensor);
  return list;
}

Type FakeContext::type(std::string_view name) const {
  const auto at = values_.find(std::string(name));
  return at == values_.end() ? Type::none() : at->second;
}

bool FakeContext::infer(std::string_view name, Dim size) {
  const Constant& stated = arg(name);
  if (!stated.is_null()) return require_equal(size, stated.as_dim(), std::string(name));
  if (!size.is_constant()) {
    faults.push_back(std::string(name) + " is not known: " + size.str());
    return false;
  }
  constants_[std::string(name)] = size;
  return true;
}

bool FakeContext::require(Dim a, types::Relation relation, Dim b, Reason what) {
  const types::Outcome outcome = conditions.require(a, relation, b, {});
  if (outcome.ok()) return true;
  faults.push_back(a.str() + (relation == types::Relation::Equal ? " == " : " >= ") + b.str() + ": " + what.str());
  return false;
}

namespace {

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  int depth = 0;
  bool quoted = false;
  std::string part;
  for (char c : text) {
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '[' || c == '(')) ++depth;
    if (!quoted && (c == ']' || c == ')')) --depth;
    if (c == ',' && depth == 0 && !quoted) {
      parts.push_back(part);
      part.clear();
    } else if (c != ' ' || !part.empty()) {
      part += c;
    }
  }
  if (!part.empty()) parts.push_back(part);
  return parts;
}

std::optional<Constant> parse_constant(const std::string& text) {
  if (text == "null") return Constant();
  if (text == "true") return Constant(true);
  if (text == "false") return Constant(false);
  if (text.size() >= 2 && text.front() == '"') return Constant(text.substr(1, text.size() - 2));
  if (const auto dtype = types::parse_dtype(text)) return Constant(*dtype);
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
    types::ConstantList list;
    for (const std::string& part : split(text.substr(1, text.size() - 2))) {
      const auto element = parse_constant(part);
      if (!element) return std::nullopt;
      list.push_back(*element);
    }
    return Constant(std::move(list));
  }
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (text.empty() || *end || !(std::isdigit(static_cast<unsigned char>(text[0])) || text[0] == '-'))
    return std::nullopt;
  if (text.find_first_of(".e") == std::string::npos) return Constant(static_cast<std::int64_t>(number));
  return Constant(number);
}

/// As argument binding does it: an integer where a float is due, one value where a list of n is.
Constant in_form(const Param& param, Constant value) {
  bool floats = false, integers = false;
  for (const auto& a : param.alternatives) {
    floats |= a.kind == Param::Float;
    integers |= a.kind == Param::Int || a.kind == Param::DimKind;
  }
  if (value.is_int() && floats && !integers) value = static_cast<double>(value.as_int());
  if (value.is_list() || value.is_null() || value.is_string()) return value;
  for (const auto& a : param.alternatives) {
    if (!a.list && a.kind != Param::Word) return value;
    if (a.list) return types::ConstantList(static_cast<std::size_t>(std::max(a.count, 1)), value);
  }
  return value;
}

}  // namespace

std::vector<TensorType> parse_types(const std::string& text, std::map<std::string, Dim>& symbols) {
  std::vector<TensorType> list;
  for (const std::string& one : split(text)) {
    const std::size_t bracket = one.find('[');
    const auto dtype = types::parse_dtype(one.substr(0, bracket));
    if (!dtype || bracket == std::string::npos || one.back() != ']') return {};
    TensorType type{*dtype, {}};
    for (const std::string& size : split(one.substr(bracket + 1, one.size() - bracket - 2))) {
      if (std::isdigit(static_cast<unsigned char>(size[0]))) {
        type.shape.push_back(std::int64_t{std::atoll(size.c_str())});
      } else {
        if (!symbols.count(size)) symbols.emplace(size, types::DimTable::current().symbol(size));
        type.shape.push_back(symbols.at(size));
      }
    }
    list.push_back(std::move(type));
  }
  return list;
}

Call parse_call(const Op& op, const std::string& text, const std::vector<TensorType>& inputs) {
  static const std::string kNames = "xyzw";
  Call call{&op, {}, {}, false};
  const std::size_t open = text.find('(');
  if (open == std::string::npos || text.back() != ')') return call;
  std::string head = text.substr(0, open);
  std::vector<std::string> arguments = split(text.substr(open + 1, text.size() - open - 2));
  if (head.size() > 2 && head[1] == '.') {
    arguments.insert(arguments.begin(), head.substr(0, 1));
    head = head.substr(2);
  }
  if (head != op.name && "Tensor." + head != op.name) return call;
  const auto tensor = [&](const std::string& name) -> std::optional<TensorType> {
    const std::size_t at = name.size() == 1 ? kNames.find(name) : std::string::npos;
    if (at == std::string::npos || at >= inputs.size()) return std::nullopt;
    return inputs[at];
  };
  const std::vector<Param>& params = op.is_module ? op.args : op.inputs;
  bool has_inferred = false;
  for (const Param& p : params) has_inferred |= p.inferred;
  std::size_t position = 0;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string argument = arguments[i];
    const Param* param = nullptr;
    const std::size_t equals = argument.find('=');
    if (equals != std::string::npos && argument[0] != '"') {
      const std::string name = argument.substr(0, equals);
      for (const Param& p : params)
        if (p.name == name) param = &p;
      argument = argument.substr(equals + 1);
    } else {
      while (position < params.size() && (params[position].inferred || (has_inferred && params[position].has_default)))
        ++position;
      if (position < params.size()) param = &params[position++];
    }
    if (!param) return call;
    const bool gathers = op.variadic && param->alternatives[0].kind == Param::TensorList;
    if (tensor(argument) && gathers) {
      std::vector<Type> all{Type::of(*tensor(argument))};
      while (i + 1 < arguments.size() && tensor(arguments[i + 1])) all.push_back(Type::of(*tensor(arguments[++i])));
      call.tensors.emplace_back(param->name, Type::list(std::move(all)));
      continue;
    }
    if (const auto one = tensor(argument)) {
      call.tensors.emplace_back(param->name, Type::of(*one));
      continue;
    }
    if (argument.front() == '[' && tensor(split(argument.substr(1, argument.size() - 2)).at(0))) {
      std::vector<Type> parts;
      for (const std::string& name : split(argument.substr(1, argument.size() - 2)))
        parts.push_back(Type::of(*tensor(name)));
      call.tensors.emplace_back(param->name, Type::list(std::move(parts)));
      continue;
    }
    auto constant = parse_constant(argument);
    if (!constant) return call;
    if (op.variadic && constant->is_int() && param->alternatives[0].list) {
      types::ConstantList rest{*constant};
      while (++i < arguments.size()) {
        const auto next = parse_constant(arguments[i]);
        if (!next || !next->is_int()) return call;
        rest.push_back(*next);
      }
      constant = Constant(std::move(rest));
    }
    call.constants.emplace_back(param->name, in_form(*param, *constant));
  }
  if (op.is_module)
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (i >= op.inputs.size()) return call;
      call.tensors.emplace_back(op.inputs[i].name, Type::of(inputs[i]));
    }
  call.parsed = true;
  return call;
}

void apply(const Call& call, FakeContext& context) {
  for (const auto& [name, value] : call.constants) context.set(name, value);
  for (const auto& [name, type] : call.tensors) context.set(name, type);
}

std::string run(const std::string& text, const std::string& inputs) {
  types::DimTable table;
  types::DimTable::Scope scope(table);
  std::map<std::string, Dim> symbols;
  std::string name = text.substr(0, text.find('('));
  const bool is_method = name.size() > 2 && name[1] == '.';
  if (is_method) name = name.substr(2);
  const Op* op = is_method ? Catalogue::get().method(name) : Catalogue::get().module(name);
  if (!op) op = Catalogue::get().function(name);
  if (!op) return "no operator " + name;
  const Call call = parse_call(*op, text, parse_types(inputs, symbols));
  if (!call.parsed) return "cannot read " + text;
  FakeContext context(*op);
  apply(call, context);
  const Type result = context.infer();
  if (!context.faults.empty()) return context.faults[0];
  return result.str();
}

}  // namespace modelc::ops::testing

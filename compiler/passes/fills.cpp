#include "passes/fills.h"

#include <cmath>
#include <limits>

#include "ir/builder.h"

namespace modelc::passes {

using types::Constant;
using types::DType;

namespace {

/// The greatest integer that no other integer is rounded to when it becomes a double.
constexpr std::int64_t kExact = (std::int64_t{1} << 53) - 1;

struct Range {
  double low, high;
};

std::optional<Range> range_of(DType dtype) {
  switch (dtype) {
    case DType::UInt8:
      return Range{0, 255};
    case DType::Int8:
      return Range{-128, 127};
    case DType::Int16:
      return Range{-32768, 32767};
    case DType::Int32:
      return Range{-2147483648.0, 2147483647.0};
    case DType::Int64:
      return Range{static_cast<double>(-kExact), static_cast<double>(kExact)};
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<double> element(double number, DType dtype) {
  if (dtype == DType::Float64) return number;
  if (dtype == DType::Float32) return static_cast<double>(static_cast<float>(number));
  if (dtype == DType::Bool) return number != 0 ? 1.0 : 0.0;
  const std::optional<Range> range = range_of(dtype);
  const double whole = std::trunc(number) + 0.0;  // an integer has no -0.0
  if (!range || !(whole >= range->low && whole <= range->high)) return std::nullopt;
  return whole;
}

std::optional<double> element(const Constant& number, DType dtype) {
  if (number.is_bool()) return element(number.as_bool() ? 1.0 : 0.0, dtype);
  if (number.is_float()) return element(number.as_double(), dtype);
  if (!number.is_int() || number.as_int() > kExact || number.as_int() < -kExact) return std::nullopt;
  return element(number.as_double(), dtype);
}

std::optional<double> filled_with(const ir::Graph& graph, ir::ValueId value) {
  const ir::ValueInfo& info = graph.values[value];
  if (info.kind != ir::ValueKind::Result) return std::nullopt;
  const ir::Node& node = graph.nodes[info.source];
  const Constant& fills = ir::op_of(node).numbers.fills;
  if (fills.is_null()) return std::nullopt;
  return element(fills.is_string() ? *ir::attribute_of(node, fills.as_string()) : fills, info.type.tensor.dtype);
}

ir::Node fill(const types::TensorType& type, double with) {
  ir::Node node = ir::call_of(ops::Catalogue::get().id("full"));
  const auto set = [&](std::string_view parameter, Constant constant) {
    const auto& inputs = ir::op_of(node).inputs;
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (inputs[i].name == parameter) node.attributes[i] = constant;
  };
  set("size", types::ConstantList(type.shape.begin(), type.shape.end()));
  DType inferred = DType::Float32;
  if (types::is_floating(type.dtype)) {
    set("fill_value", with);
  } else if (type.dtype == DType::Bool) {
    set("fill_value", with != 0);
    inferred = DType::Bool;
  } else {
    set("fill_value", static_cast<std::int64_t>(with));
    inferred = DType::Int64;
  }
  if (type.dtype != inferred) set("dtype", type.dtype);
  return node;
}

}  // namespace modelc::passes

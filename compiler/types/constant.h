// A static value of an operator argument: what remains of an expression at compile time. Integers are Dims, so that a
// size of a run-time dimension can be an argument too (`reshape(x, [B, H*W])`).
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "types/type.h"

namespace modelc::types {

struct Constant;
using ConstantList = std::vector<Constant>;

struct Constant {
  std::variant<std::monostate, bool, Dim, double, std::string, DType, ConstantList> value;

  Constant() = default;
  Constant(bool v) : value(v) {}                      // NOLINT
  Constant(Dim v) : value(v) {}                       // NOLINT
  Constant(int v) : value(Dim(v)) {}                  // NOLINT
  Constant(std::int64_t v) : value(Dim(v)) {}         // NOLINT
  Constant(double v) : value(v) {}                    // NOLINT
  Constant(std::string v) : value(std::move(v)) {}    // NOLINT
  Constant(const char* v) : value(std::string(v)) {}  // NOLINT
  Constant(DType v) : value(v) {}                     // NOLINT
  Constant(ConstantList v) : value(std::move(v)) {}   // NOLINT

  bool is_null() const { return std::holds_alternative<std::monostate>(value); }
  bool is_bool() const { return std::holds_alternative<bool>(value); }
  bool is_dim() const { return std::holds_alternative<Dim>(value); }
  bool is_int() const { return is_dim() && std::get<Dim>(value).is_constant(); }
  bool is_float() const { return std::holds_alternative<double>(value); }
  bool is_string() const { return std::holds_alternative<std::string>(value); }
  bool is_dtype() const { return std::holds_alternative<DType>(value); }
  bool is_list() const { return std::holds_alternative<ConstantList>(value); }
  bool as_bool() const { return std::get<bool>(value); }
  Dim as_dim() const { return std::get<Dim>(value); }
  std::int64_t as_int() const { return std::get<Dim>(value).constant(); }
  /// A float or a constant integer.
  double as_double() const { return is_float() ? std::get<double>(value) : static_cast<double>(as_int()); }
  const std::string& as_string() const { return std::get<std::string>(value); }
  DType as_dtype() const { return std::get<DType>(value); }
  const ConstantList& as_list() const { return std::get<ConstantList>(value); }
  /// As written in the language: `true`, `null`, `0.1`, `[1, 2]`, `"mean"`.
  std::string str() const;
  bool operator==(const Constant&) const = default;
};

}  // namespace modelc::types

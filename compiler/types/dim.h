// Symbolic sizes in normal form (notes: docs/dimensions.md): a Dim is a plain integer or an index into a DimTable of
// hash-consed polynomials over symbols, floor divisions and pos(). Equal normal forms have equal ids; different ones
// mean nothing (Conditions decides). Knows no tensors, no places, no diagnostics.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace modelc::types {

using SymbolId = std::uint32_t;

/// 8 bytes, freely copied. All symbolic Dims belong to the DimTable that is current on this thread.
class Dim {
 public:
  constexpr Dim() = default;
  /// Integers are dims. Those of more than 62 bits are poison.
  constexpr Dim(std::int64_t value)  // NOLINT
      : value_(fits(value) ? value : 0), tag_(fits(value) ? 0 : 2) {}
  constexpr Dim(int value) : value_(value) {}  // NOLINT

  bool is_constant() const { return tag_ == 0; }
  /// The integer; only where is_constant().
  std::int64_t constant() const { return value_; }
  /// Overflow of 64 bits, division by zero, or made from such: equal to nothing, printed `?`.
  bool is_poison() const { return tag_ == 2; }
  static Dim poison();

  /// Same normal form.
  bool operator==(const Dim&) const = default;

  /// Canonical text, e.g. `128*(H//4)*(W//4)`, `H % 3`, `min(T, 512)`.
  std::string str() const;
  std::vector<SymbolId> symbols() const;
  Dim substitute(const std::map<SymbolId, Dim>& values) const;
  /// The value at a point; nullopt if a symbol is missing or the arithmetic overflows.
  std::optional<std::int64_t> evaluate(const std::map<SymbolId, std::int64_t>& point) const;
  /// An opaque key for ordered containers.
  std::uint64_t key() const {
    return (static_cast<std::uint64_t>(value_) & ((std::uint64_t{1} << 62) - 1)) | (std::uint64_t{tag_} << 62);
  }

 private:
  friend class DimTable;
  static constexpr bool fits(std::int64_t value) {
    return value >= -(std::int64_t{1} << 61) && value < (std::int64_t{1} << 61);
  }
  std::int64_t value_ : 62 = 0;
  std::uint64_t tag_ : 2 = 0;  // 0 integer, 1 index into the table, 2 poison
};

Dim operator+(Dim a, Dim b);
Dim operator-(Dim a, Dim b);
Dim operator-(Dim a);
Dim operator*(Dim a, Dim b);
/// Python's floor division and modulo. Division by zero gives poison.
Dim floor_div(Dim a, Dim b);
Dim floor_mod(Dim a, Dim b);
Dim ceil_div(Dim a, Dim b);
Dim dim_max(Dim a, Dim b);
Dim dim_min(Dim a, Dim b);
Dim dim_pow(Dim a, int exponent);
/// a/b if the polynomial division leaves no remainder for any value of the symbols.
std::optional<Dim> exact_div(Dim a, Dim b);
/// Python's floor division of plain integers (b != 0).
std::int64_t floor_div_int(std::int64_t a, std::int64_t b);

/// The symbol that a size is, where it is one of a size that data decide (DimTable::symbol with 0 as its least).
std::optional<SymbolId> measured_symbol(Dim size);
/// A size depends on such a symbol.
bool depends_on_data(Dim size);

class DimTable {
 public:
  DimTable();
  ~DimTable();
  DimTable(const DimTable&) = delete;
  DimTable& operator=(const DimTable&) = delete;

  /// A new symbol; `least` is its smallest value (1; 0 for data-dependent sizes). Names need not be unique.
  Dim symbol(std::string name, std::int64_t least = 1);
  const std::string& symbol_name(SymbolId id) const;
  std::int64_t symbol_least(SymbolId id) const;
  std::size_t symbol_count() const;

  /// The table in force on this thread; there must be one.
  static DimTable& current();
  /// Puts a table in force for a scope.
  class Scope {
   public:
    explicit Scope(DimTable& table);
    ~Scope();

   private:
    DimTable* before_;
  };

  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace modelc::types

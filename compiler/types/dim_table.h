// The inside of a DimTable, for the sources of this room only: hash-consed atoms, monomials and polynomials, and the
// memos of what was computed of them. Nodes are never changed or removed; ids are dense and private.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "types/dim.h"
#include "types/value_set.h"

namespace modelc::types {

__extension__ typedef __int128 Int128;

using AtomId = std::uint32_t;
using MonoId = std::uint32_t;

enum class AtomKind : std::uint8_t { Symbol, Floor, Opaque, Pos };  // the order in which they are printed

/// Beyond these a size is poison: no model has such, and every walk over a node stays short.
inline constexpr std::uint32_t kMaxWeight = 2000;
inline constexpr std::uint32_t kMaxDepth = 48;
inline constexpr std::uint32_t kMaxExponent = 64;
inline constexpr std::size_t kMaxTerms = 256;

/// What is known of a node without walking it again.
struct Facts {
  std::uint32_t weight = 0;  // atoms in the whole tree
  std::uint32_t depth = 0;
  std::uint32_t degree = 0;  // a floor counts as its argument
  bool has_floor = false;
  bool has_pos = false;
  bool has_opaque = false;
  std::vector<SymbolId> symbols;  // sorted
  void take(const Facts& other);
};

struct Atom {
  AtomKind kind = AtomKind::Symbol;
  SymbolId symbol = 0;
  Dim argument;  // Floor, Opaque, Pos
  Dim divisor;   // Floor: an integer >= 2; Opaque: anything
  Facts facts;
};

struct Power {
  AtomId atom = 0;
  std::uint32_t exponent = 1;
  bool operator==(const Power&) const = default;
};

struct Monomial {
  std::vector<Power> powers;    // by atom id
  std::uint32_t exponents = 0;  // their sum
  Facts facts;
};

struct Term {
  MonoId mono = 0;  // 0: the constant
  std::int64_t factor = 0;
  bool operator==(const Term&) const = default;
};

/// A polynomial under construction: terms by monomial id, no zero factor.
struct Poly {
  std::vector<Term> terms;
  bool bad = false;  // overflow
  bool is_constant() const { return terms.empty() || (terms.size() == 1 && terms[0].mono == 0); }
  std::int64_t constant() const { return !terms.empty() && terms[0].mono == 0 ? terms[0].factor : 0; }
};

struct PolyNode {
  std::vector<Term> terms;
  Facts facts;
};

enum class Memo : std::uint8_t { Add, Multiply, FloorDiv, Pos, Tidy };

/// Values of symbols; a handful at most.
using Point = std::vector<std::pair<SymbolId, Int128>>;

/// Symbols made by this room alone (`t` of `H = 4*t + 1`) have this bit and never leave it.
inline constexpr SymbolId kHiddenSymbol = SymbolId{1} << 31;

struct DimTable::Impl {
  struct Symbol {
    std::string name;
    std::int64_t least = 1;
  };
  struct KeyHash {
    std::size_t operator()(const std::pair<std::uint64_t, std::uint64_t>& key) const {
      std::uint64_t h = key.first * 0x9E3779B97F4A7C15ull;
      h ^= (h >> 29) ^ (key.second * 0xBF58476D1CE4E5B9ull);
      return static_cast<std::size_t>(h ^ (h >> 32));
    }
  };
  template <typename T>
  using PairMap = std::unordered_map<std::pair<std::uint64_t, std::uint64_t>, T, KeyHash>;

  Impl();

  std::vector<Symbol> symbols;
  std::vector<Symbol> hidden;
  std::deque<Atom> atoms;
  std::deque<Monomial> monomials;
  std::deque<PolyNode> polys;
  PairMap<AtomId> atom_ids[4];
  std::unordered_multimap<std::uint64_t, MonoId> monomial_ids;
  std::unordered_multimap<std::uint64_t, std::uint32_t> poly_ids;
  PairMap<Dim> memos[5];
  PairMap<std::shared_ptr<const ValueSet>> solved;  // null: undecided
  PairMap<Dim> hidden_ids;                          // (number, least) -> symbol
  std::unordered_map<std::uint64_t, std::string> shown;

  static Dim dim_of(std::uint32_t index) {
    Dim dim;
    dim.value_ = index;
    dim.tag_ = 1;
    return dim;
  }
  static std::uint32_t index_of(Dim dim) { return static_cast<std::uint32_t>(dim.value_); }

  const Symbol& symbol(SymbolId id) const {
    return (id & kHiddenSymbol) != 0 ? hidden[id & ~kHiddenSymbol] : symbols[id];
  }
  const PolyNode& node(Dim dim) const { return polys[index_of(dim)]; }
  const Facts& facts(Dim dim) const;

  /// The `number`-th private symbol with this least value.
  Dim hidden_symbol(std::uint64_t number, std::int64_t least);
  /// nullopt past the limits above.
  std::optional<AtomId> atom(AtomKind kind, SymbolId symbol, Dim argument, Dim divisor);
  std::optional<MonoId> monomial(std::vector<Power> powers);
  std::optional<MonoId> multiply(MonoId a, MonoId b);
  Dim intern(Poly poly);
  Poly poly(Dim dim) const;
  Dim atom_dim(AtomId id);
};

inline DimTable::Impl& table() { return DimTable::current().impl(); }

/// The atom if the dim is a single one with factor 1.
std::optional<AtomId> single_atom(const DimTable::Impl& t, const Term& term);

// Polynomials (polynomial.cpp).
Poly add(const Poly& a, const Poly& b);
Poly scale(const Poly& a, std::int64_t factor);
Poly multiply(DimTable::Impl& t, const Poly& a, const Poly& b);
/// The quotient if nothing remains.
std::optional<Poly> divide_exactly(DimTable::Impl& t, const Poly& a, const Poly& b);
/// The gcd of the factors, without the constant if so asked; 0 for none.
std::int64_t common_factor(const Poly& a, bool with_constant);
/// Structural order (never by id): degree first, then atoms as declared.
int compare_atoms(const DimTable::Impl& t, AtomId a, AtomId b);
int compare_monomials(const DimTable::Impl& t, MonoId a, MonoId b);
/// The terms as printed, constant last.
std::vector<Term> ordered_terms(const DimTable::Impl& t, const std::vector<Term>& terms);

/// Exact value; false on overflow, division by zero, a symbol without value.
bool evaluate_wide(const DimTable::Impl& t, Dim dim, const Point& point, Int128& result);
/// The number L such that on each class `s = L*t + r` of the symbol the dim is one polynomial in t (between the
/// changes of its pos); nullopt over `cap`.
std::optional<std::int64_t> period(const DimTable::Impl& t, Dim dim, SymbolId symbol, std::int64_t cap);
/// R6: one symbol, linear: `k*((a*s + b)//d) + c` where that is shorter.
Dim tidy(DimTable::Impl& t, Dim dim);
/// Each atom rewritten, the rest kept.
Dim rewrite_atoms(Dim dim, const std::function<std::optional<Dim>(const Atom&, Dim argument, Dim divisor)>& rewrite);
/// max(dim, 0).
Dim pos(Dim dim);

inline Int128 floor_div_wide(Int128 a, Int128 b) {
  const Int128 q = a / b;
  return (a % b != 0 && ((a < 0) != (b < 0))) ? q - 1 : q;
}

}  // namespace modelc::types

// Exact sets of integers that are periodic but for finitely many borders: what one symbol may be. A modulus and, per
// residue, disjoint intervals. Closed under and, or, minus. Knows no dims.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace modelc::types {

inline constexpr std::int64_t kUnbounded = std::numeric_limits<std::int64_t>::max();
/// Larger moduli are not decided.
inline constexpr std::int64_t kMaxModulus = 65536;

struct Interval {
  std::int64_t low = 0;
  std::int64_t high = kUnbounded;
  bool operator==(const Interval&) const = default;
};
using Intervals = std::vector<Interval>;

class ValueSet {
 public:
  /// Every integer >= least.
  static ValueSet from(std::int64_t least);
  static ValueSet between(std::int64_t low, std::int64_t high);
  static ValueSet of_values(const std::vector<std::int64_t>& sorted);
  /// `classes[r]` holds the t of the members `modulus*t + r`, sorted and disjoint.
  static ValueSet of_classes(std::vector<Intervals> classes);

  // nullopt: the common modulus would be too large.
  static std::optional<ValueSet> intersect(const ValueSet& a, const ValueSet& b);
  static std::optional<ValueSet> unite(const ValueSet& a, const ValueSet& b);
  static std::optional<ValueSet> minus(const ValueSet& a, const ValueSet& b);
  static bool subset(const ValueSet& a, const ValueSet& b);
  static bool same(const ValueSet& a, const ValueSet& b);

  bool empty() const;
  bool contains(std::int64_t value) const;
  std::optional<std::int64_t> min() const;
  /// nullopt where empty or unbounded.
  std::optional<std::int64_t> max() const;
  /// The members if there are at most `limit`.
  std::optional<std::vector<std::int64_t>> values(std::size_t limit) const;
  /// The first `count` members, fewer if there are fewer.
  std::vector<std::int64_t> first(std::size_t count) const;
  /// The member nearest to `value`, the larger of two.
  std::optional<std::int64_t> nearest(std::int64_t value) const;

  std::int64_t modulus() const { return static_cast<std::int64_t>(classes_.size()); }
  const Intervals& of_class(std::int64_t residue) const { return classes_[static_cast<std::size_t>(residue)]; }
  /// The same set with a multiple of its modulus.
  std::vector<Intervals> classes_modulo(std::int64_t modulus) const;
  /// Residues modulo `modulus` that occur.
  std::vector<std::int64_t> residues(std::int64_t modulus) const;
  /// The members' borders (first of an interval, first after one), as values, sorted.
  std::vector<std::int64_t> borders() const;

 private:
  void reduce();
  std::vector<Intervals> classes_{1};
};

/// `H % 32 == 0`, `H >= 9`, `H in {1, 3}`: the shortest form that describes `set` within `base`, of which it is part.
std::string words(const ValueSet& set, const ValueSet& base, const std::string& name);

}  // namespace modelc::types

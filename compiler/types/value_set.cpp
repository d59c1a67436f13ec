#include "types/value_set.h"

#include <algorithm>
#include <numeric>

#include "types/dim.h"

namespace modelc::types {

namespace {

std::int64_t ceil_div_int(std::int64_t a, std::int64_t b) { return -floor_div_int(-a, b); }

/// The value `modulus*t + r`, kept within what a dim can hold.
std::int64_t value_of(std::int64_t t, std::int64_t modulus, std::int64_t r) {
  std::int64_t value = 0;
  if (t == kUnbounded || __builtin_mul_overflow(t, modulus, &value) || __builtin_add_overflow(value, r, &value))
    return kUnbounded;
  return value;
}

enum class SetOp { And, Or, Minus };

bool holds(SetOp op, bool a, bool b) { return op == SetOp::And ? a && b : op == SetOp::Or ? a || b : a && !b; }

Intervals combine(SetOp op, const Intervals& a, const Intervals& b) {
  // Most classes of a large modulus are like this.
  if (a.empty()) return op == SetOp::Or ? b : Intervals{};
  if (b.empty()) return op == SetOp::And ? Intervals{} : a;
  if (a == b) return op == SetOp::Minus ? Intervals{} : a;
  std::vector<std::int64_t> flips;
  for (const Intervals* list : {&a, &b}) {
    for (const Interval& i : *list) {
      flips.push_back(i.low);
      if (i.high != kUnbounded) flips.push_back(i.high + 1);
    }
  }
  std::sort(flips.begin(), flips.end());
  flips.erase(std::unique(flips.begin(), flips.end()), flips.end());
  Intervals result;
  std::size_t x = 0;
  std::size_t y = 0;
  for (std::size_t i = 0; i < flips.size(); ++i) {
    const std::int64_t at = flips[i];
    while (x < a.size() && a[x].high < at) ++x;
    while (y < b.size() && b[y].high < at) ++y;
    if (!holds(op, x < a.size() && a[x].low <= at, y < b.size() && b[y].low <= at)) continue;
    const std::int64_t end = i + 1 < flips.size() ? flips[i + 1] - 1 : kUnbounded;
    if (!result.empty() && result.back().high + 1 == at) {
      result.back().high = end;
    } else {
      result.push_back({at, end});
    }
  }
  return result;
}

std::optional<std::vector<Intervals>> combined(SetOp op, const ValueSet& a, const ValueSet& b) {
  const std::int64_t modulus = std::lcm(a.modulus(), b.modulus());
  if (modulus > kMaxModulus) return std::nullopt;
  const auto x = a.classes_modulo(modulus);
  const auto y = b.classes_modulo(modulus);
  std::vector<Intervals> classes(x.size());
  for (std::size_t r = 0; r < x.size(); ++r) classes[r] = combine(op, x[r], y[r]);
  return classes;
}

std::vector<std::int64_t> prime_factors(std::int64_t n) {
  std::vector<std::int64_t> primes;
  for (std::int64_t p = 2; p * p <= n; ++p) {
    if (n % p != 0) continue;
    primes.push_back(p);
    while (n % p == 0) n /= p;
  }
  if (n > 1) primes.push_back(n);
  return primes;
}

/// The union of `parts[j]`, each the u of the members `p*u + j`, as intervals of members; nullopt where that is not
/// finitely many (or too many to be worth it).
std::optional<Intervals> join(const std::vector<const Intervals*>& parts) {
  const auto p = static_cast<std::int64_t>(parts.size());
  const auto endless = std::count_if(parts.begin(), parts.end(), [](const Intervals* list) {
    return !list->empty() && list->back().high == kUnbounded;
  });
  if (endless != 0 && endless != p) return std::nullopt;
  if (std::all_of(parts.begin(), parts.end(), [](const Intervals* list) { return list->empty(); })) return Intervals{};
  std::vector<std::pair<std::int64_t, std::int64_t>> flips;  // position, class that changes there
  for (std::int64_t j = 0; j < p; ++j) {
    for (const Interval& i : *parts[static_cast<std::size_t>(j)]) {
      flips.emplace_back(value_of(i.low, p, j), j);
      if (i.high != kUnbounded) flips.emplace_back(value_of(i.high + 1, p, j), j);
    }
  }
  std::sort(flips.begin(), flips.end());
  std::vector<char> in(static_cast<std::size_t>(p), 0);
  std::int64_t count = 0;
  std::int64_t work = 0;
  Intervals result;
  const auto push = [&](std::int64_t low, std::int64_t high) {
    if (!result.empty() && result.back().high != kUnbounded && result.back().high + 1 == low) {
      result.back().high = high;
    } else {
      result.push_back({low, high});
    }
  };
  for (std::size_t i = 0; i < flips.size(); ++i) {
    char& state = in[static_cast<std::size_t>(flips[i].second)];
    count += state != 0 ? -1 : 1;
    state = state != 0 ? 0 : 1;
    const std::int64_t low = flips[i].first;
    const std::int64_t next = i + 1 < flips.size() ? flips[i + 1].first : kUnbounded;
    if (next == low) continue;
    if (next == kUnbounded || next - low >= p) {
      if (count == p) {
        push(low, next == kUnbounded ? kUnbounded : next - 1);
      } else if (count != 0) {
        return std::nullopt;
      }
      continue;
    }
    work += next - low;
    if (work > 200000) return std::nullopt;
    for (std::int64_t v = low; v < next; ++v)
      if (in[static_cast<std::size_t>(v % p + (v % p < 0 ? p : 0))] != 0) push(v, v);
  }
  return result;
}

}  // namespace

ValueSet ValueSet::from(std::int64_t least) { return between(least, kUnbounded); }

ValueSet ValueSet::between(std::int64_t low, std::int64_t high) {
  ValueSet set;
  if (low <= high) set.classes_[0] = {{low, high}};
  return set;
}

ValueSet ValueSet::of_values(const std::vector<std::int64_t>& sorted) {
  ValueSet set;
  for (const std::int64_t value : sorted) {
    Intervals& list = set.classes_[0];
    if (!list.empty() && list.back().high + 1 == value) {
      list.back().high = value;
    } else {
      list.push_back({value, value});
    }
  }
  return set;
}

ValueSet ValueSet::of_classes(std::vector<Intervals> classes) {
  ValueSet set;
  set.classes_ = std::move(classes);
  set.reduce();
  return set;
}

void ValueSet::reduce() {
  for (const std::int64_t p : prime_factors(modulus())) {
    while (modulus() % p == 0) {
      const std::int64_t smaller = modulus() / p;
      std::vector<Intervals> merged(static_cast<std::size_t>(smaller));
      bool possible = true;
      for (std::int64_t r = 0; r < smaller && possible; ++r) {
        std::vector<const Intervals*> parts;
        for (std::int64_t j = 0; j < p; ++j) parts.push_back(&of_class(r + smaller * j));
        auto joined = join(parts);
        possible = joined.has_value();
        if (possible) merged[static_cast<std::size_t>(r)] = std::move(*joined);
      }
      if (!possible) break;
      classes_ = std::move(merged);
    }
  }
}

std::vector<Intervals> ValueSet::classes_modulo(std::int64_t modulus) const {
  const std::int64_t k = modulus / this->modulus();
  if (k == 1) return classes_;
  std::vector<Intervals> result(static_cast<std::size_t>(modulus));
  for (std::int64_t r = 0; r < modulus; ++r) {
    const std::int64_t q = r / this->modulus();
    for (const Interval& i : of_class(r % this->modulus())) {
      const std::int64_t low = ceil_div_int(i.low - q, k);
      const std::int64_t high = i.high == kUnbounded ? kUnbounded : floor_div_int(i.high - q, k);
      if (low <= high) result[static_cast<std::size_t>(r)].push_back({low, high});
    }
  }
  return result;
}

std::optional<ValueSet> ValueSet::intersect(const ValueSet& a, const ValueSet& b) {
  auto classes = combined(SetOp::And, a, b);
  if (!classes) return std::nullopt;
  return of_classes(std::move(*classes));
}

std::optional<ValueSet> ValueSet::unite(const ValueSet& a, const ValueSet& b) {
  auto classes = combined(SetOp::Or, a, b);
  if (!classes) return std::nullopt;
  return of_classes(std::move(*classes));
}

std::optional<ValueSet> ValueSet::minus(const ValueSet& a, const ValueSet& b) {
  auto classes = combined(SetOp::Minus, a, b);
  if (!classes) return std::nullopt;
  return of_classes(std::move(*classes));
}

bool ValueSet::subset(const ValueSet& a, const ValueSet& b) {
  const std::int64_t modulus = std::lcm(a.modulus(), b.modulus());
  if (modulus > kMaxModulus) return false;
  const auto within = [](const Intervals& x, const Intervals& y) { return combine(SetOp::Minus, x, y).empty(); };
  if (a.modulus() == b.modulus()) return std::equal(a.classes_.begin(), a.classes_.end(), b.classes_.begin(), within);
  const auto x = a.classes_modulo(modulus);
  const auto y = b.classes_modulo(modulus);
  return std::equal(x.begin(), x.end(), y.begin(), within);
}

bool ValueSet::same(const ValueSet& a, const ValueSet& b) { return subset(a, b) && subset(b, a); }

bool ValueSet::empty() const {
  return std::all_of(classes_.begin(), classes_.end(), [](const Intervals& list) { return list.empty(); });
}

bool ValueSet::contains(std::int64_t value) const {
  const std::int64_t t = floor_div_int(value, modulus());
  for (const Interval& i : of_class(value - t * modulus()))
    if (i.low <= t && t <= i.high) return true;
  return false;
}

std::optional<std::int64_t> ValueSet::min() const {
  std::optional<std::int64_t> least;
  for (std::int64_t r = 0; r < modulus(); ++r) {
    if (of_class(r).empty()) continue;
    const std::int64_t value = value_of(of_class(r).front().low, modulus(), r);
    if (!least || value < *least) least = value;
  }
  return least;
}

std::optional<std::int64_t> ValueSet::max() const {
  std::optional<std::int64_t> most;
  for (std::int64_t r = 0; r < modulus(); ++r) {
    if (of_class(r).empty()) continue;
    const std::int64_t value = value_of(of_class(r).back().high, modulus(), r);
    if (value == kUnbounded) return std::nullopt;
    if (!most || value > *most) most = value;
  }
  return most;
}

std::vector<std::int64_t> ValueSet::first(std::size_t count) const {
  std::vector<std::int64_t> found;
  for (std::int64_t r = 0; r < modulus(); ++r) {
    std::size_t taken = 0;
    for (const Interval& i : of_class(r)) {
      for (std::int64_t t = i.low; t <= i.high && taken < count; ++t, ++taken) {
        const std::int64_t value = value_of(t, modulus(), r);
        if (value == kUnbounded) break;
        found.push_back(value);
      }
      if (taken == count) break;
    }
  }
  std::sort(found.begin(), found.end());
  if (found.size() > count) found.resize(count);
  return found;
}

std::optional<std::vector<std::int64_t>> ValueSet::values(std::size_t limit) const {
  auto found = first(limit + 1);
  if (found.size() > limit) return std::nullopt;
  return found;
}

std::optional<std::int64_t> ValueSet::nearest(std::int64_t value) const {
  std::optional<std::int64_t> best;
  const auto distance = [&](std::int64_t v) { return v > value ? v - value : value - v; };
  for (std::int64_t r = 0; r < modulus(); ++r) {
    const std::int64_t t = floor_div_int(value - r, modulus());
    for (const Interval& i : of_class(r)) {
      for (const std::int64_t wanted : {t, t + 1}) {
        const std::int64_t v = value_of(std::clamp(wanted, i.low, i.high), modulus(), r);
        if (v == kUnbounded) continue;
        if (!best || distance(v) < distance(*best) || (distance(v) == distance(*best) && v > *best)) best = v;
      }
    }
  }
  return best;
}

std::vector<std::int64_t> ValueSet::residues(std::int64_t modulus) const {
  const std::int64_t common = std::lcm(modulus, this->modulus());
  std::vector<char> seen(static_cast<std::size_t>(modulus), 0);
  if (common > kMaxModulus) return {};
  const auto note = [&](const std::vector<Intervals>& classes) {
    for (std::size_t r = 0; r < classes.size(); ++r)
      if (!classes[r].empty()) seen[r % seen.size()] = 1;
  };
  if (common == this->modulus()) {
    note(classes_);
  } else {
    note(classes_modulo(common));
  }
  std::vector<std::int64_t> result;
  for (std::int64_t r = 0; r < modulus; ++r)
    if (seen[static_cast<std::size_t>(r)] != 0) result.push_back(r);
  return result;
}

std::vector<std::int64_t> ValueSet::borders() const {
  std::vector<std::int64_t> result;
  for (std::int64_t r = 0; r < modulus(); ++r) {
    for (const Interval& i : of_class(r)) {
      result.push_back(value_of(i.low, modulus(), r));
      if (i.high != kUnbounded) result.push_back(value_of(i.high, modulus(), r) + 1);
    }
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

}  // namespace modelc::types

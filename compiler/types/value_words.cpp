// Sets of values in words: the first form that fits, the plainest first.
#include <algorithm>
#include <numeric>

#include "types/dim.h"
#include "types/value_set.h"

namespace modelc::types {

namespace {

std::string listed(const std::vector<std::int64_t>& values) {
  std::string text = "{";
  for (std::size_t i = 0; i < values.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(values[i]);
  return text + "}";
}

std::string member(const std::string& name, const std::vector<std::int64_t>& values) {
  if (values.size() == 1) return name + " == " + std::to_string(values[0]);
  return name + " in " + listed(values);
}

std::string residue_words(const std::string& name, std::int64_t modulus, const std::vector<std::int64_t>& residues,
                          const std::vector<std::int64_t>& possible) {
  const std::string left = name + " % " + std::to_string(modulus);
  if (residues.size() == 1) return left + " == " + std::to_string(residues[0]);
  if (modulus > 2 && residues.size() + 1 == possible.size()) {
    for (const std::int64_t r : possible)
      if (!std::binary_search(residues.begin(), residues.end(), r)) return left + " != " + std::to_string(r);
  }
  return left + " in " + listed(residues);
}

std::string bound_words(const std::string& name, bool low, std::int64_t least, bool high, std::int64_t most) {
  if (low && high && least == most) return name + " == " + std::to_string(least);
  if (low && high) return std::to_string(least) + " <= " + name + " <= " + std::to_string(most);
  if (low) return name + " >= " + std::to_string(least);
  return name + " <= " + std::to_string(most);
}

constexpr std::size_t kMostResidues = 48;
/// Above, only the plain forms are tried: the others cost many passes and would not be read.
constexpr std::int64_t kRaggedModulus = 1024;

/// Compares a set with "the members of `base` within bounds and with these residues", class by class.
class Fit {
 public:
  Fit(const ValueSet& set, const ValueSet& base) : modulus_(std::lcm(set.modulus(), base.modulus())) {
    if (modulus_ > kMaxModulus) return;
    set_ = set.classes_modulo(modulus_);
    base_ = base.classes_modulo(modulus_);
  }
  bool possible() const { return modulus_ <= kMaxModulus; }

  bool operator()(std::int64_t m, const std::vector<char>& with, std::int64_t low, std::int64_t high) const {
    for (std::int64_t r = 0; r < modulus_; ++r) {
      const Intervals& wanted = set_[static_cast<std::size_t>(r)];
      const bool in = with[static_cast<std::size_t>(r % m)] != 0;
      std::size_t at = 0;
      const std::int64_t first = -floor_div_int(-(low - r), modulus_);
      const std::int64_t last = high == kUnbounded ? kUnbounded : floor_div_int(high - r, modulus_);
      for (const Interval& i : base_[static_cast<std::size_t>(r)]) {
        if (!in) break;
        const Interval part{std::max(i.low, first), std::min(i.high, last)};
        if (part.low > part.high) continue;
        if (at == wanted.size() || wanted[at] != part) return false;
        ++at;
      }
      if (at != wanted.size()) return false;
    }
    return true;
  }

 private:
  std::int64_t modulus_;
  std::vector<Intervals> set_;
  std::vector<Intervals> base_;
};

/// Bounds and one set of residues, joined by `glue`; empty where that does not fit.
std::string simple(const ValueSet& set, const ValueSet& base, const std::string& name, const std::string& glue) {
  const auto least = set.min();
  const auto most = set.max();
  const std::int64_t start = base.min().value_or(0);
  const Fit fit(set, base);
  if (!least || !fit.possible()) return "";
  const std::int64_t top = most.value_or(kUnbounded);
  for (std::int64_t m = 1; m <= set.modulus(); ++m) {
    if (set.modulus() % m != 0) continue;
    const auto residues = set.residues(m);
    if (residues.size() > kMostResidues) continue;
    std::vector<char> with(static_cast<std::size_t>(m), 0);
    for (const std::int64_t r : residues) with[static_cast<std::size_t>(r)] = 1;
    if (!fit(m, with, *least, top)) continue;
    const bool low = !fit(m, with, start, top);
    const bool high = most && !fit(m, with, low ? *least : start, kUnbounded);
    std::string text;
    if (low || high) text = bound_words(name, low, *least, high, top);
    if (m > 1) text += (text.empty() ? "" : glue) + residue_words(name, m, residues, base.residues(m));
    return text.empty() ? name + " >= " + std::to_string(start) : text;
  }
  return "";
}

/// `base` without a few values.
std::string exceptions(const ValueSet& set, const ValueSet& base, const std::string& name) {
  const auto missing = ValueSet::minus(base, set);
  if (!missing) return "";
  const auto values = missing->values(4);
  if (!values || values->empty()) return "";
  std::string text;
  for (const std::int64_t value : *values) text += (text.empty() ? "" : ", ") + name + " != " + std::to_string(value);
  return text;
}

/// A simple form with a few values added at its start, or taken out of its middle.
std::string simple_and_few(const ValueSet& set, const ValueSet& base, const std::string& name) {
  if (set.modulus() > kRaggedModulus) return "";
  const auto few = set.first(13);
  for (std::size_t count = 1; count < few.size(); ++count) {
    const std::vector<std::int64_t> extra(few.begin(), few.begin() + static_cast<std::ptrdiff_t>(count));
    const auto rest = ValueSet::minus(set, ValueSet::of_values(extra));
    if (!rest) return "";
    const std::string text = simple(*rest, base, name, " and ");
    if (!text.empty()) return text + " or " + member(name, extra);
  }
  const auto hull = ValueSet::intersect(base, ValueSet::between(few.front(), set.max().value_or(kUnbounded)));
  if (hull) {
    const std::string holes = exceptions(set, *hull, name);
    const std::string text = simple(*hull, base, name, ", ");
    if (!holes.empty() && !text.empty()) return text + ", " + holes;
  }
  return "";
}

/// Between two borders the residues are fixed: one simple form for each such stretch.
std::string runs(const ValueSet& set, const ValueSet& base, const std::string& name) {
  std::string text;
  std::size_t shown = 0;
  ValueSet rest = set;
  const std::vector<std::int64_t> starts = set.borders();
  if (starts.size() > 256) return "";
  // Neighbouring borders of different classes make one stretch where a simple form covers both: try the longest first.
  for (std::size_t i = 0; i < starts.size() && !rest.empty(); ++i) {
    for (std::size_t j = std::min(starts.size(), i + 16); j > i; --j) {
      const std::int64_t high = j == starts.size() ? kUnbounded : starts[j] - 1;
      const auto part = ValueSet::intersect(set, ValueSet::between(starts[i], high));
      if (!part) return "";
      if (part->empty()) break;
      const std::string form = simple(*part, base, name, " and ");
      if (form.empty()) continue;
      if (++shown > 16) return text + " or ...";
      text += (text.empty() ? "" : " or ") + form;
      rest = ValueSet::minus(rest, *part).value_or(ValueSet());
      i = j - 1;
      break;
    }
  }
  return rest.empty() ? text : "";
}

}  // namespace

std::string words(const ValueSet& set, const ValueSet& base, const std::string& name) {
  const auto few = set.values(4);
  if (few && few->empty()) return "no " + name;
  if (few && few->size() == 1) return member(name, *few);
  const bool scattered = few && few->back() - few->front() + 1 != static_cast<std::int64_t>(few->size());
  if (scattered) return member(name, *few);
  if (std::string text = simple(set, base, name, ", "); !text.empty()) return text;
  if (const auto values = set.values(12)) return member(name, *values);
  if (std::string text = exceptions(set, base, name); !text.empty()) return text;
  if (std::string text = simple_and_few(set, base, name); !text.empty()) return text;
  if (std::string text = runs(set, base, name); !text.empty()) return text;
  const auto start = set.first(8);
  std::string text = member(name, start);
  text.insert(text.size() - 1, ", ...");
  return text;
}

}  // namespace modelc::types

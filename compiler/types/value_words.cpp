// Sets of values in words: the first form that fits, the plainest first.
#include <algorithm>

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

ValueSet residue_set(std::int64_t modulus, const std::vector<std::int64_t>& residues, std::int64_t least) {
  std::vector<Intervals> classes(static_cast<std::size_t>(modulus));
  for (const std::int64_t r : residues)
    classes[static_cast<std::size_t>(r)] = {{least > r ? (least - r + modulus - 1) / modulus : 0, kUnbounded}};
  return ValueSet::of_classes(std::move(classes));
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

/// Bounds and one set of residues, joined by `glue`; empty where that does not fit.
std::string simple(const ValueSet& set, const ValueSet& base, const std::string& name, const std::string& glue) {
  const auto least = set.min();
  const auto most = set.max();
  const std::int64_t start = base.min().value_or(0);
  if (!least) return "";
  const std::int64_t top = most.value_or(kUnbounded);
  for (std::int64_t m = 1; m <= set.modulus(); ++m) {
    if (set.modulus() % m != 0) continue;
    const auto residues = set.residues(m);
    if (residues.size() > kMostResidues) continue;
    const auto with_residues =
        m == 1 ? std::optional<ValueSet>(base) : ValueSet::intersect(base, residue_set(m, residues, start));
    if (!with_residues) continue;
    const auto fits = [&](std::int64_t low, std::int64_t high) {
      const auto candidate = ValueSet::intersect(*with_residues, ValueSet::between(low, high));
      return candidate && ValueSet::same(*candidate, set);
    };
    if (!fits(*least, top)) continue;
    const bool low = !fits(start, top);
    const bool high = most && !fits(low ? *least : start, kUnbounded);
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

/// A simple form with up to four values added at its start, or taken out of its middle.
std::string simple_and_few(const ValueSet& set, const ValueSet& base, const std::string& name) {
  const auto few = set.first(5);
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
  std::vector<std::int64_t> starts = set.borders();
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

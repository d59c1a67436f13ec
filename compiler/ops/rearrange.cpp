// rearrange(x, "b (h d) t -> b h t d", h=8): dimensions named, taken apart and put together, as einops has it.
#include <algorithm>
#include <map>

#include "ops/parts.h"
#include "ops/rules.h"
#include "support/counted.h"

namespace modelc::ops {
namespace {

constexpr Constraint kSyntax{"rearrange.syntax",
                             "a side has names, `1`, `...` and groups in parentheses, no name twice"};
constexpr Constraint kOpenSizes{"rearrange.open_sizes", "of a group at most one size is not stated"};
constexpr Constraint kNamed{"rearrange.named", "sizes are given by name"};
constexpr Constraint kPositive{"rearrange.positive", "a stated size is at least 1"};
constexpr Constraint kArrow{"rearrange.arrow", "the pattern has the form `dimensions -> dimensions`"};
constexpr Constraint kRank{"rearrange.rank", "the left side names each dimension"};
constexpr Constraint kUnknownName{"rearrange.unknown_name", "a stated size belongs to a name of the left side"};
constexpr Constraint kRightOnly{"rearrange.right_only", "the names of the right side stand on the left"};
constexpr Constraint kDropped{"rearrange.dropped", "the names of the left side stand on the right"};

/// One dimension of a side: the names it is made of; "..." alone for the ellipsis; none for `1`.
using Group = std::vector<std::string>;

bool is_axis_name(const std::string& word) {
  if (word.empty() || (word[0] >= '0' && word[0] <= '9')) return false;
  return std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// nullopt after reporting.
std::optional<std::vector<Group>> parse_side(InferContext& cx, std::string_view side) {
  std::vector<Group> groups;
  std::vector<std::string> seen;
  bool inside = false;
  const auto wrong = [&](const std::string& what) {
    cx.fault(kSyntax, "the pattern " + tick(cx.word("pattern")) + " " + what, {}, "pattern");
    return std::nullopt;
  };
  for (std::size_t i = 0; i < side.size();) {
    const char c = side[i];
    if (c == ' ' || c == '\t' || c == '\n') {
      ++i;
    } else if (c == '(') {
      if (inside) return wrong("has a `(` within parentheses");
      inside = true, groups.emplace_back(), ++i;
    } else if (c == ')') {
      if (!inside) return wrong("has a `)` without its `(`");
      inside = false, ++i;
    } else {
      const std::size_t end = std::min(side.find_first_of(" \t\n()", i), side.size());
      const std::string word(side.substr(i, end - i));
      i = end;
      if (!inside) groups.emplace_back();
      if (word == "1") continue;
      if (word == "..." ? inside : !is_axis_name(word))
        return wrong("has " + tick(word) + ", expected a name, `1`, `...` or a group in parentheses");
      if (std::find(seen.begin(), seen.end(), word) != seen.end())
        return wrong("has " + tick(word) + " twice on one side");
      seen.push_back(word);
      groups.back().push_back(word);
    }
  }
  if (inside) return wrong("has a `(` without its `)`");
  return groups;
}

bool is_ellipsis(const Group& group) { return group.size() == 1 && group[0] == "..."; }

using Sizes = std::map<std::string, Dim>;

/// The sizes of the names in a group of `size`, at most one of which is not stated.
bool take_apart(InferContext& cx, const Group& group, Dim size, Sizes& sizes, const std::string& input) {
  const std::string* open = nullptr;
  Dim known = 1;
  for (const std::string& name : group) {
    if (const auto at = sizes.find(name); at != sizes.end()) {
      known = known * at->second;
    } else if (open) {
      cx.fault(kOpenSizes,
               "the pattern " + tick(cx.word("pattern")) + " leaves the sizes of " + tick(*open) + " and " +
                   tick(name) + " open, expected one of them stated",
               "`rearrange(x, pattern, " + name + "=8)`", "pattern");
      return false;
    } else {
      open = &name;
    }
  }
  std::string text;
  for (const std::string& name : group) text += (text.empty() ? "(" : " ") + name;
  const std::string what = tick(group.empty() ? "1" : text + ")") + " makes up a size of " + input;
  if (!open) return cx.require_equal(size, known, what);
  if (const auto exact = types::exact_div(size, known)) {
    sizes[*open] = *exact;
    return true;
  }
  if (!cx.require_divisible(size, known, what)) return false;
  sizes[*open] = floor_div(size, known);
  return true;
}

/// Sizes stated by name: a list of pairs.
std::optional<Sizes> stated(InferContext& cx) {
  Sizes sizes;
  const Constant& names = cx.arg("names");
  if (!names.is_list()) return sizes;
  for (const Constant& entry : names.as_list()) {
    const bool pair = entry.is_list() && entry.as_list().size() == 2 && entry.as_list()[0].is_string();
    if (!pair || !entry.as_list()[1].is_dim()) {
      cx.fault(kNamed, "`rearrange` is given " + tick(entry.str()) + ", expected a size by name", {}, "names");
      return std::nullopt;
    }
    const std::string& name = entry.as_list()[0].as_string();
    const Dim size = entry.as_list()[1].as_dim();
    if (size.is_constant() && size.constant() < 1) {
      cx.fault(kPositive, "`rearrange` is given " + tick(name + "=" + size.str()) + ", expected at least 1", {},
               "names");
      return std::nullopt;
    }
    sizes[name] = size;
  }
  return sizes;
}

Type infer_rearrange(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const std::string& pattern = cx.word("pattern");
  const std::size_t arrow = pattern.find("->");
  if (arrow == std::string::npos)
    return cx.fault(kArrow, "the pattern " + tick(pattern) + " has no `->`, expected `dimensions -> dimensions`", {},
                    "pattern");
  const auto left = parse_side(cx, std::string_view(pattern).substr(0, arrow));
  const auto right = left ? parse_side(cx, std::string_view(pattern).substr(arrow + 2)) : std::nullopt;
  auto sizes = right ? stated(cx) : std::nullopt;
  if (!sizes) return Type::poison();

  const bool open = std::any_of(left->begin(), left->end(), is_ellipsis);
  const std::size_t fixed = left->size() - (open ? 1 : 0);
  if (open ? input.rank() < fixed : input.rank() != fixed)
    return cx.fault(kRank,
                    "the pattern " + tick(pattern) + " meets " + input.str() + ", expected " +
                        (open ? "at least " : "") + support::counted(fixed, "dimension"),
                    {}, "pattern");
  std::vector<std::string> names;
  for (const Group& group : *left) names.insert(names.end(), group.begin(), group.end());
  for (const auto& [name, size] : *sizes)
    if (std::find(names.begin(), names.end(), name) == names.end())
      return cx.fault(kUnknownName,
                      "`rearrange` is given " + tick(name + "=" + size.str()) +
                          ", expected a name of the left side of " + tick(pattern),
                      {}, "names");
  std::size_t used = 0;
  for (const Group& group : *right)
    for (const std::string& name : group) {
      ++used;
      if (std::find(names.begin(), names.end(), name) == names.end())
        return cx.fault(kRightOnly, "the pattern " + tick(pattern) + " has " + tick(name) + " on the right only", {},
                        "pattern");
    }
  if (used != names.size())
    return cx.fault(kDropped, "the pattern " + tick(pattern) + " drops a dimension, expected every name on both sides",
                    "`mean` or `sum` reduce one", "pattern");

  std::vector<Dim> hidden;
  std::size_t dim = 0;
  for (const Group& group : *left) {
    if (is_ellipsis(group)) {
      for (std::size_t i = fixed; i < input.rank(); ++i) hidden.push_back(input.shape[dim++]);
    } else if (!take_apart(cx, group, input.shape[dim++], *sizes, input.str())) {
      return Type::poison();
    }
  }
  std::vector<Dim> shape;
  for (const Group& group : *right) {
    if (is_ellipsis(group)) {
      shape.insert(shape.end(), hidden.begin(), hidden.end());
      continue;
    }
    Dim size = 1;
    for (const std::string& name : group) size = size * (*sizes)[name];
    shape.push_back(size);
  }
  return result(cx, input.dtype, std::move(shape));
}

}  // namespace

void declare_rearrange(std::vector<Op>& ops) {
  ops.push_back(
      function_op("_rearrange")
          .summary("`rearrange(x, \"b (h d) t -> b h t d\", h=8)`; `names` holds pairs of name and size")
          .input("input: Tensor")
          .input("pattern: str")
          .input("names: any? = null")
          .traits(kView)
          .demands({kSyntax, kArrow, kRank, kNamed, kPositive, kUnknownName, kRightOnly, kDropped, kOpenSizes})
          .infer(infer_rearrange)
          .example("rearrange(x, \"b (h d) t -> b h t d\", h=2)", "float[B, 6, T]"));
}

}  // namespace modelc::ops

// einops' rearrange: take the groups of the left side apart, permute, put the groups of the right side together.
#include <ATen/Functions.h>

#include <algorithm>
#include <optional>

#include "kernels/bind.h"
#include "kernels/indexing.h"

namespace modelc::kernels {
namespace {

using Group = std::vector<std::string>;  // names; "..." for the ellipsis; empty for `1` and `()`

std::vector<Group> groups_of(std::string_view side) {
  std::vector<Group> out;
  bool inside = false;
  for (std::size_t i = 0; i < side.size();) {
    const char c = side[i];
    if (c == ' ' || c == '\t' || c == '\n') {
      ++i;
    } else if (c == '(') {
      inside = true, out.emplace_back(), ++i;
    } else if (c == ')') {
      inside = false, ++i;
    } else {
      std::size_t end = side.find_first_of(" \t\n()", i);
      if (end == std::string_view::npos) end = side.size();
      std::string name(side.substr(i, end - i));
      if (!inside) out.emplace_back();
      if (name != "1") out.back().push_back(std::move(name));
      i = end;
    }
  }
  return out;
}

/// Sizes stated by name (`h=8`): a list of pairs.
std::vector<std::pair<std::string, plan::Size>> stated_sizes(const plan::Attribute& names) {
  std::vector<std::pair<std::string, plan::Size>> out;
  if (!names.is_list()) return out;
  for (const plan::Attribute& entry : names.as_list()) {
    out.emplace_back(entry.as_list().at(0).as_string(), entry.as_list().at(1).as_size());
  }
  return out;
}

struct Pattern {
  std::vector<Group> left, right;
  std::vector<std::string> names;  // stated ones
  FetchSizes stated;               // their sizes
};

/// The elementary axes of the input in order: name and size; an ellipsis stands as several of the same name.
std::vector<std::pair<std::string, std::int64_t>> take_apart(const Pattern& p, const Integers& stated,
                                                             at::IntArrayRef sizes) {
  std::vector<std::pair<std::string, std::int64_t>> axes;
  const std::size_t hidden = sizes.size() + 1 - std::min(p.left.size(), sizes.size() + 1);
  std::size_t dim = 0;
  for (const Group& group : p.left) {
    if (group.size() == 1 && group[0] == "...") {
      for (std::size_t i = 0; i < hidden; ++i) axes.emplace_back("...", sizes[dim++]);
      continue;
    }
    std::optional<std::size_t> open;
    std::int64_t known = 1;
    for (const std::string& name : group) {
      auto it = std::find(p.names.begin(), p.names.end(), name);
      if (it == p.names.end()) {
        open = axes.size();
        axes.emplace_back(name, 1);
      } else {
        const std::int64_t size = stated[static_cast<std::size_t>(it - p.names.begin())];
        known *= size;
        axes.emplace_back(name, size);
      }
    }
    if (open) {
      axes[*open].second = sizes[dim] / known;
      known *= axes[*open].second;
    }
    TORCH_CHECK(known == sizes[dim], "dimension ", dim, " is ", sizes[dim], ", its parts make ", known);
    ++dim;
  }
  return axes;
}

at::Tensor rearranged(const Pattern& p, const at::Tensor& x, const Integers& stated, const Integers& result) {
  auto axes = take_apart(p, stated, x.sizes());
  Integers sizes, order;
  for (const auto& [name, size] : axes) sizes.push_back(size);
  for (const Group& group : p.right) {
    for (const std::string& name : group) {
      for (std::size_t i = 0; i < axes.size(); ++i) {
        if (axes[i].first == name) order.push_back(static_cast<std::int64_t>(i));
      }
    }
  }
  return x.reshape(sizes).permute(order).reshape(result);
}

}  // namespace

void lower_rearrange(Lowerings& lowerings) {
  lowerings.add("_rearrange", [](const NodeView& n) {
    const std::string text = n.arg("pattern").as_string();
    const std::size_t arrow = text.find("->");
    TORCH_CHECK(arrow != std::string::npos, "the pattern has no `->`");
    Pattern pattern;
    pattern.left = groups_of(std::string_view(text).substr(0, arrow));
    pattern.right = groups_of(std::string_view(text).substr(arrow + 2));
    std::vector<plan::Size> sizes;
    for (auto& [name, size] : stated_sizes(n.arg("names"))) {
      pattern.names.push_back(name);
      sizes.push_back(size);
    }
    pattern.stated = FetchSizes(n.plan(), sizes);
    return single(n, [pattern, x = n.tensor("input"), sizes = result_sizes(n)](const Frame& f) {
      return rearranged(pattern, x(f), pattern.stated(f), sizes(f));
    });
  });
}

}  // namespace modelc::kernels

// einops' rearrange: take the groups of the left side apart, permute, put the groups of the right side together.
#include <ATen/Functions.h>

#include <algorithm>

#include "kernels/bind.h"

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

/// Sizes stated by name are told by their place; the one size of a dimension that is not stated is what is left of it.
constexpr std::size_t kLeft = static_cast<std::size_t>(-1);

/// What a pattern says of a tensor of some rank, in numbers: all that a run needs.
struct Moves {
  std::vector<std::vector<std::size_t>> parts;  // of each dimension its axes: the place of a stated size, or kLeft
  Integers order;                               // of the axes in the result
};

/// The axes of the left side by name, one after the other; an ellipsis stands as several of the same name.
Moves moves_of(const std::vector<Group>& left, const std::vector<Group>& right, const std::vector<std::string>& stated,
               std::size_t rank) {
  Moves moves;
  std::vector<std::string> axes;
  for (const Group& group : left) {
    const bool ellipsis = group.size() == 1 && group[0] == "...";
    const std::size_t dimensions = ellipsis ? rank + 1 - std::min(left.size(), rank + 1) : 1;
    for (std::size_t d = 0; d < dimensions; ++d) {
      std::vector<std::size_t>& parts = moves.parts.emplace_back();
      for (const std::string& name : group) {
        const auto place = std::find(stated.begin(), stated.end(), name);
        parts.push_back(place == stated.end() ? kLeft : static_cast<std::size_t>(place - stated.begin()));
        axes.push_back(name);
      }
    }
  }
  for (const Group& group : right)
    for (const std::string& name : group)
      for (std::size_t i = 0; i < axes.size(); ++i)
        if (axes[i] == name) moves.order.push_back(static_cast<std::int64_t>(i));
  return moves;
}

/// The sizes of the axes of the input in order.
Integers take_apart(const Moves& moves, const Integers& stated, at::IntArrayRef sizes) {
  Integers axes;
  for (std::size_t dim = 0; dim < sizes.size(); ++dim) {
    std::int64_t known = 1;
    for (const std::size_t part : moves.parts[dim])
      if (part != kLeft) known *= stated[part];
    for (const std::size_t part : moves.parts[dim]) axes.push_back(part == kLeft ? sizes[dim] / known : stated[part]);
    const bool open = std::count(moves.parts[dim].begin(), moves.parts[dim].end(), kLeft) != 0;
    const std::int64_t made = open ? sizes[dim] / known * known : known;
    TORCH_CHECK(made == sizes[dim], "dimension ", dim, " is ", sizes[dim], ", its parts make ", made);
  }
  return axes;
}

/// The pattern of a call, resolved.
struct Pattern {
  Moves moves;
  FetchSizes stated;

  explicit Pattern(const NodeView& n) {
    const std::string text = n.arg("pattern").as_string();
    const std::size_t arrow = text.find("->");
    TORCH_CHECK(arrow != std::string::npos, "the pattern has no `->`");
    std::vector<std::string> names;
    std::vector<plan::Size> sizes;
    for (auto& [name, size] : stated_sizes(n.arg("names"))) {
      names.push_back(name);
      sizes.push_back(size);
    }
    const std::string_view sides(text);
    moves =
        moves_of(groups_of(sides.substr(0, arrow)), groups_of(sides.substr(arrow + 2)), names, n.type("input").rank());
    stated = FetchSizes(n.plan(), sizes);
  }
  Integers axes(const Frame& f, const at::Tensor& input) const { return take_apart(moves, stated(f), input.sizes()); }
};

}  // namespace

void lower_rearrange(Lowerings& lowerings) {
  lowerings.add("_rearrange", [](const NodeView& n) {
    return single(n, [pattern = Pattern(n), x = n.tensor("input"), sizes = result_sizes(n)](const Frame& f) {
      return x(f).reshape(pattern.axes(f, x(f))).permute(pattern.moves.order).reshape(sizes(f));
    });
  });
  // The same steps the other way.
  lowerings.add("_rearrange_backward", [](const NodeView& n) {
    return single(n, [pattern = Pattern(n), g = n.tensor("gradient"), x = n.tensor("input")](const Frame& f) {
      const Integers axes = pattern.axes(f, x(f));
      Integers moved, back(axes.size());
      for (std::size_t i = 0; i < axes.size(); ++i) {
        moved.push_back(axes[static_cast<std::size_t>(pattern.moves.order[i])]);
        back[static_cast<std::size_t>(pattern.moves.order[i])] = static_cast<std::int64_t>(i);
      }
      return g(f).reshape(moved).permute(back).reshape(x(f).sizes());
    });
  });
}

}  // namespace modelc::kernels

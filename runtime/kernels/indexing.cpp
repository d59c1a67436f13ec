#include "kernels/indexing.h"

#include <ATen/Functions.h>

#include <limits>

#include "kernels/bind.h"

namespace modelc::kernels {
namespace {

using at::Tensor;

/// One element of `x[…]`, resolved but for the sizes that the inputs fix.
struct Element {
  enum Kind { NewAxis, Ellipsis, At, Slice, Gather } kind = NewAxis;
  FetchSize at;
  FetchSize start, stop, step;  // of a slice
  plan::Slot index = plan::kNone;
};

FetchSize bound(const plan::Plan& plan, const plan::Attribute& given, std::int64_t otherwise) {
  return {plan, given.is_null() ? plan::Size::of(otherwise) : given.as_size()};
}

Element slice_of(const plan::Plan& plan, std::vector<plan::Attribute> parts) {
  parts.resize(3);
  Element e;
  e.kind = Element::Slice;
  e.start = bound(plan, parts[0], 0);
  e.stop = bound(plan, parts[1], std::numeric_limits<std::int64_t>::max());
  e.step = bound(plan, parts[2], 1);
  return e;
}

Element element_of(const plan::Plan& plan, const plan::Attribute& given) {
  Element e;
  if (given.is_null()) return e;
  if (given.is_list()) return slice_of(plan, given.as_list());
  if (given.is_string()) {
    e.kind = Element::Ellipsis;
  } else {
    e.kind = Element::At;
    e.at = FetchSize(plan, given.as_size());
  }
  return e;
}

Element element_of(const plan::Plan& plan, const plan::Argument& argument) {
  Element e;
  switch (argument.kind) {
    case plan::Argument::Absent:
      return e;
    case plan::Argument::Static:
      return element_of(plan, argument.attribute);
    case plan::Argument::Slot:
      e.kind = Element::Gather;
      e.index = argument.slot;
      return e;
    case plan::Argument::List:
      break;
  }
  // A slice whose bounds came one by one.
  std::vector<plan::Attribute> bounds;
  for (const plan::Argument& part : argument.list) bounds.push_back(part.attribute);
  return slice_of(plan, std::move(bounds));
}

std::vector<Element> elements_of(const plan::Plan& plan, const plan::Argument& argument) {
  std::vector<Element> out;
  if (argument.kind == plan::Argument::List) {
    for (const plan::Argument& part : argument.list) out.push_back(element_of(plan, part));
  } else if (argument.kind == plan::Argument::Static && argument.attribute.is_list()) {
    for (const plan::Attribute& part : argument.attribute.as_list()) out.push_back(element_of(plan, part));
  } else {
    out.push_back(element_of(plan, argument));
  }
  return out;
}

/// The dimension is replaced by those of the index; negative positions count from the end.
Tensor gathered(const Tensor& x, std::int64_t dim, const Tensor& index) {
  if (index.scalar_type() == at::kBool) return x.index_select(dim, index.nonzero().reshape({-1}));
  const Tensor flat = index.reshape({-1}).to(at::kLong);
  Integers sizes = x.sizes().vec();
  const auto at = sizes.begin() + dim;
  const Tensor positions = flat + flat.lt(0).to(at::kLong) * *at;
  sizes.insert(sizes.erase(at), index.sizes().begin(), index.sizes().end());
  return x.index_select(dim, positions).reshape(sizes);
}

/// Several tensors of positions, by the dimension that each is for.
using Positions = std::vector<std::pair<std::int64_t, Tensor>>;

/// They go together, as one list of places; ATen puts what they give where PyTorch does.
Tensor gathered(const Tensor& x, const Positions& positions) {
  if (positions.size() == 1) return gathered(x, positions[0].first, positions[0].second);
  c10::List<c10::optional<Tensor>> all;
  all.resize(static_cast<std::size_t>(x.dim()));
  for (const auto& [dim, index] : positions) all.set(static_cast<std::size_t>(dim), index);
  return at::index(x, all);
}

Tensor index(Tensor x, const std::vector<Element>& elements, const Frame& f) {
  Positions positions;
  std::int64_t taken = 0;
  for (const Element& e : elements) taken += e.kind != Element::NewAxis && e.kind != Element::Ellipsis ? 1 : 0;
  const std::int64_t skipped = x.dim() - taken;
  std::int64_t dim = 0;
  for (const Element& e : elements) {
    switch (e.kind) {
      case Element::NewAxis:
        x = x.unsqueeze(dim++);
        break;
      case Element::Ellipsis:
        dim += skipped;
        break;
      case Element::At:
        x = x.select(dim, e.at(f));
        break;
      case Element::Slice:
        x = x.slice(dim, e.start(f), e.stop(f), e.step(f));
        ++dim;
        break;
      case Element::Gather:
        positions.emplace_back(dim++, f.slots[e.index]);
        break;
    }
  }
  return positions.empty() ? x : gathered(x, positions);
}

}  // namespace

void lower_indexing(Lowerings& lowerings) {
  lowerings.add("_index", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), elements = elements_of(n.plan(), n.argument("index"))](const Frame& f) {
      return index(x(f), elements, f);
    });
  });
  lowerings.add("_index_backward", [](const NodeView& n) {
    return single(n, [g = n.tensor("gradient"), x = n.tensor("input"),
                      elements = elements_of(n.plan(), n.argument("index"))](const Frame& f) {
      at::Tensor whole = at::zeros_like(x(f), x(f).options(), at::MemoryFormat::Contiguous);
      // What static positions choose is a view.
      index(whole, elements, f).add_(g(f));
      return whole;
    });
  });
  lowerings.add("_positions", [](const NodeView& n) -> Kernel {
    return several(n, [mask = n.tensor("mask")](const Frame& f) { return at::nonzero_numpy(mask(f)); });
  });
  lowerings.add("nonzero", [](const NodeView& n) -> Kernel {
    if (!n.flag("as_tuple")) return single(n, [x = n.tensor("input")](const Frame& f) { return at::nonzero(x(f)); });
    return several(n, [x = n.tensor("input")](const Frame& f) { return at::nonzero_numpy(x(f)); });
  });
}

}  // namespace modelc::kernels

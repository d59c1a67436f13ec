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
  types::Dim at;
  types::Constant start, stop, step;
  ir::ValueId index = ir::kNone;
};

std::vector<types::Constant> slice_parts(const types::Constant& list) {
  std::vector<types::Constant> parts = list.as_list();
  parts.resize(3);
  return parts;
}

Element element_of(const types::Constant& constant) {
  Element e;
  if (constant.is_null()) return e;
  if (constant.is_string()) {
    e.kind = Element::Ellipsis;
  } else if (constant.is_list()) {
    e.kind = Element::Slice;
    std::vector<types::Constant> parts = slice_parts(constant);
    e.start = parts[0], e.stop = parts[1], e.step = parts[2];
  } else {
    e.kind = Element::At;
    e.at = constant.as_dim();
  }
  return e;
}

Element element_of(const ir::Operand& operand) {
  Element e;
  switch (operand.kind) {
    case ir::Operand::None:
      return e;
    case ir::Operand::Static:
      return element_of(operand.constant);
    case ir::Operand::Value:
      e.kind = Element::Gather;
      e.index = operand.value;
      return e;
    case ir::Operand::List:
      break;
  }
  // A slice whose bounds came one by one.
  types::ConstantList bounds;
  for (const ir::Operand& part : operand.list) bounds.push_back(part.constant);
  return element_of(types::Constant(bounds));
}

std::vector<Element> elements_of(const ir::Operand& operand) {
  std::vector<Element> out;
  if (operand.kind == ir::Operand::List) {
    for (const ir::Operand& part : operand.list) out.push_back(element_of(part));
  } else if (operand.kind == ir::Operand::Static && operand.constant.is_list()) {
    for (const types::Constant& part : operand.constant.as_list()) out.push_back(element_of(part));
  } else {
    out.push_back(element_of(operand));
  }
  return out;
}

std::int64_t evaluate(const types::Dim& dim, const Frame& f) {
  if (dim.is_constant()) return dim.constant();
  auto value = dim.evaluate(f.sizes);
  TORCH_CHECK(value.has_value(), "the index ", dim.str(), " is not fixed by the inputs that were given");
  return *value;
}

std::int64_t bound(const types::Constant& constant, std::int64_t otherwise, const Frame& f) {
  return constant.is_null() ? otherwise : evaluate(constant.as_dim(), f);
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

Tensor index(Tensor x, const std::vector<Element>& elements, const Frame& f) {
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
        x = x.select(dim, evaluate(e.at, f));
        break;
      case Element::Slice:
        x = x.slice(dim, bound(e.start, 0, f), bound(e.stop, std::numeric_limits<std::int64_t>::max(), f),
                    bound(e.step, 1, f));
        ++dim;
        break;
      case Element::Gather:
        x = gathered(x, dim, f.slots[e.index]);
        dim += f.slots[e.index].dim();
        break;
    }
  }
  return x;
}

}  // namespace

void lower_indexing(Lowerings& lowerings) {
  lowerings.add("_index", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), elements = elements_of(n.operand("index"))](const Frame& f) {
      return index(x(f), elements, f);
    });
  });
  lowerings.add("nonzero", [](const NodeView& n) -> Kernel {
    if (!n.flag("as_tuple")) return single(n, [x = n.tensor("input")](const Frame& f) { return at::nonzero(x(f)); });
    return several(n, [x = n.tensor("input")](const Frame& f) { return at::nonzero_numpy(x(f)); });
  });
}

}  // namespace modelc::kernels

// The vocabulary of the lowerings: each resolves the parts of a node once, when the plan is made, into small functions
// of the frame, and combines them into the kernel. Knows ATen, no module tree and no executor.
#pragma once

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "kernels/dtype.h"
#include "kernels/lowering.h"

namespace modelc::kernels {

using Integers = std::vector<std::int64_t>;
using Fetch = std::function<const at::Tensor&(const Frame&)>;
using FetchList = std::function<std::vector<at::Tensor>(const Frame&)>;
using FetchSizes = std::function<Integers(const Frame&)>;
using FetchScalar = std::function<at::Scalar(const Frame&)>;

/// The kernel of a node with one result: `compute(frame)` makes it.
template <class Compute>
Kernel single(const NodeView& n, Compute compute) {
  return [slot = n.node().results.at(0), compute = std::move(compute)](Frame& f) { f.slots[slot] = compute(f); };
}

/// The kernel of a node with several results: `compute(frame)` makes a vector; what the node has no result for is
/// dropped.
template <class Compute>
Kernel several(const NodeView& n, Compute compute) {
  const auto& all = n.node().results;
  std::vector<ir::ValueId> own(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n.result_count()));
  return [slots = std::move(own), compute = std::move(compute)](Frame& f) {
    std::vector<at::Tensor> made = compute(f);
    TORCH_CHECK(made.size() >= slots.size(), "gave ", made.size(), " tensors, expected ", slots.size());
    for (std::size_t i = 0; i < slots.size(); ++i) f.slots[slots[i]] = std::move(made[i]);
  };
}

/// `f(input)`.
template <class F>
Lowering unary(F f) {
  return [f](const NodeView& n) { return single(n, [f, x = n.tensor("input")](const Frame& fr) { return f(x(fr)); }); };
}

/// `f(input, other)`, either may be a number; `second` is the name of the other.
template <class F>
Lowering binary(F f, std::string second = "other") {
  return [f, second = std::move(second)](const NodeView& n) {
    return single(n, [f, x = n.tensor("input"), y = n.tensor(second)](const Frame& fr) { return f(x(fr), y(fr)); });
  };
}

/// ATen's optional tensors: nothing where the tensor is undefined.
inline c10::optional<at::Tensor> maybe(const at::Tensor& t) {
  return t.defined() ? c10::optional<at::Tensor>(t) : c10::nullopt;
}

/// A static number, or a size that the inputs fix.
FetchScalar scalar_of(const NodeView& n, std::string_view name);
/// A static number as ATen's scalar.
at::Scalar scalar(const types::Constant& constant);
/// Null gives nothing.
c10::optional<std::int64_t> maybe_integer(const NodeView& n, std::string_view name);
c10::optional<double> maybe_number(const NodeView& n, std::string_view name);
c10::optional<at::Scalar> maybe_scalar(const NodeView& n, std::string_view name);
/// A null list gives an empty one.
Integers integers_or_none(const NodeView& n, std::string_view name);
/// Values of a list of numbers; a single one gives a list of one, null an empty one.
std::vector<double> numbers(const NodeView& n, std::string_view name);
/// True where a flag is given and set; an undeclared one is false.
bool is_set(const NodeView& n, std::string_view name);

/// Dims evaluated at each call; plain integers once.
FetchSizes sizes_of(std::vector<types::Dim> dims);
/// Sizes of result `i` as inferred.
FetchSizes result_sizes(const NodeView& n, std::size_t i = 0);
inline at::ScalarType result_dtype(const NodeView& n, std::size_t i = 0) { return scalar_type(n.result_type(i).dtype); }
/// ATen's code for `none`, `mean`, `sum`.
std::int64_t reduction_of(const NodeView& n);

}  // namespace modelc::kernels

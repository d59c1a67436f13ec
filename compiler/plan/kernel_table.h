// Which kernels there are: by operator and backend, asked in an order of backends. `Lowering` makes a kernel of a step,
// or an empty one where the step is not for it: then the next backend is asked.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ops/op.h"

namespace modelc::plan {

template <class Lowering>
class KernelTable {
 public:
  /// The backends, the one to ask first at the front.
  explicit KernelTable(std::vector<std::string> order) : order_(std::move(order)) {}

  void add(std::string_view backend, ops::OpId op, Lowering lowering) {
    const auto place = std::find(order_.begin(), order_.end(), backend);
    if (place == order_.end()) throw std::logic_error("no backend " + std::string(backend));
    if (op == ops::kNoOp) throw std::logic_error("a lowering of no operator");
    Row& row = row_of(op);
    Lowering& entry = row[static_cast<std::size_t>(place - order_.begin())];
    if (entry) throw std::logic_error("two lowerings of " + name(op));
    entry = std::move(lowering);
  }

  bool has(ops::OpId op) const {
    const auto index = static_cast<std::size_t>(op);
    return index < rows_.size() &&
           std::any_of(rows_[index].begin(), rows_[index].end(), [](const Lowering& l) { return bool(l); });
  }

  /// The kernel of the first backend that takes the step. Throws std::logic_error where none does.
  template <class View>
  auto bind(ops::OpId op, View& view) const {
    using Kernel = decltype(std::declval<const Lowering&>()(view));
    const auto index = static_cast<std::size_t>(op);
    if (index < rows_.size()) {
      for (const Lowering& lowering : rows_[index]) {
        if (!lowering) continue;
        if (Kernel kernel = lowering(view)) return kernel;
      }
    }
    throw std::logic_error("the operator " + name(op) + " has no kernel");
  }

  const std::vector<std::string>& order() const { return order_; }

 private:
  using Row = std::vector<Lowering>;  // by place in order_

  static std::string name(ops::OpId op) { return ops::Catalogue::get().op(op).name; }

  Row& row_of(ops::OpId op) {
    const auto index = static_cast<std::size_t>(op);
    if (rows_.size() <= index) rows_.resize(index + 1, Row(order_.size()));
    return rows_[index];
  }

  std::vector<std::string> order_;
  std::vector<Row> rows_;  // by OpId
};

}  // namespace modelc::plan

#include "ops/derivative.h"

#include <map>

#include "ops/op.h"

namespace modelc::ops {
namespace {

using Rows = std::map<std::string_view, DerivativeRow>;

Rows all_rows() {
  Rows rows;
  for (const auto& family :
       {elementwise_derivatives(), activation_derivatives(), product_derivatives(), shape_derivatives(),
        reduction_derivatives(), loss_derivatives(), window_derivatives(), normalization_derivatives()})
    for (const DerivativeRow& row : family) {
      rows.emplace(row.op, row);
      // The form that saves is derived by the same rule, and saves already.
      if (!row.saving.empty()) rows.emplace(row.saving, DerivativeRow{row.saving, row.rule});
    }
  return rows;
}

}  // namespace

const DerivativeRow* derivative_of(std::string_view op) {
  static const Rows& rows = *new Rows(all_rows());  // freed with the process
  const auto found = rows.find(op);
  return found == rows.end() ? nullptr : &found->second;
}

}  // namespace modelc::ops

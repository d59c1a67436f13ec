// What fed tensors must be: binds the plan's symbols to their sizes, checks ranks, dtypes, sizes and conditions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plan/fault.h"
#include "plan/plan.h"

namespace modelc::plan {

/// A fed tensor, as far as a plan cares.
struct Fed {
  bool given = false;
  std::optional<DType> dtype;    // none: one that the language does not have
  std::string_view dtype_words;  // its name then
  std::span<const std::int64_t> sizes;
};

/// `float[4, 9]`.
std::string type_words(const Fed& fed);

/// The registers of the plan's sizes. Throws Fault, which names the input, what it wants and what came. Inputs that are
/// not given bind nothing; a needed one that is not given is a fault.
std::vector<std::int64_t> bind_inputs(const Plan& plan, const std::vector<Fed>& fed);

/// Throws Fault where a condition does not hold; one of sizes that are not known holds.
void check_condition(const Plan& plan, const Condition& condition, const std::vector<std::int64_t>& sizes);

}  // namespace modelc::plan

// `weight_norm(Conv1d(…))`, `spectral_norm(…)`: a definition whose module owns other tensors in the place of one, which
// is computed from them at each call (LANGUAGE §6). The names are those of torch.nn.utils.
#pragma once

#include <optional>

#include "catalogue/entry.h"
#include "instantiate/context.h"

namespace modelc::instantiate {

/// The entry of a function that reparametrises definitions; null for any other name.
const catalogue::Entry* reparametrisation_named(std::string_view name);
/// The definition among the arguments with its tensor reparametrised; poison after reporting.
Value reparametrise(Context& context, const catalogue::Entry& function, Arguments args, Span span);

/// A weight's length and direction are kept, as `weight_norm` does it; else what estimates its largest singular value.
bool keeps_length(const Reparametrisation& one);
/// The dimension along which a length is kept, or the outputs lie; -1: one length for the whole.
std::int64_t dimension_of(const Reparametrisation& one, const ops::Op& op);

/// Tensors that a module owns, as its rule declares them, with those reparametrised replaced by what they are computed
/// from: their order is that of the state_dict, their ranks keep PyTorch's order of drawing. False after reporting.
bool own_reparametrised(Context& context, InstanceId id);

}  // namespace modelc::instantiate

// Families that are told in several files: each part appends its operators to the family's list.
#pragma once

#include <vector>

#include "ops/op.h"

namespace modelc::ops {

// linear
void declare_products(std::vector<Op>& ops);
void declare_einsum(std::vector<Op>& ops);
void declare_attention(std::vector<Op>& ops);
// convolution
void declare_convolution_functions(std::vector<Op>& ops);
// shape
void declare_reshaping(std::vector<Op>& ops);
void declare_permuting(std::vector<Op>& ops);
void declare_joining(std::vector<Op>& ops);
void declare_selection(std::vector<Op>& ops);
void declare_indexing(std::vector<Op>& ops);
void declare_rearrange(std::vector<Op>& ops);
void declare_padding(std::vector<Op>& ops);
void declare_resizing(std::vector<Op>& ops);
// elementwise
void declare_unary(std::vector<Op>& ops);
void declare_binary(std::vector<Op>& ops);
void declare_conversions(std::vector<Op>& ops);
// reduction
void declare_sorting(std::vector<Op>& ops);
// creation
void declare_random(std::vector<Op>& ops);

}  // namespace modelc::ops

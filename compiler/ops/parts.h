// Families that are told in several files: each part appends its operators to the family's list.
#pragma once

#include <vector>

#include "ops/op.h"

namespace modelc::ops {

// linear
void declare_products(std::vector<Op>& ops);
void declare_einsum(std::vector<Op>& ops);
void declare_attention(std::vector<Op>& ops);
void declare_transformer(std::vector<Op>& ops);
// convolution
void declare_convolution_functions(std::vector<Op>& ops);
// pooling
void declare_unpooling(std::vector<Op>& ops);
// normalization
void declare_root_mean_squares(std::vector<Op>& ops);
// shape
void declare_reshaping(std::vector<Op>& ops);
void declare_permuting(std::vector<Op>& ops);
void declare_joining(std::vector<Op>& ops);
void declare_stacking(std::vector<Op>& ops);
void declare_splitting(std::vector<Op>& ops);
void declare_scattering(std::vector<Op>& ops);
void declare_selection(std::vector<Op>& ops);
void declare_indexing(std::vector<Op>& ops);
void declare_rearrange(std::vector<Op>& ops);
void declare_padding(std::vector<Op>& ops);
void declare_resizing(std::vector<Op>& ops);
void declare_folding(std::vector<Op>& ops);
// elementwise
void declare_unary(std::vector<Op>& ops);
void declare_numbered(std::vector<Op>& ops);
void declare_binary(std::vector<Op>& ops);
void declare_ternary(std::vector<Op>& ops);
void declare_conversions(std::vector<Op>& ops);
void declare_complex(std::vector<Op>& ops);
// loss
void declare_margin_losses(std::vector<Op>& ops);
void declare_likelihoods(std::vector<Op>& ops);
void declare_loss_modules(std::vector<Op>& ops);
void declare_adaptive_log_softmax(std::vector<Op>& ops);
// reduction
void declare_sorting(std::vector<Op>& ops);
// statistics
void declare_running(std::vector<Op>& ops);
void declare_searching(std::vector<Op>& ops);
// linalg
void declare_linalg_norms(std::vector<Op>& ops);
void declare_weighted_products(std::vector<Op>& ops);
// creation
void declare_making(std::vector<Op>& ops);
void declare_random(std::vector<Op>& ops);

}  // namespace modelc::ops

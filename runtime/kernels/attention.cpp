#include "kernels/attention.h"

#include <ATen/Functions.h>

#include <cmath>
#include <limits>

#include "kernels/bind.h"

namespace modelc::kernels {
namespace {

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();

/// A bool mask (true: not attended to, as MultiheadAttention has it) as the number that is added to the scores.
at::Tensor additive(const at::Tensor& mask, at::ScalarType dtype) {
  if (mask.scalar_type() != at::kBool) return mask;
  return at::zeros_like(mask, mask.options().dtype(dtype)).masked_fill(mask, kMinusInfinity);
}

/// The projections' tensors of one call.
struct Projections {
  at::Tensor packed, q, k, v, bias, extra_k, extra_v, out_weight, out_bias;

  /// F._in_projection_packed: one product where query, key and value are one tensor, two where key and value are.
  std::vector<at::Tensor> project(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value) const {
    const std::int64_t width = query.size(-1);
    if (!packed.defined()) {
      std::vector<at::Tensor> b = bias.defined() ? bias.chunk(3) : std::vector<at::Tensor>(3);
      return {at::linear(query, q, maybe(b[0])), at::linear(key, k, maybe(b[1])), at::linear(value, v, maybe(b[2]))};
    }
    if (key.is_same(value) && query.is_same(key)) return at::linear(query, packed, maybe(bias)).chunk(3, -1);
    if (key.is_same(value)) {
      std::vector<at::Tensor> w = packed.split_with_sizes({width, 2 * width});
      std::vector<at::Tensor> b =
          bias.defined() ? bias.split_with_sizes({width, 2 * width}) : std::vector<at::Tensor>(2);
      at::Tensor first = at::linear(query, w[0], maybe(b[0]));
      std::vector<at::Tensor> rest = at::linear(key, w[1], maybe(b[1])).chunk(2, -1);
      return {first, rest[0], rest[1]};
    }
    std::vector<at::Tensor> w = packed.chunk(3);
    std::vector<at::Tensor> b = bias.defined() ? bias.chunk(3) : std::vector<at::Tensor>(3);
    return {at::linear(query, w[0], maybe(b[0])), at::linear(key, w[1], maybe(b[1])),
            at::linear(value, w[2], maybe(b[2]))};
  }
};

/// Fetches them.
struct ProjectionOperands {
  Fetch packed, q, k, v, bias, extra_k, extra_v, out_weight, out_bias;
  explicit ProjectionOperands(const NodeView& n)
      : packed(n.tensor("in_proj_weight")),
        q(n.tensor("q_proj_weight")),
        k(n.tensor("k_proj_weight")),
        v(n.tensor("v_proj_weight")),
        bias(n.tensor("in_proj_bias")),
        extra_k(n.tensor("bias_k")),
        extra_v(n.tensor("bias_v")),
        out_weight(n.tensor("out_proj_weight")),
        out_bias(n.tensor("out_proj_bias")) {}
  Projections operator()(const Frame& f) const {
    return {packed(f), q(f), k(f), v(f), bias(f), extra_k(f), extra_v(f), out_weight(f), out_bias(f)};
  }
};

struct AttentionOptions {
  std::int64_t heads = 1;
  double dropout = 0;
  bool batch_first = false, need_weights = true, average = true, zero = false;
};

/// One key more, which no mask hides.
at::Tensor with_key(const at::Tensor& mask) { return mask.defined() ? at::constant_pad_nd(mask, {0, 1}) : mask; }

/// The mask of torch.nn.functional.multi_head_attention_forward: padding and attention mask merged, per head.
at::Tensor merged_mask(at::Tensor mask, at::Tensor padding, std::int64_t batch, std::int64_t heads, std::int64_t source,
                       at::ScalarType dtype) {
  if (mask.defined() && mask.dim() == 2) mask = mask.unsqueeze(0);
  if (padding.defined()) {
    padding = padding.view({batch, 1, 1, source}).expand({-1, heads, -1, -1}).reshape({batch * heads, 1, source});
    if (!mask.defined()) {
      mask = padding;
    } else if (mask.scalar_type() == at::kBool && padding.scalar_type() == at::kBool) {
      mask = mask.logical_or(padding);
    } else if (padding.scalar_type() == at::kBool) {
      mask = mask.masked_fill(padding, kMinusInfinity);
    } else {
      mask = additive(mask, dtype) + padding;
    }
  }
  return mask.defined() ? additive(mask, dtype) : mask;
}

/// torch.nn.functional.multi_head_attention_forward of 1.13, step by step.
std::vector<at::Tensor> attend(const AttentionOptions& options, const Projections& p, at::Tensor query, at::Tensor key,
                               at::Tensor value, at::Tensor padding, at::Tensor mask) {
  const bool batched = query.dim() == 3;
  auto sequence_first = [&](const at::Tensor& t) {
    if (!batched) return t.unsqueeze(1);
    return options.batch_first ? t.transpose(0, 1) : t;
  };
  // One tensor stays one tensor: the packed projection then is one product, as in PyTorch.
  const bool same_kv = key.is_same(value), same_qk = query.is_same(key);
  at::Tensor q_in = sequence_first(query);
  at::Tensor k_in = same_qk ? q_in : sequence_first(key);
  at::Tensor v_in = same_kv ? k_in : sequence_first(value);
  if (!batched && padding.defined()) padding = padding.unsqueeze(0);

  const std::int64_t target = q_in.size(0), batch = q_in.size(1), width = q_in.size(2);
  const std::int64_t heads = options.heads, head_width = width / heads;
  std::vector<at::Tensor> qkv = p.project(q_in, k_in, v_in);
  if (p.extra_k.defined()) {
    qkv[1] = at::cat({qkv[1], p.extra_k.repeat({1, batch, 1})});
    qkv[2] = at::cat({qkv[2], p.extra_v.repeat({1, batch, 1})});
    mask = with_key(mask), padding = with_key(padding);
  }
  auto split_heads = [&](const at::Tensor& t) {
    return t.contiguous().view({t.size(0), batch * heads, head_width}).transpose(0, 1);
  };
  at::Tensor q = split_heads(qkv[0]), k = split_heads(qkv[1]), v = split_heads(qkv[2]);
  if (options.zero) {
    const at::Tensor none = at::zeros({batch * heads, 1, head_width}, k.options());
    k = at::cat({k, none}, 1), v = at::cat({v, none}, 1);
    mask = with_key(mask), padding = with_key(padding);
  }
  const std::int64_t source = k.size(1);
  at::Tensor scaled = q / std::sqrt(static_cast<double>(head_width));
  at::Tensor added = merged_mask(std::move(mask), std::move(padding), batch, heads, source, q.scalar_type());
  at::Tensor weights =
      added.defined() ? at::baddbmm(added, scaled, k.transpose(-2, -1)) : at::bmm(scaled, k.transpose(-2, -1));
  weights = at::softmax(weights, -1);
  if (options.dropout > 0) weights = at::dropout(weights, options.dropout, true);
  at::Tensor out = at::bmm(weights, v).transpose(0, 1).contiguous().view({target * batch, width});
  out = at::linear(out, p.out_weight, maybe(p.out_bias)).view({target, batch, width});
  out = !batched ? out.squeeze(1) : options.batch_first ? out.transpose(1, 0) : out;
  if (!options.need_weights) return {out, at::Tensor()};
  weights = weights.view({batch, heads, target, source});
  if (options.average) weights = weights.sum(1) / heads;
  return {out, batched ? weights : weights.squeeze(0)};
}

struct ScaledOptions {
  double dropout = 0;
  bool causal = false, grouped = false;
  c10::optional<double> scale;
};

/// As many heads as the queries have, each for several of theirs.
at::Tensor for_heads_of(const at::Tensor& q, const at::Tensor& t) {
  return t.repeat_interleave(q.size(-3) / t.size(-3), -3);
}

/// The reference form of torch.nn.functional.scaled_dot_product_attention; in a bool mask true is attended to.
/// The result, and the share of each value in it.
std::vector<at::Tensor> scaled_attention(const ScaledOptions& options, const at::Tensor& q, at::Tensor k, at::Tensor v,
                                         at::Tensor mask) {
  const auto& [dropout, causal, grouped, scale] = options;
  if (grouped) k = for_heads_of(q, k), v = for_heads_of(q, v);
  if (causal) {
    mask = at::ones({q.size(-2), k.size(-2)}, q.options().dtype(at::kBool)).tril();
  }
  if (mask.defined() && mask.scalar_type() == at::kBool) mask = additive(mask.logical_not(), q.scalar_type());
  // Both sides carry the root of the factor: what ATen does for the sake of half precision.
  const double whole = scale.value_or(1.0 / std::sqrt(static_cast<double>(q.size(-1))));
  const double factor = std::sqrt(std::abs(whole));
  at::Tensor scores = at::matmul(q * std::copysign(factor, whole), (k * factor).transpose(-2, -1));
  if (mask.defined()) scores = scores + mask;
  at::Tensor weights = at::softmax(scores, -1);
  if (dropout > 0) weights = at::dropout(weights, dropout, true);
  return {at::matmul(weights, v), weights};
}

}  // namespace

void lower_attention(Lowerings& lowerings) {
  lowerings.add("_multi_head_attention", [](const NodeView& n) {
    AttentionOptions options;
    options.heads = n.integer("num_heads");
    const bool on = is_set(n, "training");
    options.dropout = on ? n.number("dropout") : 0.0;
    options.batch_first = n.flag("batch_first");
    options.need_weights = n.flag("need_weights") && n.result_count() > 1;
    options.average = n.flag("average_attn_weights");
    options.zero = n.flag("add_zero_attn");
    return several(n, [options, p = ProjectionOperands(n), q = n.tensor("query"), k = n.tensor("key"),
                       v = n.tensor("value"), padding = n.tensor("key_padding_mask"), mask = n.tensor("attn_mask")](
                          const Frame& f) { return attend(options, p(f), q(f), k(f), v(f), padding(f), mask(f)); });
  });
  for (const char* name : {"scaled_dot_product_attention", "_attention_saved"})
    lowerings.add(name, [](const NodeView& n) {
      const ScaledOptions options{is_set(n, "training") ? n.number("dropout_p") : 0.0, n.flag("is_causal"),
                                  n.flag("enable_gqa"), maybe_number(n, "scale")};
      return several(
          n, [options, q = n.tensor("query"), k = n.tensor("key"), v = n.tensor("value"), mask = n.tensor("attn_mask")](
                 const Frame& f) { return scaled_attention(options, q(f), k(f), v(f), mask(f)); });
    });
}

}  // namespace modelc::kernels

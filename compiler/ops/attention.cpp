// MultiheadAttention and scaled_dot_product_attention.
#include <cmath>

#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kMaskDtype{"attention.mask_dtype", "a mask is bool or floating-point"};
constexpr Constraint kHeads{"attention.heads", "`embed_dim` is divisible by `num_heads`"};
constexpr Constraint kMaskOrCausal{"attention.mask_or_causal", "with `attn_mask`, `is_causal` is false"};
constexpr Constraint kMaskRank{"attention.mask_rank", "`attn_mask` has no more dimensions than the scores"};

/// The parameters in the order of PyTorch's state_dict; `rank` gives the order of its draws: out_proj first, whose bias
/// is drawn by Linear and then set to zero.
bool own_attention(InferContext& cx, std::int64_t e) {
  const std::int64_t k = cx.integer("kdim"), v = cx.integer("vdim");
  const Dim width = e;
  const auto later = [](Init init) { return init.rank = 1, init; };
  if (k == e && v == e) {
    if (!own(cx, "in_proj_weight", {width * 3, width}, later(xavier_uniform(e, 3 * e)))) return false;
  } else {
    if (!own(cx, "q_proj_weight", {width, width}, later(xavier_uniform(e, e))) ||
        !own(cx, "k_proj_weight", {width, k}, later(xavier_uniform(k, e))) ||
        !own(cx, "v_proj_weight", {width, v}, later(xavier_uniform(v, e))))
      return false;
  }
  if (cx.flag("bias") && !own(cx, "in_proj_bias", {width * 3}, Init::zeros())) return false;
  // Glorot's normal rule for [1, 1, E].
  const Init extra = later(Init::normal(0, 1.0 / std::sqrt(static_cast<double>(e))));
  if (cx.flag("add_bias_kv") && (!own(cx, "bias_k", {1, 1, width}, extra) || !own(cx, "bias_v", {1, 1, width}, extra)))
    return false;
  if (!own(cx, "out_proj.weight", {width, width}, kaiming_uniform(e))) return false;
  Init bias = inverse_sqrt(e);
  bias.cleared = true;
  return !cx.flag("bias") || own(cx, "out_proj.bias", {width}, bias);
}

/// PyTorch takes bytes for truth values of some masks.
bool require_mask_dtype(InferContext& cx, std::string_view name, bool bytes = true) {
  const DType dtype = cx.tensor(name).dtype;
  if (dtype == DType::Bool || (bytes && dtype == DType::UInt8) || types::is_floating(dtype)) return true;
  cx.fault(kMaskDtype, received(cx, name) + ", expected bool or floating point", "compare it: `mask > 0`", name);
  return false;
}

bool require_masks(InferContext& cx, bool batched, Dim batch, Dim heads, Dim queries, Dim keys) {
  if (cx.has("key_padding_mask")) {
    const std::string_view name = "key_padding_mask";
    if (!require_mask_dtype(cx, name, false) || !cx.require_rank(name, batched ? 2 : 1)) return false;
    const std::vector<Dim>& shape = cx.tensor(name).shape;
    const std::string what = "`key_padding_mask` has a value for each key of each item of the batch";
    if (batched && !cx.require_equal(shape[0], batch, what)) return false;
    if (!cx.require_equal(shape.back(), keys, what)) return false;
  }
  if (cx.has("attn_mask")) {
    const std::string_view name = "attn_mask";
    if (!require_mask_dtype(cx, name) || !cx.require_rank_between(name, 2, 3)) return false;
    const std::vector<Dim>& shape = cx.tensor(name).shape;
    const std::string what = "`attn_mask` has a value for each query and key";
    if (shape.size() == 3 &&
        !cx.require_equal(shape[0], batched ? batch * heads : heads, "`attn_mask` has a matrix for each head and item"))
      return false;
    if (!cx.require_equal(shape[shape.size() - 2], queries, what) || !cx.require_equal(shape.back(), keys, what))
      return false;
  }
  return true;
}

bool prepare_multihead(InferContext& cx) {
  const TensorType& query = cx.tensor("query");
  if (!cx.require_rank_between("query", 2, 3)) return false;
  for (std::string_view name : {"query", "key", "value"})
    if (!cx.require_rank(name, query.rank()) || !require_parameter_dtype(cx, name)) return false;
  if (!cx.infer("embed_dim", query.shape.back()) || !cx.infer("kdim", cx.tensor("key").shape.back()) ||
      !cx.infer("vdim", cx.tensor("value").shape.back()))
    return false;
  const std::int64_t embed = cx.integer("embed_dim"), heads = cx.integer("num_heads");
  if (embed % heads != 0) {
    cx.fault(kHeads,
             cx.op() + " receives " + query.str() + " whose width " + std::to_string(embed) + " is not divisible by " +
                 tick("num_heads=" + std::to_string(heads)),
             {}, "num_heads");
    return false;
  }
  return own_attention(cx, embed);
}

Type infer_multihead(InferContext& cx) {
  const TensorType& query = cx.tensor("query");
  const TensorType& key = cx.tensor("key");
  const TensorType& value = cx.tensor("value");
  const Dim heads = cx.dim("num_heads");
  const bool batched = query.rank() == 3;
  const std::size_t time = batched && cx.flag("batch_first") ? 1 : 0;
  const Dim batch = batched ? query.shape[1 - time] : Dim(1);
  if (batched && (!cx.require_equal(key.shape[1 - time], batch, "`key` and `query` have the same batch") ||
                  !cx.require_equal(value.shape[1 - time], batch, "`value` and `query` have the same batch")))
    return Type::poison();
  const Dim queries = query.shape[time];
  const Dim keys = key.shape[time];
  if (!cx.require_equal(value.shape[time], keys, "`value` has a row for each key") ||
      !require_masks(cx, batched, batch, heads, queries, keys))
    return Type::poison();
  const Type output = result(cx, query.dtype, query.shape);
  if (!cx.flag("need_weights")) return Type::tuple({output, Type::none()});
  std::vector<Dim> weights;
  if (batched) weights.push_back(batch);
  if (!cx.flag("average_attn_weights")) weights.push_back(heads);
  weights.push_back(queries);
  weights.push_back(keys + (cx.has("bias_k") ? 1 : 0) + (cx.flag("add_zero_attn") ? 1 : 0));
  return Type::tuple({output, result(cx, query.dtype, std::move(weights))});
}

/// Four projections, then the two products of attention.
Dim multihead_flops(InferContext& cx, const Type&) {
  const TensorType& query = cx.tensor("query");
  const TensorType& key = cx.tensor("key");
  const TensorType& value = cx.tensor("value");
  const Dim e = query.shape.back();
  const bool batched = query.rank() == 3;
  const std::size_t time = batched && cx.flag("batch_first") ? 1 : 0;
  return multiply_adds({query.numel(), e, 2}) + multiply_adds({key.numel(), e}) + multiply_adds({value.numel(), e}) +
         multiply_adds({query.numel(), key.shape[time], 2});
}

/// Each head of `key` and `value` serves several of `query`: theirs are as many from here on.
bool share_heads(InferContext& cx, const std::vector<Dim>& q, std::vector<Dim>& k, std::vector<Dim>& v) {
  for (std::string_view name : {"query", "key", "value"})
    if (!cx.require_rank_between(name, 3, kAnyRank)) return false;
  for (std::vector<Dim>* heads : {&k, &v}) {
    if (!cx.require_divisible(q.back(), heads->back(),
                              "with `enable_gqa`, each head of `key` and `value` serves as many of `query`"))
      return false;
    heads->back() = q.back();
  }
  return true;
}

Type infer_scaled_dot_product(InferContext& cx) {
  for (std::string_view name : {"query", "key", "value"})
    if (!cx.require_rank_between(name, 2, kAnyRank) || !cx.require_floating(name) ||
        !require_same_dtype(cx, "query", name))
      return Type::poison();
  std::vector<Dim> q = cx.tensor("query").shape, k = cx.tensor("key").shape, v = cx.tensor("value").shape;
  const Dim queries = q[q.size() - 2], keys = k[k.size() - 2], width = v.back();
  if (!cx.require_equal(k.back(), q.back(), "`query` and `key` are multiplied over their last size") ||
      !cx.require_equal(v[v.size() - 2], keys, "`value` has a row for each key"))
    return Type::poison();
  q.resize(q.size() - 2), k.resize(k.size() - 2), v.resize(v.size() - 2);
  if (cx.flag("enable_gqa") && !share_heads(cx, q, k, v)) return Type::poison();
  const std::string what = "the leading sizes of `query`, `key` and `value` must be equal or 1";
  auto lead = cx.broadcast(q, k, what);
  if (lead) lead = cx.broadcast(*lead, v, what);
  if (!lead) return Type::poison();
  if (cx.has("attn_mask")) {
    if (!require_mask_dtype(cx, "attn_mask")) return Type::poison();
    if (cx.flag("is_causal"))
      return cx.fault(kMaskOrCausal, cx.op() + " is given `attn_mask` and `is_causal=true`, expected one of them", {},
                      "is_causal");
    std::vector<Dim> scores = *lead;
    scores.push_back(queries);
    scores.push_back(keys);
    const TensorType& mask = cx.tensor("attn_mask");
    const std::string fits =
        "`attn_mask` of " + mask.str() + " has a value for each query and key, " + shape_text(scores);
    if (mask.rank() > scores.size()) return cx.fault(kMaskRank, cx.op() + " is given " + fits, {}, "attn_mask");
    if (!cx.broadcast(mask.shape, scores, fits)) return Type::poison();
  }
  lead->push_back(queries);
  lead->push_back(width);
  return result(cx, cx.tensor("query").dtype, std::move(*lead));
}

/// And the shares of each value, which its derivative needs.
Type with_shares(InferContext& cx) {
  const Type output = infer_scaled_dot_product(cx);
  if (output.is_poison()) return output;
  const std::vector<Dim>& key = cx.tensor("key").shape;
  std::vector<Dim> shares = output.tensor.shape;
  shares.back() = key[key.size() - 2];
  return Type::tuple({output, Type::of({output.tensor.dtype, std::move(shares)})});
}

Dim scaled_dot_product_flops(InferContext& cx, const Type& type) {
  const Type& out = type.is_tensor() ? type : type.parts()[0];
  const std::vector<Dim>& key = cx.tensor("key").shape;
  const Dim pairs = product(out.tensor.shape, 0, out.tensor.rank() - 1) * key[key.size() - 2];
  return multiply_adds({pairs, key.back()}) + multiply_adds({pairs, out.tensor.shape.back()});
}

}  // namespace

void declare_attention(std::vector<Op>& ops) {
  ops.push_back(
      module_op("MultiheadAttention")
          .summary("attention of several heads over projected queries, keys and values")
          .inferred("embed_dim")
          .arg("num_heads: int in 1..")
          .arg("dropout: float in 0..1 = 0")
          .arg("bias: bool = true")
          .arg("add_bias_kv: bool = false")
          .arg("add_zero_attn: bool = false")
          .inferred("kdim")
          .inferred("vdim")
          .arg("batch_first: bool = false")
          .input("query: Tensor")
          .input("key: Tensor")
          .input("value: Tensor")
          .input("key_padding_mask: Tensor? = null")
          .input("need_weights: bool = true")
          .input("attn_mask: Tensor? = null")
          .input("average_attn_weights: bool = true")
          .results({"attn_output", "attn_output_weights"})
          .demands({kHeads})
          .prepare(prepare_multihead)
          .becomes("_multi_head_attention",
                   {owned("out_proj_weight", "out_proj.weight"), owned("out_proj_bias", "out_proj.bias")})
          .note("embed_dim must be divisible by num_heads")
          .example("MultiheadAttention(2, batch_first=true)", "float[B, T, 8], float[B, S, 8], float[B, S, 8]"));
  ops.push_back(
      function_op("_multi_head_attention")
          .summary("attention of several heads over projected queries, keys and values, with given tensors")
          .input("query: Tensor")
          .input("key: Tensor")
          .input("value: Tensor")
          .input("key_padding_mask: Tensor? = null")
          .input("need_weights: bool = true")
          .input("attn_mask: Tensor? = null")
          .input("average_attn_weights: bool = true")
          .keyword("num_heads: int in 1..")
          .keyword("dropout: float in 0..1 = 0")
          .keyword("batch_first: bool = false")
          .keyword("in_proj_weight: Tensor? = null")
          .keyword("q_proj_weight: Tensor? = null")
          .keyword("k_proj_weight: Tensor? = null")
          .keyword("v_proj_weight: Tensor? = null")
          .keyword("in_proj_bias: Tensor? = null")
          .keyword("bias_k: Tensor? = null")
          .keyword("bias_v: Tensor? = null")
          .keyword("add_zero_attn: bool = false")
          .keyword("out_proj_weight: Tensor")
          .keyword("out_proj_bias: Tensor? = null")
          .keyword("training: bool? = null")
          .results({"attn_output", "attn_output_weights"})
          .traits(kRandomInTraining)
          .demands({kMaskDtype})
          .infer(infer_multihead)
          .flops(multihead_flops)
          .example("MultiheadAttention(2, batch_first=true)", "float[B, T, 8], float[B, S, 8], float[B, S, 8]"));
  for (const bool saves : {false, true})
    ops.push_back(function_op(saves ? "_attention_saved" : "scaled_dot_product_attention")
                      .summary("softmax(query @ key.T / sqrt(E) + mask) @ value")
                      .input("query: Tensor")
                      .input("key: Tensor")
                      .input("value: Tensor")
                      .input("attn_mask: Tensor? = null")
                      .input("dropout_p: float in 0..1 = 0")
                      .input("is_causal: bool = false")
                      .keyword("scale: float? = null")
                      .keyword("enable_gqa: bool = false")
                      .internal("training: bool? = null")
                      .demands({kMaskDtype, kMaskOrCausal, kMaskRank})
                      .infer(saves ? with_shares : infer_scaled_dot_product)
                      .flops(scaled_dot_product_flops)
                      .traits(kRandomInTraining)
                      .note("dropout_p acts in training only")
                      .example("scaled_dot_product_attention(x, y, z)",
                               "float[B, 2, T, 4], float[B, 2, S, 4], float[B, 2, S, 4]"));
}

}  // namespace modelc::ops

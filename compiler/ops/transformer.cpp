// torch.nn.Transformer and its parts, written in the language: each body is a description of its own, with PyTorch's
// names. In a built-in description `float` is any floating-point dtype, and what it reports stands at the call.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr std::string_view kEncoderLayer = R"(
params:
  d_model: int?
  nhead: int
  dim_feedforward: int
  dropout: float
  activation: choice[relu, gelu]
  layer_norm_eps: float
  batch_first: bool
  norm_first: bool
  bias: bool
inputs:
  src: float[..., D]
  src_mask: any = null
  src_key_padding_mask: any = null
define:
  width: D if d_model == null else d_model
  activated(x): gelu(x) if activation == "gelu" else relu(x)
modules:
  self_attn: MultiheadAttention(nhead, embed_dim=width, dropout=dropout, bias=bias, batch_first=batch_first)
  linear1: Linear(dim_feedforward, bias=bias)
  dropout: Dropout(dropout)
  linear2: Linear(D, bias=bias)
  norm1: LayerNorm(eps=layer_norm_eps, bias=bias)
  norm2: LayerNorm(eps=layer_norm_eps, bias=bias)
  dropout1: Dropout(dropout)
  dropout2: Dropout(dropout)
forward:
  - if norm_first:
      - n: norm1(src)
      - h: src + dropout1(self_attn(n, n, n, src_key_padding_mask, false, src_mask)[0])
      - y: h + dropout2(linear2(dropout(activated(linear1(norm2(h))))))
    else:
      - h: norm1(src + dropout1(self_attn(src, src, src, src_key_padding_mask, false, src_mask)[0]))
      - y: norm2(h + dropout2(linear2(dropout(activated(linear1(h))))))
outputs: y
)";

constexpr std::string_view kDecoderLayer = R"(
params:
  d_model: int?
  nhead: int
  dim_feedforward: int
  dropout: float
  activation: choice[relu, gelu]
  layer_norm_eps: float
  batch_first: bool
  norm_first: bool
  bias: bool
inputs:
  tgt: float[..., D]
  memory: any
  tgt_mask: any = null
  memory_mask: any = null
  tgt_key_padding_mask: any = null
  memory_key_padding_mask: any = null
define:
  width: D if d_model == null else d_model
  activated(x): gelu(x) if activation == "gelu" else relu(x)
modules:
  self_attn: MultiheadAttention(nhead, embed_dim=width, dropout=dropout, bias=bias, batch_first=batch_first)
  multihead_attn:
    type: MultiheadAttention
    num_heads: nhead
    embed_dim: width
    kdim: width
    vdim: width
    dropout: dropout
    bias: bias
    batch_first: batch_first
  linear1: Linear(dim_feedforward, bias=bias)
  dropout: Dropout(dropout)
  linear2: Linear(D, bias=bias)
  norm1: LayerNorm(eps=layer_norm_eps, bias=bias)
  norm2: LayerNorm(eps=layer_norm_eps, bias=bias)
  norm3: LayerNorm(eps=layer_norm_eps, bias=bias)
  dropout1: Dropout(dropout)
  dropout2: Dropout(dropout)
  dropout3: Dropout(dropout)
forward:
  - if norm_first:
      - n: norm1(tgt)
      - h: tgt + dropout1(self_attn(n, n, n, tgt_key_padding_mask, false, tgt_mask)[0])
      - h: h + dropout2(multihead_attn(norm2(h), memory, memory, memory_key_padding_mask, false, memory_mask)[0])
      - y: h + dropout3(linear2(dropout(activated(linear1(norm3(h))))))
    else:
      - h: norm1(tgt + dropout1(self_attn(tgt, tgt, tgt, tgt_key_padding_mask, false, tgt_mask)[0]))
      - h: norm2(h + dropout2(multihead_attn(h, memory, memory, memory_key_padding_mask, false, memory_mask)[0]))
      - y: norm3(h + dropout3(linear2(dropout(activated(linear1(h))))))
outputs: y
)";

constexpr std::string_view kEncoder = R"(
params:
  encoder_layer: module
  num_layers: int
  norm: module?
inputs:
  src: any
  mask: any = null
  src_key_padding_mask: any = null
modules:
  layers:
    list:
      - for i in range(num_layers): encoder_layer
  if norm != null:
    norm: norm
forward:
  - y: src
  - for layer in layers:
      - y: layer(y, mask, src_key_padding_mask)
  - if norm != null:
      - y: norm(y)
outputs: y
)";

constexpr std::string_view kDecoder = R"(
params:
  decoder_layer: module
  num_layers: int
  norm: module?
inputs:
  tgt: any
  memory: any
  tgt_mask: any = null
  memory_mask: any = null
  tgt_key_padding_mask: any = null
  memory_key_padding_mask: any = null
modules:
  layers:
    list:
      - for i in range(num_layers): decoder_layer
  if norm != null:
    norm: norm
forward:
  - y: tgt
  - for layer in layers:
      - y: layer(y, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask)
  - if norm != null:
      - y: norm(y)
outputs: y
)";

constexpr std::string_view kTransformer = R"(
params:
  d_model: int?
  nhead: int
  num_encoder_layers: int
  num_decoder_layers: int
  dim_feedforward: int
  dropout: float
  activation: choice[relu, gelu]
  custom_encoder: module?
  custom_decoder: module?
  layer_norm_eps: float
  batch_first: bool
  norm_first: bool
  bias: bool
inputs:
  src: float[..., D]
  tgt: any
  src_mask: any = null
  tgt_mask: any = null
  memory_mask: any = null
  src_key_padding_mask: any = null
  tgt_key_padding_mask: any = null
  memory_key_padding_mask: any = null
define:
  width: D if d_model == null else d_model
  layer(kind): >-
    kind(d_model=width, nhead=nhead, dim_feedforward=dim_feedforward, dropout=dropout, activation=activation,
    layer_norm_eps=layer_norm_eps, batch_first=batch_first, norm_first=norm_first, bias=bias)
  last: LayerNorm(eps=layer_norm_eps, bias=bias)
modules:
  - if custom_encoder == null:
      encoder: TransformerEncoder(layer(TransformerEncoderLayer), num_encoder_layers, last)
    else:
      encoder: custom_encoder
  - if custom_decoder == null:
      decoder: TransformerDecoder(layer(TransformerDecoderLayer), num_decoder_layers, last)
    else:
      decoder: custom_decoder
forward:
  memory: encoder(src, src_mask, src_key_padding_mask)
  y: decoder(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask)
outputs: y
)";

/// The arguments of a layer behind its sizes.
OpBuilder& with_layer_options(OpBuilder& op) {
  return op.arg("layer_norm_eps: float = 1e-5")
      .arg("batch_first: bool = false")
      .arg("norm_first: bool = false")
      .arg("bias: bool = true");
}

OpBuilder layer(const char* name, const char* summary) {
  OpBuilder op = module_op(name);
  op.summary(summary)
      .inferred("d_model")
      .arg("nhead: int in 1..")
      .arg("dim_feedforward: int in 1.. = 2048")
      .arg("dropout: float in 0..1 = 0.1")
      .arg("activation: {relu|gelu} = relu");
  with_layer_options(op);
  return op;
}

OpBuilder& with_target(OpBuilder& op) {
  for (const char* input : {"tgt: Tensor", "memory: Tensor", "tgt_mask: Tensor? = null", "memory_mask: Tensor? = null",
                            "tgt_key_padding_mask: Tensor? = null", "memory_key_padding_mask: Tensor? = null"})
    op.input(input);
  return op;
}

constexpr const char* kMasks =
    "a mask is true where nothing is attended to, or is added to the scores; "
    "sequences stand as [T, B, D], or [B, T, D] with batch_first";

}  // namespace

/// Those whose bodies name others stand first.
void declare_transformer(std::vector<Op>& ops) {
  OpBuilder whole = module_op("Transformer");
  whole.summary("encoder and decoder of \"Attention Is All You Need\"")
      .inferred("d_model")
      .arg("nhead: int in 1.. = 8")
      .arg("num_encoder_layers: int in 1.. = 6")
      .arg("num_decoder_layers: int in 1.. = 6")
      .arg("dim_feedforward: int in 1.. = 2048")
      .arg("dropout: float in 0..1 = 0.1")
      .arg("activation: {relu|gelu} = relu")
      .arg("custom_encoder: any? = null")
      .arg("custom_decoder: any? = null");
  with_layer_options(whole);
  for (const char* input : {"src: Tensor", "tgt: Tensor", "src_mask: Tensor? = null", "tgt_mask: Tensor? = null",
                            "memory_mask: Tensor? = null", "src_key_padding_mask: Tensor? = null",
                            "tgt_key_padding_mask: Tensor? = null", "memory_key_padding_mask: Tensor? = null"})
    whole.input(input);
  ops.push_back(whole.written({kTransformer, {}, true})
                    .note(kMasks)
                    .example("Transformer(nhead=2, dim_feedforward=16)", "float[S, B, 8], float[T, B, 8]"));
  ops.push_back(module_op("TransformerEncoder")
                    .summary("a stack of encoder layers that start from equal values")
                    .arg("encoder_layer: any")
                    .arg("num_layers: int in 1..")
                    .arg("norm: any? = null")
                    .arg("enable_nested_tensor: bool = true")
                    .arg("mask_check: bool = true")
                    .input("src: Tensor")
                    .input("mask: Tensor? = null")
                    .input("src_key_padding_mask: Tensor? = null")
                    .written({kEncoder, "layers"})
                    .note("enable_nested_tensor and mask_check are hints")
                    .example("TransformerEncoder(TransformerEncoderLayer(2), 3)", "float[T, B, 8]"));
  OpBuilder decoder = module_op("TransformerDecoder");
  decoder.summary("a stack of decoder layers that start from equal values")
      .arg("decoder_layer: any")
      .arg("num_layers: int in 1..")
      .arg("norm: any? = null");
  ops.push_back(with_target(decoder)
                    .written({kDecoder, "layers"})
                    .example("TransformerDecoder(TransformerDecoderLayer(2), 3)", "float[T, B, 8], float[S, B, 8]"));
  ops.push_back(layer("TransformerEncoderLayer", "attention of a sequence to itself, then two linear layers")
                    .input("src: Tensor")
                    .input("src_mask: Tensor? = null")
                    .input("src_key_padding_mask: Tensor? = null")
                    .written({kEncoderLayer})
                    .note(kMasks)
                    .example("TransformerEncoderLayer(2, batch_first=true)", "float[B, T, 8]"));
  OpBuilder decoder_layer =
      layer("TransformerDecoderLayer", "attention of a sequence to itself and to a memory, then two linear layers");
  ops.push_back(with_target(decoder_layer)
                    .written({kDecoderLayer})
                    .note(kMasks)
                    .example("TransformerDecoderLayer(2)", "float[T, B, 8], float[S, B, 8]"));
}

}  // namespace modelc::ops

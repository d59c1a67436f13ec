"""MultiheadAttention with its masks and modes; scaled_dot_product_attention, which PyTorch 1.13 has under another name."""

from case import case

QKV = "float[5, 2, 8], float[6, 2, 8], float[6, 2, 8]"
BATCHED = "float[2, 5, 8], float[2, 6, 8], float[2, 6, 8]"
HEADS = "float[2, 3, 4, 8], float[2, 3, 6, 8], float[2, 3, 6, 7]"


def attention(mask=None):
    """The definition: softmax of scaled scores, a bool mask keeping what is true."""
    scores = "x @ y.transpose(-2, -1) / 8 ** 0.5"
    if mask:
        scores = mask.replace("SCORES", scores)
    return f"softmax({scores}, dim=-1) @ z"


CASES = [
    case("MultiheadAttention(2)", "float[T, B, 8], float[T, B, 8], float[T, B, 8]"),
    case("MultiheadAttention(2)", QKV), case("MultiheadAttention(4, bias=false)", QKV),
    case("MultiheadAttention(2, batch_first=true)", BATCHED),
    case("MultiheadAttention(2, batch_first=true)", "float[2, 5, 8], float[2, 6, 7], float[2, 6, 9]"),
    case("MultiheadAttention(2, bias=false)", "float[5, 8], float[6, 8], float[6, 8]"),
    case("MultiheadAttention(2)", "float[2, 5, 8]", "m(x, x, x)"),
    case("MultiheadAttention(2)", "float[5, 2, 8], float[6, 2, 8]", "m(x, y, y)"),
    case("MultiheadAttention(2)", QKV, "m(x, y, z, need_weights=false)"),
    case("MultiheadAttention(2)", QKV, "m(x, y, z, average_attn_weights=false)"),
    case("MultiheadAttention(2)", QKV, "m(x, y, z)[0]"),
    case("MultiheadAttention(2, batch_first=true)", BATCHED + ", padding[2, 6]", "m(x, y, z, key_padding_mask=w)"),
    case("MultiheadAttention(2, batch_first=true)", BATCHED + ", padding[2, 6]", "m(x, y, z, w, true)"),
    case("MultiheadAttention(2)", QKV + ", padding[5, 6]", "m(x, y, z, attn_mask=w)"),
    case("MultiheadAttention(2)", QKV + ", float[5, 6]", "m(x, y, z, attn_mask=w)"),
    case("MultiheadAttention(2)", QKV + ", float[4, 5, 6]", "m(x, y, z, attn_mask=w)"),
    case("MultiheadAttention(2)", QKV + ", padding[5, 6], padding[2, 6]", "m(x, y, z, attn_mask=w, key_padding_mask=u)"),
    case("MultiheadAttention(2)", QKV + ", float[5, 6], padding[2, 6]", "m(x, y, z, attn_mask=w, key_padding_mask=u)"),
    case("MultiheadAttention(2)", "float[5, 8], float[6, 8], float[6, 8], padding[6]", "m(x, y, z, key_padding_mask=w)"),
    case("scaled_dot_product_attention(x, y, z)", HEADS, python=attention()),
    case("scaled_dot_product_attention(x, y, z)", "float[4, 8], float[6, 8], float[6, 7]", python=attention()),
    case("scaled_dot_product_attention(x, y, z, attn_mask=w)", HEADS + ", padding[4, 6]",
         python=attention("masked_fill(SCORES, ~w, -inf)")),
    case("scaled_dot_product_attention(x, y, z, w)", HEADS + ", float[2, 1, 4, 6]", python=attention("SCORES + w")),
    *[case(f"MultiheadAttention(2, {extra})", *on) for extra in ("add_bias_kv=true", "add_zero_attn=true", "add_bias_kv=true, add_zero_attn=true, bias=false")
      for on in ((QKV,), ("float[5, 8], float[6, 8], float[6, 8]",), (QKV + ", padding[5, 6], padding[2, 6]", "m(x, y, z, attn_mask=w, key_padding_mask=u)"),
                 (QKV + ", float[4, 5, 6]", "m(x, y, z, attn_mask=w)"))],
    case("MultiheadAttention(2, batch_first=true, add_bias_kv=true)", "float[2, 5, 8], float[2, 6, 7], float[2, 6, 9]"),
    *[case(f"scaled_dot_product_attention(x, y, z, scale={scale})", HEADS, python=attention().replace("/ 8 ** 0.5", f"* {scale}")) for scale in (0.3, -0.3)],
    case("scaled_dot_product_attention(x, y, z, enable_gqa=true)", "float[2, 6, 4, 8], float[2, 3, 5, 8], float[2, 2, 5, 7]",
         python="softmax(x @ y.repeat_interleave(2, 1).transpose(-2, -1) / 8 ** 0.5, dim=-1) @ z.repeat_interleave(3, 1)"),
    case("scaled_dot_product_attention(x, y, z, enable_gqa=true, scale=0.5)", "float[B, 4, T, 8], float[B, 2, S, 8], float[B, 2, S, 8]",
         python="softmax(x @ y.repeat_interleave(2, 1).transpose(-2, -1) * 0.5, dim=-1) @ z.repeat_interleave(2, 1)"),
    case("scaled_dot_product_attention(x, y, z, is_causal=true)", HEADS,
         python=attention("masked_fill(SCORES, ones(4, 6).tril() == 0, -inf)")),
]

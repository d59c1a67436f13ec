"""torch.nn.Transformer and its parts: keys, equal initial values of copies, masks, both orders of the norms."""

from case import case

ENCODER = "TransformerEncoderLayer(2, dim_feedforward=16, dropout=0"
DECODER = "TransformerDecoderLayer(2, dim_feedforward=16, dropout=0"
WHOLE = "Transformer(nhead=2, num_encoder_layers=2, num_decoder_layers=2, dim_feedforward=16, dropout=0"
SOURCE, TARGET = "float[6, 2, 8]", "float[5, 2, 8]"
OPTIONS = ("", ', activation="gelu"', ", norm_first=true", ", layer_norm_eps=1e-3")

CASES = [
    *[case(f"{ENCODER}{option})", SOURCE) for option in OPTIONS], case(f"{ENCODER})", "float[T, B, 8]"), case(f"{ENCODER})", "float[6, 8]"),
    case(f"{ENCODER}, d_model=8)", SOURCE, python=f"{ENCODER})"),
    case(f"{ENCODER}, batch_first=true)", "float[2, 6, 8], padding[2, 6]", "m(x, null, y)", ),
    case(f"{ENCODER}, batch_first=true)", "float[2, 6, 8], padding[6, 6], padding[2, 6]", "m(x, y, src_key_padding_mask=z)"),
    case(f"{ENCODER})", f"{SOURCE}, float[6, 6]", "m(x, src_mask=y)"),
    *[case(f"{DECODER}{option})", f"{TARGET}, {SOURCE}") for option in OPTIONS], case(f"{DECODER})", "float[T, B, 8], float[S, B, 8]"),
    case(f"{DECODER}, batch_first=true)", "float[2, 5, 8], float[2, 6, 8], padding[5, 5], float[5, 6], padding[2, 5], padding[2, 6]",
         "m(x, y, z, w, u, v)"),
    case(f"TransformerEncoder({ENCODER}), 3)", SOURCE), case(f"TransformerEncoder({ENCODER}), 2, LayerNorm())", SOURCE, python=f"TransformerEncoder({ENCODER}), 2, LayerNorm())"),
    case(f"TransformerEncoder({ENCODER}, norm_first=true), num_layers=2, enable_nested_tensor=false)", f"{SOURCE}, padding[6, 6]", "m(x, y)"),
    case(f"TransformerEncoder({ENCODER}, batch_first=true), 2)", "float[2, 6, 8], padding[2, 6]", "m(x, src_key_padding_mask=y)"),
    case(f"TransformerDecoder({DECODER}), 2)", f"{TARGET}, {SOURCE}"),
    case(f"TransformerDecoder({DECODER}), 2, LayerNorm())", f"{TARGET}, {SOURCE}, padding[5, 5]", "m(x, y, tgt_mask=z)"),
    case(f"{WHOLE})", f"{SOURCE}, {TARGET}"), case(f"{WHOLE}, batch_first=true, norm_first=true)", "float[2, 6, 8], float[2, 5, 8]"),
    case(f"{WHOLE})", f"{SOURCE}, {TARGET}, padding[5, 5], padding[2, 6], padding[2, 5]",
         "m(x, y, tgt_mask=z, src_key_padding_mask=w, tgt_key_padding_mask=u, memory_key_padding_mask=w)"),
    case("AdaptiveLogSoftmaxWithLoss(10, [1, 2])", "float[4, 16], index[4]"),
    case("AdaptiveLogSoftmaxWithLoss(9, [2, 4], div_value=2.0, head_bias=true)", "float[4, 16], index[4]"),
    case("AdaptiveLogSoftmaxWithLoss(10, [1])", "float[B, 16], index[B]"), case("AdaptiveLogSoftmaxWithLoss(6, [1, 2])", "float[16], index[]"),
]

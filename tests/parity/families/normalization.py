"""Normalisation, in training with the statistics that it moves, and in evaluation."""

from case import case, cases

CASES = [
    *[case(text, operands) for text, operands in (("BatchNorm2d()", "bfloat16[2, 3, 4, 4]"), ("BatchNorm1d()", "bfloat16[4, 3]"),
                                                  ("InstanceNorm1d(affine=true)", "bfloat16[2, 3, 8]"))],
    *cases('''
        BatchNorm1d
        BatchNorm1d(affine=false)
        BatchNorm1d(eps=0.1, momentum=0.5)
        BatchNorm1d(momentum=null)
        BatchNorm1d(track_running_stats=false)
    '''.replace("BatchNorm1d\n", "BatchNorm1d()\n"), "float[4, 3]"),
    case("BatchNorm1d()", "float[B, 6, L]"), case("BatchNorm2d()", "float[B, 6, 4, 5]"),
    case("BatchNorm2d(momentum=null)", "float[3, 6, 4, 5]"),
    case("BatchNorm2d(track_running_stats=false, affine=false)", "float[3, 6, 4, 5]"),
    case("BatchNorm3d()", "float[2, 6, 2, 3, 4]"), case("BatchNorm3d(momentum=0.3)", "float[2, 6, 2, 3, 4]"),
    case("BatchNorm2d()", "float[3, 2, 4, 5]", "m(m(x))"),
    *cases('''
        InstanceNorm1d()
        InstanceNorm1d(affine=true)
        InstanceNorm1d(affine=true, track_running_stats=true)
        InstanceNorm1d(track_running_stats=true, momentum=0.4, eps=0.01)
    ''', "float[2, 3, 7]"),
    case("InstanceNorm1d()", "float[3, 7]"),
    case("InstanceNorm2d(affine=true, track_running_stats=true)", "float[2, 6, 5, 5]"),
    case("InstanceNorm2d()", "float[6, 5, 5]"), case("InstanceNorm3d()", "float[2, 6, 2, 3, 4]"),
    case("InstanceNorm3d(track_running_stats=true)", "float[2, 6, 2, 3, 4]"),
    case("LayerNorm()", "float[B, T, 6]"), case("LayerNorm(normalized_shape=[5, 6], eps=0.1)", "float[2, 5, 6]"),
    case("LayerNorm(elementwise_affine=false)", "float[2, 5, 6]"), case("LayerNorm()", "float[6]"),
    case("LayerNorm(normalized_shape=6)", "float[2, 6]"),
    case("GroupNorm(2)", "float[B, 6, 8, 8]"), case("GroupNorm(3, affine=false, eps=0.1)", "float[3, 6]"),
    case("GroupNorm(6)", "float[2, 6, 5]"),
    case("InstanceNorm1d()", "float64[2, 3, 7]"), case("InstanceNorm2d()", "float[2, B, 5, 5]"),
    case("GroupNorm(1, affine=false)", "float[2, B, 5]"), case("LayerNorm(elementwise_affine=false)", "float64[2, 6]"),
    case("batch_norm(x, y * 1.0, z * 1.0)", "float[4, 3, 5], weights[3], weights[3]",
         python="batch_norm(x, y * 1.0, z * 1.0, training=training)"),
    case("batch_norm(x, y * 1.0, z * 1.0, training=true)", "float[4, 3], weights[3], weights[3]"),
    case("batch_norm(x, y * 1.0, z * 1.0, w, u, training=false, eps=0.1)",
         "float[4, 3], weights[3], weights[3], float[3], float[3]"),
    case("batch_norm(x, null, null, y, z, true)", "float[4, 3, 5, 2], float[3], float[3]"),
    case("instance_norm(x)", "float[2, 3, 7]"), case("instance_norm(x, weight=y, bias=z, eps=0.1)", "float[2, 3, 7, 2], float[3], float[3]"),
    case("instance_norm(x, y * 1.0, z * 1.0, use_input_stats=false)", "float[2, 3, 7], weights[3], weights[3]"),
    case("instance_norm(x, y * 1.0, z * 1.0, momentum=0.5)", "float[2, 3, 4, 2, 2], weights[3], weights[3]"),
    case("group_norm(x, 2)", "float[B, 6, 4]"), case("group_norm(x, 3, y, z, 0.1)", "float[2, 6], float[6], float[6]"),
    case("layer_norm(x, [6])", "float[B, T, 6]"),
    case("layer_norm(x, [5, 6], y, z)", "float[2, 5, 6], float[5, 6], float[5, 6]"),
    case("layer_norm(x, [6], weight=y, eps=0.1)", "float[2, 6], float[6]"),
    case("layer_norm(x, [6], bias=y)", "float[2, 6], float[6]"),
    case("layer_norm(x, x.shape[1:])", "float[2, 3, 6]"),
    *cases('''
        normalize(x)
        normalize(x, p=1)
        normalize(x, p=1, dim=-1)
        normalize(x, 3.0, 0, 0.5)
        normalize(x, dim=(0, 1))
    ''', "float[2, 6]"),
    case("normalize(x, p=inf, dim=0)", "float[2, 6]"),
    *[case(f"local_response_norm(x, {rest})", operands) for rest in ("3", "2, 0.5, 0.6, 2", "4, alpha=0.1") for operands in
      ("float[2, 6, 5]", "float[2, 6, 4, 3]", "float[B, 6, 2, 2, 2]")],
    case("LocalResponseNorm(3)", "float[2, 6, 4, 4]"), case("LocalResponseNorm(2, 0.5, 0.6, 2)", "float[B, 6, 5]"),
    *[case(f"rms_norm(x, [4]{rest})", operands, python=f"rms_norm(x, [4]{rest})") for rest, operands in
      (("", "float[3, 4]"), (", y", "float[B, 4], float[4]"), (", y, 0.1", "float[2, 3, 4], float[4]"), ("", "float64[3, 4]"))],
    case("rms_norm(x, [3, 4], eps=0.01)", "float[2, 3, 4]"), case("RMSNorm()", "float[2, 3, 4]"), case("RMSNorm(eps=0.1)", "float[B, 4]"),
    case("RMSNorm(normalized_shape=[3, 4])", "float[2, 3, 4]"), case("RMSNorm(elementwise_affine=false)", "float[B, 4]"),
    case("LayerNorm(bias=false)", "float[2, 3, 4]"), case("LayerNorm(eps=0.1, bias=false)", "float[B, 4]"),
]

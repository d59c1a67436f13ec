"""Losses: reductions, weights, what is ignored, smoothing."""

from case import case, cases

REDUCTIONS = ("", ', reduction="none"', ', reduction="sum"')


def reduced(text, operands):
    return [case(text[:-1] + reduction + ")", operands) for reduction in REDUCTIONS]


CASES = [
    case("cross_entropy(x, y)", "float[B, 5], index[B]"),
    *reduced("cross_entropy(x, y)", "float[4, 3], index[4]"),
    *reduced("cross_entropy(x, y)", "float[4, 3, 5], index[4, 5]"),
    *reduced("cross_entropy(x, y, z)", "float[4, 3], index[4], weights[3]"),
    *reduced("cross_entropy(x, y, ignore_index=1)", "float[6, 3], index[6]"),
    *reduced("cross_entropy(x, y, label_smoothing=0.2)", "float[6, 3], index[6]"),
    *reduced("cross_entropy(x, y, weight=z, ignore_index=0, label_smoothing=0.1)", "float[6, 3], index[6], weights[3]"),
    *reduced("cross_entropy(x, softmax(y, dim=1))", "float[4, 3], float[4, 3]"),
    *reduced("cross_entropy(x, softmax(y, dim=1), z, label_smoothing=0.1)", "float[4, 3], float[4, 3], weights[3]"),
    *reduced("cross_entropy(x, softmax(y, dim=1))", "float[4, 3, 5], float[4, 3, 5]"),
    case("cross_entropy(x, y)", "float[3], index[]"), case("cross_entropy(x, y)", "float[2, 3, 4, 5], index[2, 4, 5]"),
    case("cross_entropy(x.transpose(1, 2), y)", "float[B, T, 5], index[B, T]"),
    *reduced("nll_loss(x, y)", "float[4, 3], index[4]"),
    *reduced("nll_loss(x, y, z)", "float[4, 3], index[4], weights[3]"),
    *reduced("nll_loss(x, y, ignore_index=2)", "float[4, 3], index[4]"),
    *reduced("nll_loss(x, y)", "float[4, 3, 5], index[4, 5]"),
    case("nll_loss(x, y)", "float[B, 5], index[B]"), case("nll_loss(x, y)", "float[3], index[]"),
    *[entry for name in "mse_loss l1_loss smooth_l1_loss huber_loss kl_div".split() for entry in
      reduced(f"{name}(x, y)", "float[3, 4], positive[3, 4]") + [case(f"{name}(x, y)", "float[B, 5], float[B, 5]")]],
    *reduced("smooth_l1_loss(x, y, beta=0.5)", "float[3, 4], float[3, 4]"),
    *reduced("smooth_l1_loss(x, y, beta=0)", "float[3, 4], float[3, 4]"),
    *reduced("huber_loss(x, y, delta=0.5)", "float[3, 4], float[3, 4]"),
    case('huber_loss(x, y, "sum", 0.3)', "float[3, 4], float[3, 4]"),
    case("mse_loss(x, y)", "float64[3], float64[3]"), case("mse_loss(x, y)", "float[], float[]"),
    *reduced("binary_cross_entropy(x, y)", "unit[3, 4], unit[3, 4]"),
    *reduced("binary_cross_entropy(x, y, z)", "unit[3, 4], unit[3, 4], weights[4]"),
    case("binary_cross_entropy(sigmoid(x), y.float())", "float[B, 5], bool[B, 5]"),
    *reduced("binary_cross_entropy_with_logits(x, y)", "float[3, 4], unit[3, 4]"),
    *reduced("binary_cross_entropy_with_logits(x, y, z)", "float[3, 4], unit[3, 4], weights[4]"),
    *reduced("binary_cross_entropy_with_logits(x, y, pos_weight=z)", "float[3, 4], unit[3, 4], weights[4]"),
    *reduced("binary_cross_entropy_with_logits(x, y, weight=z, pos_weight=w)", "float[3, 4], unit[3, 4], weights[3, 1], weights[4]"),
    case('kl_div(x, y, reduction="batchmean")', "float[3, 4], positive[3, 4]"),
    *reduced("kl_div(x, y, log_target=true)", "float[3, 4], float[3, 4]"),
    case('kl_div(x, y, reduction="batchmean", log_target=true)', "float[3, 4], float[3, 4]"),
    *cases("mse_loss(x, y, reduction=\"none\")", "float[4, 3], float64[4, 3]"),
    case("huber_loss(x, y)", "float[4, 3], float64[4, 3]"), case("huber_loss(x, y)", "float64[4, 3], float[4, 3]"),
    case("cross_entropy(x, softmax(y, dim=1))", "float[4, 3], float64[4, 3]"),
    case("cross_entropy(x, softmax(y, dim=1), z)", "float[4, 3], float[4, 3], positive[3]",
         python="cross_entropy(x, softmax(y, dim=1), z)"),
    case("binary_cross_entropy_with_logits(x, sigmoid(y))", "float[4, 3], float64[4, 3]"),
    case("binary_cross_entropy_with_logits(x, sigmoid(y), pos_weight=z)", "float64[4, 3], float[4, 3], weights[3]"),
    case('kl_div(x, y, reduction="batchmean")', "float[], positive[]"), case("mse_loss(x, y)", "int[4], float[4]"), case("l1_loss(x, y)", "float[4], int[4]"),
    case('l1_loss(x, y, reduction="sum")', "int[4], int[4]"), case('l1_loss(x, y, reduction="none")', "int32[4], int[4]"),
    case('l1_loss(x, y, reduction="sum")', "int32[4], int32[4]"), case('l1_loss(x, y, reduction="none")', "uint8[4], uint8[4]"),
]

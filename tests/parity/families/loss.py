"""Losses: reductions, weights, what is ignored, smoothing."""

import re

from case import case, cases

REDUCTIONS = ("", ', reduction="none"', ', reduction="sum"')


def reduced(text, operands):
    return [case(text[:-1] + reduction + ")", operands) for reduction in REDUCTIONS]


def module_reduced(text, operands):
    """Of a module, whose lists of weights are tensors in Python."""
    found = []
    for reduction in ("none", "mean", "sum"):
        words = text[:-1] + ("" if text.endswith("()") else ", ") + f'reduction="{reduction}")'
        found.append(case(words, operands, python=re.sub(r"(\[[^]]*\])", r"tensor(\1)", words)))
    return found


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
    *reduced("hinge_embedding_loss(x, sign(y))", "float[3, 4], float[3, 4]"), *reduced("soft_margin_loss(x, y)", "float[3, 4], nonzero[3, 4]"),
    *module_reduced("SoftMarginLoss()", "float[3, 4], nonzero[3, 4]"),
    *reduced("hinge_embedding_loss(x, sign(y), 0.5)", "float[3, 4], float[3, 4]"),
    case("soft_margin_loss(x, y)", "float[B], nonzero[B]"), case("hinge_embedding_loss(x, y)", "float64[B], nonzero[B]"),
    *reduced("margin_ranking_loss(x, y, sign(z))", "float[6], float[6], float[6]"),
    *reduced("margin_ranking_loss(x, y, z, 0.4)", "float[2, 3], float[2, 3], nonzero[2, 3]"),
    case("margin_ranking_loss(x, y, z)", "float[B], float[B], float[B]"),
    *reduced("cosine_embedding_loss(x, y, sign(z))", "float[4, 3], float[4, 3], float[4]"),
    *reduced("cosine_embedding_loss(x, y, sign(z), 0.2)", "float[4, 3], float[4, 3], nonzero[4]"),
    case("cosine_embedding_loss(x, y, sign(z))", "float[3], float[3], float[]"),
    *reduced("triplet_margin_loss(x, y, z)", "float[4, 3], float[4, 3], float[4, 3]"),
    *reduced("triplet_margin_loss(x, y, z, 0.5, 1, 1e-3, true)", "float[4, 3], float[4, 3], float[4, 3]"),
    case("triplet_margin_loss(x, y, z, margin=2, p=3)", "float[B, 3], float[B, 3], float[B, 3]"), case("triplet_margin_loss(x, y, z)", "float[3], float[3], float[3]"),
    *reduced("triplet_margin_with_distance_loss(x, y, z)", "float[4, 3], float[4, 3], float[4, 3]"),
    *reduced("triplet_margin_with_distance_loss(x, y, z, margin=0.5, swap=true)", "float[4, 3], float[4, 3], float[4, 3]"),
    *reduced("multilabel_margin_loss(x, y)", "float[4, 3], index[4, 3]"), case("multilabel_margin_loss(x, y)", "float[3], index[3]"),
    *reduced("multilabel_soft_margin_loss(x, y)", "float[4, 3], unit[4, 3]"), *reduced("multilabel_soft_margin_loss(x, y, z)", "float[4, 3], unit[4, 3], weights[3]"),
    case("multilabel_soft_margin_loss(x, y.float())", "float[B, 3], bool[B, 3]"),
    *reduced("multi_margin_loss(x, y)", "float[4, 3], index[4]"), *reduced("multi_margin_loss(x, y, 2, 0.5, z)", "float[4, 3], index[4], weights[3]"),
    case("multi_margin_loss(x, y)", "float[B, 5], index[B]"), case("multi_margin_loss(x, y)", "float[5], index[]"),
    *reduced("poisson_nll_loss(x, y)", "float[3, 4], positive[3, 4]"), *reduced("poisson_nll_loss(x, y, false, true)", "positive[3, 4], positive[3, 4]"),
    *reduced("poisson_nll_loss(x, y, full=true, eps=1e-3)", "float[B, 4], index[B, 4]"),
    *reduced("gaussian_nll_loss(x, y, z)", "float[3, 4], float[3, 4], positive[3, 4]"),
    *reduced("gaussian_nll_loss(x, y, z, true, 0.5)", "float[3, 4], float[3, 4], positive[3, 1]"),
    *reduced("gaussian_nll_loss(x, y, z, full=true)", "float[3, 4], float[3, 4], positive[3]"),
    case("gaussian_nll_loss(x, y, z)", "float[B, 4], float[B, 4], weights[B, 4]"),
    *reduced("ctc_loss(log_softmax(x, dim=2), y + 1, full([2], 7), full([2], 3))", "float[7, 2, 5], index[2, 3]"),
    *reduced("ctc_loss(log_softmax(x, dim=2), y, z + 5, z + 1, 4)", "float[7, 2, 5], index[2, 3], index[2]"),
    *reduced("ctc_loss(log_softmax(x, dim=2), y + 1, full([2], 3), full([2], 3), zero_infinity=true)", "float[3, 2, 5], index[2, 3]"),
    case("ctc_loss(log_softmax(x, dim=1), y + 1, full([], 7), full([], 3))", "float[7, 5], index[3]"),
    # modules
    *[entry for name in "MSELoss L1Loss SmoothL1Loss HuberLoss KLDivLoss HingeEmbeddingLoss".split() for entry in
      module_reduced(f"{name}()", "float[3, 4], positive[3, 4]")],
    *module_reduced("SmoothL1Loss(beta=0.5)", "float[3, 4], float[3, 4]"), case('HuberLoss("sum", 0.4)', "float[B, 4], float[B, 4]"),
    case('KLDivLoss(reduction="batchmean", log_target=true)', "float[3, 4], float[3, 4]"), *module_reduced("HingeEmbeddingLoss(0.3)", "float[3, 4], nonzero[3, 4]"),
    *module_reduced("CrossEntropyLoss()", "float[4, 3], index[4]"),
    *module_reduced("CrossEntropyLoss(weight=[0.5, 1.5, 2.0], ignore_index=1, label_smoothing=0.1)", "float[6, 3], index[6]"),
    case("CrossEntropyLoss()", "float[B, 5, T], index[B, T]"),
    *module_reduced("NLLLoss()", "float[4, 3], index[4]"), *module_reduced("NLLLoss([0.5, 1.5, 2.0], ignore_index=2)", "float[4, 3], index[4]"),
    *module_reduced("BCELoss()", "unit[3, 4], unit[3, 4]"), *module_reduced("BCELoss([0.5, 1.0, 2.0, 0.1])", "unit[3, 4], unit[3, 4]"),
    *module_reduced("BCEWithLogitsLoss()", "float[3, 4], unit[3, 4]"),
    *module_reduced("BCEWithLogitsLoss(weight=[0.5, 1.0], pos_weight=[2.0, 3.0])", "float[3, 2], unit[3, 2]"),
    *module_reduced("MultiLabelSoftMarginLoss()", "float[4, 3], unit[4, 3]"), *module_reduced("MultiLabelSoftMarginLoss([0.5, 1.0, 2.0])", "float[4, 3], unit[4, 3]"),
    *module_reduced("MultiLabelMarginLoss()", "float[4, 3], index[4, 3]"), *module_reduced("MultiMarginLoss()", "float[4, 3], index[4]"),
    *module_reduced("MultiMarginLoss(2, 0.5, [0.5, 1.0, 2.0])", "float[4, 3], index[4]"),
    *module_reduced("PoissonNLLLoss()", "float[3, 4], positive[3, 4]"), *module_reduced("PoissonNLLLoss(false, true, eps=1e-3)", "positive[3, 4], positive[3, 4]"),
    *module_reduced("GaussianNLLLoss()", "float[3, 4], float[3, 4], positive[3, 4]"), *module_reduced("GaussianNLLLoss(full=true, eps=0.5)", "float[3, 4], float[3, 4], positive[3]"),
    *module_reduced("MarginRankingLoss(0.3)", "float[5], float[5], nonzero[5]"), *module_reduced("CosineEmbeddingLoss(0.3)", "float[4, 3], float[4, 3], nonzero[4]"),
    *module_reduced("TripletMarginLoss(0.5, 1, swap=true)", "float[4, 3], float[4, 3], float[4, 3]"),
    *module_reduced("TripletMarginWithDistanceLoss(margin=0.5)", "float[4, 3], float[4, 3], float[4, 3]"),
    *[case(f"CTCLoss({rest})", "float[7, 2, 5], index[2, 3]", "m(log_softmax(x, dim=2), y, full([2], 7), full([2], 3))") for rest in ("blank=4", '3, "sum"', '4, "none", true')],
]

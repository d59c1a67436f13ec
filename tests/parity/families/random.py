"""Random draws: type and statistics in training; dropout in evaluation passes its input on."""

import torch

from case import case


def spread(mean, std):
    def check(got):
        values = got.double()
        if abs(values.mean() - mean) > 0.06 * max(std, 1) or abs(values.std() - std) > 0.06 * max(std, 1):
            return f"mean {values.mean():.3f} and deviation {values.std():.3f}, expected {mean} and {std}"
    return check


def within(low, high, kinds):
    """Every number from low to below high occurs."""
    def check(got):
        if got.min() < low or got.max() >= high or len(got.unique()) != kinds:
            return f"{len(got.unique())} values from {got.min()} to {got.max()}"
    return check


def dropped(p):
    """Of ones: zeros with the probability p, the rest scaled."""
    def check(got):
        values = got.detach().unique()
        share = (got == 0).double().mean()
        if not torch.allclose(values, torch.tensor([0.0, 1 / (1 - p)])) or abs(share - p) > 0.05:
            return f"values {values.tolist()}, a share of {share:.3f} zeros, expected {p}"
    return check


def channels(p):
    """Whole channels are zero or scaled."""
    def check(got):
        flat = got.detach().flatten(2)
        if not torch.equal(flat.amin(2), flat.amax(2)):
            return "a channel is dropped in part"
        return dropped(p)(got)
    return check


def same(got):
    return None if torch.equal(got, torch.ones_like(got)) else "values changed"


def distinct(got):
    return None if all(len(row.unique()) == len(row) for row in got) else "a class is drawn twice"


CASES = [
    case("randn(100, 100)", random=spread(0, 1)), case("randn([100, 90], dtype=float64)", random=spread(0, 1)),
    case("randn_like(x)", "float[100, 100]", random=spread(0, 1)),
    case("randn_like(x)", "float64[B, 5000]", random=spread(0, 1)),
    case("rand(100, 100)", random=spread(0.5, 0.2887)),
    case("rand_like(x)", "float[100, 100]", random=spread(0.5, 0.2887)),
    case("rand_like(x, dtype=float64)", "float[100, 100]", random=spread(0.5, 0.2887)),
    case("randint(5, [1000])", python="randint(5, (1000,))", random=within(0, 5, 5)),
    case("randint(2, 7, [1000])", random=within(2, 7, 5)),
    case("randint(-3, 3, [1000], dtype=int32)", random=within(-3, 3, 6)),
    case("bernoulli(rand_like(x) * 0 + 0.3)", "float[100, 100]", random=spread(0.3, 0.4583)),
    case("bernoulli(x, p=0.3)", "float[100, 100]", random=spread(0.3, 0.4583)),
    case("multinomial(softmax(x, dim=-1), 3)", "float[50, 5]", random=distinct),
    case("multinomial(softmax(x, dim=-1), 1000, replacement=true)", "float[2, 5]", random=within(0, 5, 5)),
    case("multinomial(softmax(x, dim=-1), 2)", "float[B, 5]", random=distinct),
    case("multinomial(softmax(x, dim=0), 500, true)", "float[4]", random=within(0, 4, 4)),
    case("normal(1.0, 2.0, [100, 100])", random=spread(1, 2)),
    case("normal(zeros_like(x), 2.0)", "float[100, 100]", random=spread(0, 2)),
    case("normal(zeros_like(x), ones_like(x))", "float[100, 100]", random=spread(0, 1)),
    case("normal(0.5, ones_like(x))", "float[100, 100]", random=spread(0.5, 1)),
    case("dropout(ones_like(x), 0.3)", "float[100, 100]", python="dropout(ones_like(x), 0.3, training)", random=dropped(0.3)),
    case("dropout(ones_like(x))", "float[B, 2000]", python="dropout(ones_like(x), training=training)", random=dropped(0.5)),
    case("dropout(ones_like(x), 0.3, training=false)", "float[3, 4]", random=same),
    case("dropout(ones_like(x), 0.5, training=true)", "float[B, 2000]", random=dropped(0.5)),
    case("dropout(ones_like(x), 0.0)", "float[3, 4]", random=same),
    *[case(f"{name}(0.3)", f"float[100, 30, {sizes}]", "m(ones_like(x))", random=channels(0.3)) for name, sizes in (
        ("Dropout1d", "4"), ("Dropout2d", "2, 2"), ("Dropout3d", "2, 2, 2"))],
    *[case(f"{name}(ones_like(x), 0.3)", f"float[100, 30, {sizes}]", python=f"{name}(ones_like(x), 0.3, training)",
           random=channels(0.3)) for name, sizes in (("dropout1d", "4"), ("dropout2d", "2, 2"), ("dropout3d", "2, 2, 2"))],
    case("alpha_dropout(randn_like(x), 0.2)", "float[100, 100]", python="alpha_dropout(randn_like(x), 0.2, training)", random=spread(0, 1)),
    case("feature_alpha_dropout(randn_like(x), 0.2)", "float[100, 100, 3]",
         python="feature_alpha_dropout(randn_like(x), 0.2, training)", random=spread(0, 1)),
    case("FeatureAlphaDropout(0.2)", "float[100, 100, 3]", "m(randn_like(x))", random=spread(0, 1)),
    case("Dropout()", "float[100, 100]", "m(ones_like(x))", random=dropped(0.5)),
    case("Dropout(0.1)", "float[B, 6]", "m(x * 0)", random=lambda got: None),
    case("Dropout(0.2)", "float[100, 100]", "m(ones_like(x))", random=dropped(0.2)),
    case("Dropout(0)", "float[10]", "m(ones_like(x))", random=same),
    case("AlphaDropout(0.2)", "float[100, 100]", "m(randn_like(x))", random=spread(0, 1)),
    case("LSTM(4, num_layers=2, dropout=0.5)", "float[5, 2, 3]", "m(x)[0]", random=lambda got: None),
    case("MultiheadAttention(2, dropout=0.5)", "float[5, 2, 8]", "m(x, x, x)[0]", random=lambda got: None),
    case("normal(zeros_like(x), ones_like(y))", "float[100, 100], float[100]", random=spread(0, 1)),
    case("randint_like(x, 5)", "float[1000]", python="randint_like(x, 0, 5)", random=within(0, 5, 5)), case("randint_like(x, 2, 7)", "int[1000]", random=within(2, 7, 5)),
    case("randperm(50)", random=within(0, 50, 50)), case("randperm(9, dtype=int32)", random=within(0, 9, 9)), case("poisson(x * 0 + 4)", "float[100, 100]", random=spread(4, 2)),
]

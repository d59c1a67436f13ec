"""Look-up tables."""

from case import case

CASES = [
    case("Embedding(100, 8)", "index[B, T]"), case("Embedding(5, 3, padding_idx=1)", "index[2, 4]"),
    case("Embedding(5, 3, -4)", "index[2, 4]"), case("Embedding(5, 3)", "index[]"),
    case("Embedding(5, 3)", "index32[4]"),
    case("Embedding(5, 3, max_norm=0.5)", "index[2, 4]"), case("Embedding(5, 3, max_norm=0.7, norm_type=1.0, padding_idx=1)", "index32[B]"),
    case("EmbeddingBag(5, 3, max_norm=0.5)", "index[2, 4]"), case('EmbeddingBag(5, 3, 0.4, mode="sum")', "index[B, 4]"),
    case("Embedding(5, 3, scale_grad_by_freq=true)", "index[2, 4]"),
    case("embedding(x, y)", "index[B, T], float[100, 8]"),
    case("embedding(x, y, padding_idx=1)", "index[2, 4], float[5, 3]"),
    case("embedding(x, y, -4)", "index[7], float[5, 3]"), case("embedding(x, y)", "index[2, 3], float64[5, 3]"),
    case("one_hot(x, 5)", "index[B]"), case("one_hot(x, num_classes=3)", "index[2, 3]"),
    case("one_hot(x, 4)", "index[]"), case("one_hot(x, y.shape[0])", "index[3], float[T]"),
    case("one_hot(x, y.shape[0] // 2 + 1)", "index[B], float[T]"),
    case("embedding(x, y, null, null, 2.0, true)", "index[2, 4], float[5, 3]"),
    case("one_hot(x, 5).float() @ y", "index[2], float[5, 3]"),
    *[case(f"embedding_bag(x, y{rest})", "index[2, 4], float[5, 3]") for rest in ("", ', mode="sum"', ', mode="max"', ", padding_idx=1", ', mode="sum", scale_grad_by_freq=true')],
    case("embedding_bag(x, y, z * 0)", "index[6], float[5, 3], index[1]"),
    case('embedding_bag(x, y, per_sample_weights=z, mode="sum")', "index[2, 4], float[5, 3], float[2, 4]"),
    case("EmbeddingBag(5, 3)", "index[2, 4]"), case('EmbeddingBag(5, 3, mode="sum", padding_idx=2)', "index[B, 4]"), case('EmbeddingBag(5, 3, mode="max")', "index32[2, 4]"),
]

"""Linear maps, products and einsum."""

from case import case, cases

CASES = [
    case("Linear(10)", "float[B, 4]"), case("Linear(4)", "float[3]"), case("Linear(4, bias=false)", "float[2, 5, 3]"),
    case("Linear(out_features=2, in_features=3)", "float[2, 3]"),
    case("Bilinear(3)", "float[B, 4], float[B, 5]"), case("Bilinear(3, bias=false)", "float[2, 6, 4], float[2, 6, 5]"),
    case("Bilinear(3)", "float[4], float[5]"),
    case("Identity()", "float[B, 4]"), case("Identity", "int[2]", "m(x)", python="Identity()"),
    case("linear(x, y)", "float[B, 4], float[10, 4]"), case("linear(x, y, z)", "float[2, 3], float[4, 3], float[4]"),
    case("linear(x, y, bias=z)", "float[3], float[4, 3], float[4]"),
    case("bilinear(x, y, z)", "float[B, 4], float[B, 5], float[3, 4, 5]"),
    case("bilinear(x, y, z, w)", "float[2, 4], float[2, 5], float[3, 4, 5], float[3]"),
    case("matmul(x, y)", "float[B, 3, 4], float[4, 5]"), case("x @ y", "float[2, 3], float[3, 4]"),
    case("x @ y", "float[3], float[3]"), case("x @ y", "float[2, 3], float[3]"), case("x @ y", "float[3], float[3, 4]"),
    case("x @ y", "float[3], float[2, 3, 4]"), case("x @ y", "float[2, 4, 3], float[3]"),
    case("x @ y", "float[5, 1, 2, 3], float[4, 3, 2]"), case("x @ y", "int[2, 3], int[3, 4]"),
    case("x @ y", "float64[2, 3], float64[3, 4]"), case("x.matmul(y)", "float[2, 3], float[3, 4]"),
    case("mm(x, y)", "float[B, 4], float[4, 5]"), case("bmm(x, y)", "float[B, 3, 4], float[B, 4, 5]"),
    case("outer(x, y)", "float[3], float[4]"), case("outer(x, y)", "int[3], float[4]"),
    case("dot(x, y)", "float[4], float[4]"), case("dot(x, y)", "int[4], int[4]"),
    case("CosineSimilarity()", "float[B, 6], float[B, 6]"),
    case("CosineSimilarity(dim=-1, eps=0.1)", "float[2, 3, 6], float[1, 6]"),
    case("cosine_similarity(x, y)", "float[B, 6], float[B, 6]"),
    case("cosine_similarity(x, y, dim=0)", "float[4], float[4]"),
    case("cosine_similarity(x, y, -1, 0.5)", "float[2, 3], float[2, 3]"),
    # The dtype of a scalar widens nothing, as everywhere else and in PyTorch 1.13; in 2.x it does here.
    case("cosine_similarity(x, y)", "float[], float64[2, 3]"),
    case("cosine_similarity(x, y)", "float64[], float[2, 3]", python="cosine_similarity(x.float(), y)"),
    case("CosineSimilarity()", "float64[2, 3], float[2, 3]"),
    case('einsum("i->", x)', "uint8[3]"), case('einsum("ij->ji", x)', "uint8[3, 2]"),
    case('einsum("ij->i", x)', "bool[3, 2]"), case('einsum("i,j->", x, y)', "int32[3], int32[2]"),
    case('einsum("ij,jk->ik", x, y)', "int32[3, 2], int32[2, 4]"), case('einsum("i,i->i", x, y)', "bool[3], bool[3]"),
    case('einsum("bij,bjk->bik", [x, y])', "float[B, 2, 3], float[B, 3, 4]",
         python='einsum("bij,bjk->bik", x, y)'),
    *cases('''
        einsum("ij,jk->ik", x, y)
        einsum("ij,jk", x, y)
        einsum("ij,jk->ki", x, y)
        einsum("ij,jk->", x, y)
        einsum("...j,jk->...k", x, y)
        einsum(" i j , j k -> i k ", x, y)
    ''', "float[2, 3], float[3, 4]"),
    case('einsum("ii->i", x)', "float[3, 3]"), case('einsum("ii", x)', "float[3, 3]"),
    case('einsum("ba", x)', "float[2, 3]"),
    case('einsum("bhid,bhjd->bhij", x, y)', "float[2, 3, 4, 5], float[2, 3, 6, 5]"),
    case('einsum("i,j,k->ijk", x, y, z)', "float[2], float[3], float[4]"),
    case('einsum("b...i,...ij->b...j", x, y)', "float[2, 3, 4], float[3, 4, 5]"),
    case('einsum("bn,anm,bm->ba", x, y, z)', "float[2, 3], float[5, 3, 4], float[2, 4]"),
    case("linear(x, y)", "float[2, 4], float[4]"), case("linear(x, y)", "float[2, 5, 4], float[4]"), case("linear(x, y)", "float[4], float[4]"),
    case("linear(x, y, z)", "float[2, 4], float[3, 4], float[]"), case("linear(x, y, z)", "float[2, 5, 4], float[3, 4], float[1]"),
    case('einsum("c,c->c", x, y)', "float[4], float[1]"), case('einsum("c,c->", x, y)', "float[1], float[4]"),
    case('einsum("bij,bjk->bik", x, y)', "float[1, 2, 3], float[5, 3, 4]"),
]

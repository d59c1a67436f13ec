// Linear algebra.
#include <ATen/Functions.h>

#include "kernels/bind.h"

namespace modelc::kernels {
namespace {

using at::Tensor;

/// ATen takes its own.
const c10::optional<double> kNoTolerance;

/// `f(tensor)` of one operand by name.
template <class F>
Lowering of(std::string name, F f) {
  return [f, name = std::move(name)](const NodeView& n) {
    return single(n, [f, x = n.tensor(name)](const Frame& fr) { return f(x(fr)); });
  };
}

/// A tuple of tensors as the results of a node.
template <class... T>
std::vector<Tensor> all_of(std::tuple<T...> made) {
  return std::apply([](auto&... parts) { return std::vector<Tensor>{parts...}; }, made);
}

template <class F>
Lowering factors_of(std::string name, F f) {
  return [f, name = std::move(name)](const NodeView& n) {
    return several(n, [f, x = n.tensor(name)](const Frame& fr) { return all_of(f(x(fr))); });
  };
}

void lower_square(Lowerings& lowerings) {
  lowerings.add("linalg.inv", of("A", [](const Tensor& x) { return at::linalg_inv(x); }));
  lowerings.add("linalg.det", of("A", [](const Tensor& x) { return at::linalg_det(x); }));
  lowerings.add("linalg.slogdet", factors_of("A", [](const Tensor& x) { return at::linalg_slogdet(x); }));
  lowerings.add("linalg.matrix_exp", of("input", [](const Tensor& x) { return at::linalg_matrix_exp(x); }));
  lowerings.add("logdet", of("input", [](const Tensor& x) { return at::logdet(x); }));
  lowerings.add("linalg.matrix_power", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), power = n.integer("n")](const Frame& f) {
      return at::linalg_matrix_power(x(f), power);
    });
  });
  lowerings.add("linalg.cholesky", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), upper = n.flag("upper")](const Frame& f) {
      return at::linalg_cholesky(x(f), upper);
    });
  });
  lowerings.add("cholesky_inverse", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), upper = n.flag("upper")](const Frame& f) {
      return at::cholesky_inverse(x(f), upper);
    });
  });
  lowerings.add("cholesky_solve", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), factor = n.tensor("input2"), upper = n.flag("upper")](const Frame& f) {
      return at::cholesky_solve(x(f), factor(f), upper);
    });
  });
  lowerings.add("linalg.eigh", [](const NodeView& n) {
    return several(n, [x = n.tensor("input"), half = n.arg("UPLO").as_string()](const Frame& f) {
      return all_of(at::linalg_eigh(x(f), half));
    });
  });
  lowerings.add("linalg.eigvals", of("input", [](const Tensor& x) { return at::linalg_eigvals(x); }));
  lowerings.add("linalg.eig", [](const NodeView& n) {
    return several(n, [x = n.tensor("input")](const Frame& f) { return all_of(at::linalg_eig(x(f))); });
  });
  lowerings.add("linalg.eigvalsh", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), half = n.arg("UPLO").as_string()](const Frame& f) {
      return at::linalg_eigvalsh(x(f), half);
    });
  });
}

Kernel cond(const NodeView& n) {
  auto x = n.tensor("input");
  if (n.has("p") && n.arg("p").is_string())
    return single(n, [x, p = n.arg("p").as_string()](const Frame& f) { return at::linalg_cond(x(f), p); });
  return single(n, [x, p = maybe_scalar(n, "p")](const Frame& f) { return at::linalg_cond(x(f), p); });
}

void lower_decompositions(Lowerings& lowerings) {
  lowerings.add("linalg.qr", [](const NodeView& n) {
    return several(n, [x = n.tensor("A"), mode = n.arg("mode").as_string()](const Frame& f) {
      return all_of(at::linalg_qr(x(f), mode));
    });
  });
  lowerings.add("linalg.svd", [](const NodeView& n) {
    return several(n, [x = n.tensor("A"), full = n.flag("full_matrices")](const Frame& f) {
      return all_of(at::linalg_svd(x(f), full));
    });
  });
  lowerings.add("linalg.svdvals", of("A", [](const Tensor& x) { return at::linalg_svdvals(x); }));
  lowerings.add("linalg.lu", factors_of("A", [](const Tensor& x) { return at::linalg_lu(x); }));
  lowerings.add("linalg.lu_factor", factors_of("A", [](const Tensor& x) { return at::linalg_lu_factor(x); }));
  lowerings.add("linalg.matrix_rank",
                of("input", [](const Tensor& x) { return at::linalg_matrix_rank(x, kNoTolerance, kNoTolerance); }));
  lowerings.add("linalg.pinv", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), hermitian = n.flag("hermitian")](const Frame& f) {
      return at::linalg_pinv(x(f), kNoTolerance, kNoTolerance, hermitian);
    });
  });
  lowerings.add("linalg.cond", cond);
  lowerings.add(
      "linalg.householder_product",
      binary([](const Tensor& x, const Tensor& tau) { return at::linalg_householder_product(x, tau); }, "tau"));
  lowerings.add("linalg.solve", [](const NodeView& n) {
    return single(n, [a = n.tensor("A"), b = n.tensor("B")](const Frame& f) { return at::linalg_solve(a(f), b(f)); });
  });
  lowerings.add("linalg.solve_triangular", [](const NodeView& n) {
    return single(n, [a = n.tensor("input"), b = n.tensor("B"), upper = n.flag("upper"), left = n.flag("left"),
                      unit = n.flag("unitriangular")](const Frame& f) {
      return at::linalg_solve_triangular(a(f), b(f), upper, left, unit);
    });
  });
  lowerings.add("linalg.tensorinv", [](const NodeView& n) {
    return single(
        n, [x = n.tensor("input"), ind = n.integer("ind")](const Frame& f) { return at::linalg_tensorinv(x(f), ind); });
  });
}

c10::optional<at::ScalarType> given_dtype(const NodeView& n) {
  return n.has("dtype") ? c10::make_optional(result_dtype(n)) : c10::nullopt;
}

Kernel matrix_norm(const NodeView& n) {
  auto x = n.tensor("input");
  const Integers dims = n.integers("dim");
  const bool keep = n.flag("keepdim");
  const auto dtype = given_dtype(n);
  if (n.arg("ord").is_string())
    return single(n, [=, ord = n.arg("ord").as_string()](const Frame& f) {
      return at::linalg_matrix_norm(x(f), ord, dims, keep, dtype);
    });
  return single(n, [=, ord = scalar(n.arg("ord"))](const Frame& f) {
    return at::linalg_matrix_norm(x(f), ord, dims, keep, dtype);
  });
}

Kernel norm(const NodeView& n) {
  auto x = n.tensor("input");
  const Integers dims = integers_or_none(n, "dim");
  const bool keep = n.flag("keepdim");
  const auto dtype = given_dtype(n);
  const auto over = [](const Integers& named) {
    return named.empty() ? at::OptionalIntArrayRef() : at::OptionalIntArrayRef(named);
  };
  if (n.has("ord") && n.arg("ord").is_string())
    return single(n, [=, ord = n.arg("ord").as_string()](const Frame& f) {
      return at::linalg_norm(x(f), ord, over(dims), keep, dtype);
    });
  return single(n, [=, ord = maybe_scalar(n, "ord")](const Frame& f) {
    return at::linalg_norm(x(f), ord, over(dims), keep, dtype);
  });
}

void lower_norms(Lowerings& lowerings) {
  lowerings.add("linalg.vector_norm", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), ord = scalar(n.arg("ord")), dims = integers_or_none(n, "dim"),
                      keep = n.flag("keepdim"), dtype = given_dtype(n)](const Frame& f) {
      return at::linalg_vector_norm(x(f), ord, dims.empty() ? at::OptionalIntArrayRef() : at::OptionalIntArrayRef(dims),
                                    keep, dtype);
    });
  });
  lowerings.add("linalg.matrix_norm", matrix_norm);
  lowerings.add("linalg.norm", norm);
  lowerings.add("linalg.vecdot", [](const NodeView& n) {
    return single(n, [x = n.tensor("x"), y = n.tensor("y"), dim = n.integer("dim")](const Frame& f) {
      return at::linalg_vecdot(x(f), y(f), dim);
    });
  });
  lowerings.add("cross", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), y = n.tensor("other"), dim = maybe_integer(n, "dim")](const Frame& f) {
      return at::cross(x(f), y(f), dim);
    });
  });
  lowerings.add("linalg.cross", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), y = n.tensor("other"), dim = n.integer("dim")](const Frame& f) {
      return at::linalg_cross(x(f), y(f), dim);
    });
  });
  lowerings.add("linalg.vander", [](const NodeView& n) {
    return single(n, [x = n.tensor("x"), count = maybe_integer(n, "N")](const Frame& f) {
      return at::linalg_vander(x(f), count);
    });
  });
}

void lower_distances(Lowerings& lowerings) {
  lowerings.add("pairwise_distance", [](const NodeView& n) {
    return single(
        n, [x = n.tensor("x1"), y = n.tensor("x2"), p = n.number("p"), eps = n.number("eps"),
            keep = n.flag("keepdim")](const Frame& f) { return at::pairwise_distance(x(f), y(f), p, eps, keep); });
  });
  lowerings.add("cdist", [](const NodeView& n) {
    return single(n, [x = n.tensor("x1"), y = n.tensor("x2"), p = n.number("p")](const Frame& f) {
      return at::cdist(x(f), y(f), p);
    });
  });
  lowerings.add("pdist", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), p = n.number("p")](const Frame& f) { return at::pdist(x(f), p); });
  });
}

/// `f(input, a, b, beta, alpha)`.
template <class F>
Lowering added(std::string a, std::string b, F f) {
  return [=](const NodeView& n) {
    const bool whole = !types::is_floating(n.result_type(0).dtype);
    const auto weight = [&](std::string_view name) {
      const double value = n.number(name);
      return whole ? at::Scalar(static_cast<std::int64_t>(value)) : at::Scalar(value);
    };
    return single(n, [f, x = n.tensor("input"), y = n.tensor(a), z = n.tensor(b), beta = weight("beta"),
                      alpha = weight("alpha")](const Frame& fr) { return f(x(fr), y(fr), z(fr), beta, alpha); });
  };
}

/// Dimensions of tensordot, as ATen lists them for both factors.
Integers contracted(const NodeView& n, std::size_t which) {
  const plan::Attribute& dims = n.arg("dims");
  if (!dims.is_list()) {
    const std::int64_t count = dims.is_int() ? dims.as_int() : 0;
    Integers all;
    for (std::int64_t i = 0; i < count; ++i) all.push_back(which == 0 ? i - count : i);
    return all;
  }
  const plan::Attribute& list = dims.as_list().at(which);
  if (list.is_int()) return {list.as_int()};
  Integers all;
  for (const plan::Attribute& dim : list.as_list()) all.push_back(dim.as_int());
  return all;
}

void lower_products(Lowerings& lowerings) {
  using S = const at::Scalar&;
  using T = const Tensor&;
  lowerings.add("addmm", added("mat1", "mat2", [](T x, T a, T b, S u, S v) { return at::addmm(x, a, b, u, v); }));
  lowerings.add("addbmm", added("batch1", "batch2", [](T x, T a, T b, S u, S v) { return at::addbmm(x, a, b, u, v); }));
  lowerings.add("baddbmm",
                added("batch1", "batch2", [](T x, T a, T b, S u, S v) { return at::baddbmm(x, a, b, u, v); }));
  lowerings.add("addmv", added("mat", "vec", [](T x, T a, T b, S u, S v) { return at::addmv(x, a, b, u, v); }));
  lowerings.add("addr", added("vec1", "vec2", [](T x, T a, T b, S u, S v) { return at::addr(x, a, b, u, v); }));
  lowerings.add("mv", binary([](T x, T y) { return at::mv(x, y); }, "vec"));
  lowerings.add("inner", binary([](T x, T y) { return at::inner(x, y); }));
  lowerings.add("kron", binary([](T x, T y) { return at::kron(x, y); }));
  lowerings.add("tensordot", [](const NodeView& n) {
    return single(n, [x = n.tensor("a"), y = n.tensor("b"), left = contracted(n, 0),
                      right = contracted(n, 1)](const Frame& f) { return at::tensordot(x(f), y(f), left, right); });
  });
  lowerings.add("linalg.multi_dot", [](const NodeView& n) {
    return single(n, [xs = n.tensors("tensors")](const Frame& f) { return at::linalg_multi_dot(xs(f)); });
  });
  lowerings.add("chain_matmul", [](const NodeView& n) {
    return single(n, [xs = n.tensors("matrices")](const Frame& f) {
      const std::vector<Tensor> factors = xs(f);
      return factors.size() == 1 ? factors[0] : at::linalg_multi_dot(factors);
    });
  });
}

}  // namespace

void lower_linalg(Lowerings& lowerings) {
  lower_square(lowerings);
  lower_decompositions(lowerings);
  lower_norms(lowerings);
  lower_distances(lowerings);
  lower_products(lowerings);
}

}  // namespace modelc::kernels

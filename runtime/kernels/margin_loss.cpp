#include "kernels/margin_loss.h"

#include <ATen/Functions.h>
#include <ATen/core/Reduction.h>
#include <ATen/core/grad_mode.h>

#include <numbers>

#include "kernels/bind.h"

namespace modelc::kernels {
namespace {

using at::Tensor;

Tensor reduced(const Tensor& losses, std::int64_t reduction) {
  if (reduction == at::Reduction::None) return losses;
  return reduction == at::Reduction::Sum ? losses.sum() : losses.mean();
}

/// `f(a, b, c, n)` of three tensors by name, the node's static arguments read once by `read`.
template <class Read, class F>
Lowering of_three(std::string a, std::string b, std::string c, Read read, F f) {
  return [=](const NodeView& n) {
    return single(n, [f, with = read(n), x = n.tensor(a), y = n.tensor(b), z = n.tensor(c),
                      r = reduction_of(n)](const Frame& fr) { return f(x(fr), y(fr), z(fr), with, r); });
  };
}

double margin_of(const NodeView& n) { return n.number("margin"); }

void lower_pairs(Lowerings& lowerings) {
  lowerings.add("margin_ranking_loss",
                of_three("input1", "input2", "target", margin_of,
                         [](const Tensor& x, const Tensor& y, const Tensor& t, double margin, std::int64_t r) {
                           return at::margin_ranking_loss(x, y, t, margin, r);
                         }));
  lowerings.add("cosine_embedding_loss",
                of_three("input1", "input2", "target", margin_of,
                         [](const Tensor& x, const Tensor& y, const Tensor& t, double margin, std::int64_t r) {
                           return at::cosine_embedding_loss(x, y, t, margin, r);
                         }));
  lowerings.add("hinge_embedding_loss", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), y = n.tensor("target"), margin = n.number("margin"),
                      r = reduction_of(n)](const Frame& f) { return at::hinge_embedding_loss(x(f), y(f), margin, r); });
  });
  lowerings.add("soft_margin_loss", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), y = n.tensor("target"), r = reduction_of(n)](const Frame& f) {
      return at::soft_margin_loss(x(f), y(f), r);
    });
  });
}

void lower_triplets(Lowerings& lowerings) {
  struct Triplet {
    double margin, p, eps;
    bool swap;
  };
  lowerings.add("triplet_margin_loss",
                of_three(
                    "anchor", "positive", "negative",
                    [](const NodeView& n) {
                      return Triplet{n.number("margin"), n.number("p"), n.number("eps"), n.flag("swap")};
                    },
                    [](const Tensor& a, const Tensor& p, const Tensor& q, const Triplet& with, std::int64_t r) {
                      return at::triplet_margin_loss(a, p, q, with.margin, with.p, with.eps, with.swap, r);
                    }));
  // torch.nn.functional's own lines, of Euclid's distance.
  lowerings.add("triplet_margin_with_distance_loss",
                of_three(
                    "anchor", "positive", "negative",
                    [](const NodeView& n) {
                      return Triplet{n.number("margin"), 2, 0, n.flag("swap")};
                    },
                    [](const Tensor& a, const Tensor& p, const Tensor& q, const Triplet& with, std::int64_t r) {
                      const Tensor near = at::pairwise_distance(a, p);
                      Tensor far = at::pairwise_distance(a, q);
                      if (with.swap) far = at::minimum(far, at::pairwise_distance(p, q));
                      return reduced(at::clamp_min(with.margin + near - far, 0.0), r);
                    }));
}

void lower_labels(Lowerings& lowerings) {
  lowerings.add("multilabel_margin_loss", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), y = n.tensor("target"), r = reduction_of(n)](const Frame& f) {
      return at::multilabel_margin_loss(x(f), y(f), r);
    });
  });
  lowerings.add("multilabel_soft_margin_loss", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), y = n.tensor("target"), w = n.tensor("weight"),
                      r = reduction_of(n)](const Frame& f) {
      Tensor losses = -(y(f) * at::log_sigmoid(x(f)) + (1 - y(f)) * at::log_sigmoid(-x(f)));
      if (w(f).defined()) losses = losses * w(f);
      return reduced(losses.sum(-1) / x(f).size(-1), r);
    });
  });
  lowerings.add("multi_margin_loss", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), y = n.tensor("target"), w = n.tensor("weight"), p = n.integer("p"),
                      margin = n.number("margin"), r = reduction_of(n)](const Frame& f) {
      return at::multi_margin_loss(x(f), y(f), p, margin, maybe(w(f)), r);
    });
  });
}

/// Variances below eps count as eps, and keep their gradient.
Kernel gaussian(const NodeView& n) {
  return single(n, [x = n.tensor("input"), y = n.tensor("target"), v = n.tensor("var"), full = n.flag("full"),
                    eps = n.number("eps"), r = reduction_of(n)](const Frame& f) {
    Tensor var = v(f);
    TORCH_CHECK(!var.lt(0).any().item<bool>(), "var has negative entries");
    if (var.dim() < x(f).dim()) var = var.unsqueeze(-1);
    var = var.clone();
    {
      at::NoGradGuard guard;
      var.clamp_min_(eps);
    }
    Tensor losses = 0.5 * (at::log(var) + at::square(x(f) - y(f)) / var);
    if (full) losses = losses + 0.5 * std::log(2 * std::numbers::pi);
    return reduced(losses, r);
  });
}

}  // namespace

void lower_margin_losses(Lowerings& lowerings) {
  lower_pairs(lowerings);
  lower_triplets(lowerings);
  lower_labels(lowerings);
  lowerings.add("poisson_nll_loss", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), y = n.tensor("target"), log = n.flag("log_input"), full = n.flag("full"),
                      eps = n.number("eps"), r = reduction_of(n)](const Frame& f) {
      return at::poisson_nll_loss(x(f), y(f), log, full, eps, r);
    });
  });
  lowerings.add("gaussian_nll_loss", gaussian);
  lowerings.add("ctc_loss", [](const NodeView& n) {
    return single(n, [x = n.tensor("log_probs"), y = n.tensor("targets"), steps = n.tensor("input_lengths"),
                      lengths = n.tensor("target_lengths"), blank = n.integer("blank"), zero = n.flag("zero_infinity"),
                      r = reduction_of(n)](const Frame& f) {
      return at::ctc_loss(x(f), y(f), steps(f), lengths(f), blank, r, zero);
    });
  });
}

}  // namespace modelc::kernels

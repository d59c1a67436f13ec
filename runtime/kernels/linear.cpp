// Linear layers and matrix products; attention has a file of its own.
#include <ATen/Functions.h>

#include "kernels/attention.h"
#include "kernels/bind.h"

namespace modelc::kernels {

void lower_linear(Lowerings& lowerings) {
  lowerings.add("linear", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), w = n.tensor("weight"), b = n.tensor("bias")](const Frame& f) {
      return at::linear(x(f), w(f), maybe(b(f)));
    });
  });
  lowerings.add("bilinear", [](const NodeView& n) {
    return single(n, [x = n.tensor("input1"), y = n.tensor("input2"), w = n.tensor("weight"),
                      b = n.tensor("bias")](const Frame& f) { return at::bilinear(x(f), y(f), w(f), maybe(b(f))); });
  });
  lowerings.add("matmul", binary([](const at::Tensor& a, const at::Tensor& b) { return at::matmul(a, b); }));
  lowerings.add("bmm", binary([](const at::Tensor& a, const at::Tensor& b) { return at::bmm(a, b); }, "mat2"));
  lowerings.add("mm", binary([](const at::Tensor& a, const at::Tensor& b) { return at::mm(a, b); }, "mat2"));
  lowerings.add("outer", binary([](const at::Tensor& a, const at::Tensor& b) { return at::outer(a, b); }, "vec2"));
  lowerings.add("dot", binary([](const at::Tensor& a, const at::Tensor& b) { return at::dot(a, b); }, "tensor"));
  lowerings.add("einsum", [](const NodeView& n) {
    return single(n, [equation = n.arg("equation").as_string(), xs = n.tensors("operands")](const Frame& f) {
      return at::einsum(equation, xs(f));
    });
  });
  lower_attention(lowerings);
}

}  // namespace modelc::kernels

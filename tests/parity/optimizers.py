"""Optimisers that PyTorch 1.13 lacks, written plainly after their paper or PyTorch's later release."""

import math

import torch


class Plain(torch.optim.Optimizer):
    """`update(parameter, gradient, state, group)` for each parameter; `state["step"]` counts from 1."""

    def __init__(self, params, **defaults):
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    state = self.state[p]
                    state["step"] = state.get("step", 0) + 1
                    self.update(p, p.grad, state, group)


def kept(state, name, like):
    if name not in state:
        state[name] = torch.zeros_like(like)
    return state[name]


class Lion(Plain):
    def update(self, p, g, state, group):
        beta1, beta2 = group["betas"]
        m = kept(state, "m", p)
        p.mul_(1 - group["lr"] * group["weight_decay"])
        p.sub_(group["lr"] * torch.sign(beta1 * m + (1 - beta1) * g))
        m.copy_(beta2 * m + (1 - beta2) * g)


class Lamb(Plain):
    def update(self, p, g, state, group):
        beta1, beta2 = group["betas"]
        m, v = kept(state, "m", p), kept(state, "v", p)
        m.mul_(beta1).add_(g, alpha=1 - beta1)
        v.mul_(beta2).addcmul_(g, g, value=1 - beta2)
        mean, square = m / (1 - beta1 ** state["step"]), v / (1 - beta2 ** state["step"])
        r = (mean / (square.sqrt() + group["eps"])).add_(p, alpha=group["weight_decay"])
        size, length = p.norm().item(), r.norm().item()
        p.add_(r, alpha=-group["lr"] * (size / length if size > 0 and length > 0 else 1))


class Adafactor(Plain):
    """torch.optim.Adafactor of PyTorch 2.5."""

    def update(self, p, g, state, group):
        eps1, eps2 = group["eps"]
        step, lr = state["step"], group["lr"]
        fresh = step ** group["beta2_decay"]
        alpha = max(eps2, p.norm(2).item() / p.numel() ** 0.5) * min(lr, 1 / step ** 0.5)
        if group["weight_decay"] != 0:
            p.mul_(1 - lr * group["weight_decay"])
        if g.dim() > 1:
            row_mean = torch.norm(g, dim=-1, keepdim=True).square_().div_(g.size(-1))
            row = kept(state, "row", row_mean).lerp_(row_mean, fresh)
            col_mean = torch.norm(g, dim=-2, keepdim=True).square_().div_(g.size(-2))
            col = kept(state, "col", col_mean).lerp_(col_mean, fresh)
            variance = row @ col
            variance.div_(row.mean(dim=-2, keepdim=True).clamp_(min=eps1))
        else:
            variance = kept(state, "variance", g).lerp_(g * g, fresh).clone()
        update = variance.clamp_(min=eps1 * eps1).rsqrt_().mul_(g)
        denominator = max(1.0, update.norm(2).item() / (update.numel() ** 0.5 * group["d"]))
        p.add_(update, alpha=-alpha / denominator)


class Muon(Plain):
    """torch.optim.Muon of PyTorch 2.9 for matrices, AdamW for the rest."""

    def update(self, p, g, state, group):
        lr, decay = group["lr"], group["weight_decay"]
        if p.dim() < 2:
            lr = group["adamw_lr"]
            beta1, beta2 = group["adamw_betas"]
            m, v = kept(state, "m", p), kept(state, "v", p)
            p.mul_(1 - lr * decay)
            m.mul_(beta1).add_(g, alpha=1 - beta1)
            v.mul_(beta2).addcmul_(g, g, value=1 - beta2)
            denominator = (v.sqrt() / math.sqrt(1 - beta2 ** state["step"])).add_(group["adamw_eps"])
            p.addcdiv_(m, denominator, value=-lr / (1 - beta1 ** state["step"]))
            return
        buffer = kept(state, "buffer", p)
        buffer.lerp_(g, 1 - group["momentum"])
        update = self.orthogonal(g.lerp(buffer, group["momentum"]), group)
        rows, columns = p.shape
        ratio = 0.2 * math.sqrt(max(rows, columns)) if group["match"] else math.sqrt(max(1, rows / columns))
        p.mul_(1 - lr * decay)
        p.add_(update, alpha=-lr * ratio)

    @staticmethod
    def orthogonal(gradient, group):
        a, b, c = group["ns_coefficients"]
        x = gradient.bfloat16()
        tall = x.size(0) > x.size(1)
        if tall:
            x = x.T
        x = x / x.norm().clamp(min=group["eps"])
        for _ in range(5):
            gram = x @ x.T
            x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
        return x.T if tall else x

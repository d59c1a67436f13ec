"""What newer PyTorch has and the reference does not: modules and functions by their documentation."""

import torch
from torch import nn


def rms_norm(input, normalized_shape, weight=None, eps=None):
    if list(input.shape[-len(normalized_shape):]) != list(normalized_shape):
        raise RuntimeError(f"Given normalized_shape={normalized_shape}, expected input with these last sizes")
    dims = tuple(range(-len(normalized_shape), 0))
    eps = torch.finfo(input.dtype).eps if eps is None else eps
    scaled = input * torch.rsqrt(input.square().mean(dims, keepdim=True) + eps)
    return scaled if weight is None else scaled * weight


class RMSNorm(nn.Module):
    def __init__(self, normalized_shape, eps=None, elementwise_affine=True):
        super().__init__()
        self.shape = [normalized_shape] if isinstance(normalized_shape, int) else list(normalized_shape)
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(self.shape)) if elementwise_affine else None

    def forward(self, input):
        return rms_norm(input, self.shape, self.weight, self.eps)


class LayerNorm(nn.LayerNorm):
    def __init__(self, normalized_shape, eps=1e-5, elementwise_affine=True, bias=True):
        super().__init__(normalized_shape, eps, elementwise_affine)
        if not bias:
            self.bias = None


def circular(sides):
    class Pad(nn.Module):
        def __init__(self, padding):
            super().__init__()
            self.padding = [padding] * (2 * sides) if isinstance(padding, int) else list(padding)

        def forward(self, input):
            return nn.functional.pad(input, self.padding, mode="circular")
    return Pad


CircularPad1d, CircularPad2d, CircularPad3d = circular(1), circular(2), circular(3)

"""The models of models/vision and their counterparts in Python, most of them torchvision's: what vision_test.py compares.

A row names a file of models/vision, its variant, a maker of the module and the inputs. Dropout and stochastic depth are
off in both, since what they draw is no part of the model. The sizes are small, but the last maps have more than one pixel.
"""

import dataclasses
from typing import Callable, Dict, Tuple

import torch
from torchvision import models, ops

CLASSES = 7

# The weights are drawn anew anyhow, and these draws take longer than everything else.
torch.nn.init.trunc_normal_ = lambda tensor, *_, **__: tensor


@dataclasses.dataclass
class Row:
    file: str
    variant: str
    make: Callable
    inputs: Dict[str, Tuple[int, ...]]
    settings: Dict[str, str]
    quick: bool
    call: Callable = lambda module, inputs: module(*inputs.values())
    outputs: Tuple[str, ...] = ("logits",)


def undrawn(module):
    """What dropout draws is no part of a model."""
    for part in module.modules():
        if isinstance(part, (torch.nn.Dropout, ops.StochasticDepth)):
            part.p = 0.0
    return module


def classifiers(file, names, size, settings="", quick=None, **arguments):
    """Variants that are called as torchvision's constructors are; the quick one is the first unless named."""
    settings = dict(setting.split("=") for setting in f"classes={CLASSES} {settings}".split())
    for name in names.split():
        make = lambda name=name: undrawn(getattr(models, name)(num_classes=CLASSES, **arguments))
        yield Row(file, name if name != file else None, make, {"x": (3, 3, size, size)}, settings,
                  name == (quick or names.split()[0]))


def rows():
    yield from classifiers("alexnet", "alexnet", 96, "drop=0")
    yield from classifiers("vgg", "vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn", 64, "drop=0")
    yield from classifiers("resnet", "resnet18 resnet34 resnet50 resnet101 resnet152 resnext50_32x4d resnext101_32x8d "
                           "resnext101_64x4d wide_resnet50_2 wide_resnet101_2", 64)
    yield from classifiers("squeezenet", "squeezenet1_0 squeezenet1_1", 96, "drop=0", quick="squeezenet1_1")
    yield from classifiers("densenet", "densenet121 densenet161 densenet169 densenet201", 64)
    yield from classifiers("shufflenet_v2", "shufflenet_v2_x0_5 shufflenet_v2_x1_0 shufflenet_v2_x1_5 shufflenet_v2_x2_0", 64)
    yield from classifiers("googlenet", "googlenet", 64, "drop=0 aux=false", aux_logits=False, init_weights=False)
    yield from classifiers("inception_v3", "inception_v3", 107, "drop=0 aux=false", aux_logits=False, init_weights=False)
    yield from classifiers("mobilenet_v2", "mobilenet_v2", 64, "drop=0")
    yield from classifiers("mobilenet_v3", "mobilenet_v3_large mobilenet_v3_small", 64, "drop=0", quick="mobilenet_v3_small")
    yield from classifiers("mnasnet", "mnasnet0_5 mnasnet0_75 mnasnet1_0 mnasnet1_3", 64, "drop=0")
    yield from classifiers(
        "efficientnet", "efficientnet_b0 efficientnet_b1 efficientnet_b2 efficientnet_b3 efficientnet_b4 efficientnet_b5 "
        "efficientnet_b6 efficientnet_b7 efficientnet_v2_s efficientnet_v2_m efficientnet_v2_l", 64, "drop=0 drop_path=0")
    yield from classifiers(
        "regnet", "regnet_y_400mf regnet_y_800mf regnet_y_1_6gf regnet_y_3_2gf regnet_y_8gf regnet_y_16gf regnet_y_32gf "
        "regnet_y_128gf regnet_x_400mf regnet_x_800mf regnet_x_1_6gf regnet_x_3_2gf regnet_x_8gf regnet_x_16gf regnet_x_32gf", 64)
    yield from classifiers("convnext", "convnext_tiny convnext_small convnext_base convnext_large", 64, "drop_path=0")
    yield from classifiers("vit", "vit_b_16 vit_b_32 vit_l_16 vit_l_32", 64, "size=64", image_size=64)
    yield from classifiers("vit", "vit_h_14", 56, "size=56", quick="none", image_size=56)
    yield from classifiers("swin", "swin_t swin_s swin_b swin_v2_t swin_v2_s swin_v2_b", 72, "size=72 drop_path=0")

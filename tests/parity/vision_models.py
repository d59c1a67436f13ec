"""The models of models/vision and their counterparts in Python, most of them torchvision's: what vision_test.py compares.

A row names a file of models/vision, its variant, a maker of the module and the inputs. Dropout and stochastic depth are
off in both, since what they draw is no part of the model. The sizes are small, but the last maps have more than one pixel.
"""

import dataclasses
from typing import Callable, Dict, Tuple

import torch
from torchvision import models

CLASSES = 7


@dataclasses.dataclass
class Row:
    file: str
    variant: str
    make: Callable
    inputs: Dict[str, Tuple[int, ...]]
    settings: Dict[str, object]
    quick: bool
    call: Callable = lambda module, inputs: module(*inputs.values())
    outputs: Tuple[str, ...] = ("logits",)


def classifiers(file, names, size, quick=None, settings=None, **arguments):
    """Variants that are called as torchvision's constructors are; the quick one is the first unless named."""
    settings = {"classes": CLASSES, **(settings or {})}
    for name in names.split():
        make = lambda name=name: getattr(models, name)(num_classes=CLASSES, **arguments)
        yield Row(file, name if name != file else None, make, {"x": (3, 3, size, size)}, settings, name == (quick or names.split()[0]))


def rows():
    no_drop = {"settings": {"drop": 0}, "dropout": 0}
    yield from classifiers("alexnet", "alexnet", 96, **no_drop)
    yield from classifiers("vgg", "vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn", 64, "vgg11_bn", **no_drop)
    yield from classifiers("resnet", "resnet18 resnet34 resnet50 resnet101 resnet152 resnext50_32x4d resnext101_32x8d "
                           "resnext101_64x4d wide_resnet50_2 wide_resnet101_2", 64, "resnext50_32x4d")
    yield from classifiers("squeezenet", "squeezenet1_0 squeezenet1_1", 96, "squeezenet1_1", **no_drop)
    yield from classifiers("densenet", "densenet121 densenet161 densenet169 densenet201", 64)
    yield from classifiers("shufflenet_v2", "shufflenet_v2_x0_5 shufflenet_v2_x1_0 shufflenet_v2_x1_5 shufflenet_v2_x2_0", 64)

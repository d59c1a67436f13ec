"""The models of models/vision and their counterparts in Python, most of them torchvision's, for vision_test.py.

A row names a file of models/vision, its variant, settings, a maker of the module and the shapes of the inputs. How much
of it the quick test compares is said by `quick`: nothing, "keys", "values" as well, or "all", the way through a
checkpoint too. What it takes the values of is small, by its settings where no variant is. Dropout and stochastic depth
are off in both: what they draw is no part of a model. The last maps have more than one pixel, so that every batch norm
has something to normalise.
"""

import dataclasses
from functools import partial
from typing import Callable, Dict, Tuple

import torch
from torchvision import models, ops
from torchvision.models import convnext, efficientnet, regnet, resnet, segmentation, swin_transformer

import vision_references as references

CLASSES = 7

# The weights are drawn anew anyhow, and these draws take longer than everything else.
torch.nn.init.trunc_normal_ = lambda tensor, *_, **__: tensor


@dataclasses.dataclass
class Row:
    file: str
    variant: str
    settings: Dict[str, str]
    make: Callable
    inputs: Dict[str, Tuple[int, ...]]
    outputs: Tuple[str, ...] = ("logits",)
    trained: Tuple[str, ...] = ()  # further results, in training only
    quick: str = ""

    @property
    def name(self):
        return self.file if self.variant is None else f"{self.file}@{self.variant}"

    def module(self):
        module = self.make()
        for part in module.modules():
            if isinstance(part, (torch.nn.Dropout, ops.StochasticDepth)):
                part.p = 0.0
        return module


def settings_of(text):
    """`a=1; b=[2, 3]`: values hold spaces and commas."""
    return dict(setting.strip().split("=", 1) for setting in text.split(";") if setting.strip())


def row(file, variant, settings, make, size, **more):
    inputs = size if isinstance(size, dict) else {"x": (3, 3, size, size)}
    return Row(file, variant, settings_of(settings), make, inputs, **more)


def classifiers(file, variants, settings, size, make=None, quick={}, **arguments):
    """Variants under the names of torchvision's constructors; `.` is a file without any."""
    for name in variants.split():
        build = make or getattr(models, file if name == "." else name)
        yield row(file, None if name == "." else name, f"classes={CLASSES}; {settings}",
                  partial(build, num_classes=CLASSES, **arguments), size, quick=quick.get(name, ""))


def reduced(file, settings, size, build, *values, quick="values", **arguments):
    """A smaller one than any variant, for the quick comparison."""
    return row(file, None, f"classes={CLASSES}; {settings}", partial(build, *values, num_classes=CLASSES, **arguments),
               size, quick=quick)


def all_classifiers():
    yield from classifiers("alexnet", ".", "drop=0", 96, quick={".": "keys"})
    yield from classifiers("vgg", "vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn", "drop=0", 64,
                           quick={"vgg11_bn": "keys"})
    yield from classifiers("resnet", "resnet18 resnet34 resnet50 resnet101 resnet152 resnext50_32x4d resnext101_32x8d "
                           "resnext101_64x4d wide_resnet50_2 wide_resnet101_2", "", 64)
    yield from classifiers("squeezenet", "squeezenet1_0 squeezenet1_1", "drop=0", 64, quick={"squeezenet1_1": "keys"})
    yield from classifiers("densenet", "densenet121 densenet161 densenet169 densenet201", "", 64)
    yield from classifiers(
        "shufflenet_v2", "shufflenet_v2_x0_5 shufflenet_v2_x1_0 shufflenet_v2_x1_5 shufflenet_v2_x2_0", "", 64,
        quick={"shufflenet_v2_x0_5": "values"})
    yield from classifiers("googlenet", ".", "drop=0; aux=false", 64, aux_logits=False, init_weights=False)
    yield from classifiers("inception_v3", ".", "drop=0; aux=false; transform_input=true", 107, aux_logits=False,
                           transform_input=True, init_weights=False)
    yield from classifiers("mobilenet_v2", ".", "drop=0", 64)
    yield from classifiers("mobilenet_v3", "mobilenet_v3_large mobilenet_v3_small", "drop=0", 64)
    yield from classifiers("mnasnet", "mnasnet0_5 mnasnet0_75 mnasnet1_0 mnasnet1_3", "drop=0", 64)
    yield from classifiers(
        "efficientnet", "efficientnet_b0 efficientnet_b1 efficientnet_b2 efficientnet_b3 efficientnet_b4 "
        "efficientnet_b5 efficientnet_b6 efficientnet_b7 efficientnet_v2_s efficientnet_v2_m efficientnet_v2_l",
        "drop=0; drop_path=0", 64)
    yield from classifiers(
        "regnet", "regnet_y_400mf regnet_y_800mf regnet_y_1_6gf regnet_y_3_2gf regnet_y_8gf regnet_y_16gf "
        "regnet_y_32gf regnet_y_128gf regnet_x_400mf regnet_x_800mf regnet_x_1_6gf regnet_x_3_2gf regnet_x_8gf "
        "regnet_x_16gf regnet_x_32gf", "", 64)
    yield from classifiers("convnext", "convnext_tiny convnext_small convnext_base convnext_large", "drop_path=0", 64)
    yield from classifiers("vit", "vit_b_16 vit_b_32 vit_l_16 vit_l_32", "size=64", 64, image_size=64)
    yield from classifiers("vit", "vit_h_14", "size=56", 56, image_size=56)
    yield from classifiers("swin", "swin_t swin_s swin_b swin_v2_t swin_v2_s swin_v2_b", "size=72; drop_path=0", 72)
    yield from classifiers("maxvit", ".", "drop_path=0", 224, make=models.maxvit_t)


def auxiliary_heads():
    for file, trained in (("googlenet", ("aux1", "aux2")), ("inception_v3", ("aux_logits",))):
        settings = f"classes={CLASSES}; drop=0" + ("; drop_aux=0" if file == "googlenet" else "")
        yield row(file, None, settings, partial(getattr(models, file), num_classes=CLASSES, init_weights=False), 299,
                  trained=trained, quick="keys")


def reduced_classifiers():
    yield reduced("resnet", "block=Bottleneck(groups=4, base_width=8); depths=[2, 1, 1, 1]; dilated=1", 64,
                  models.ResNet, resnet.Bottleneck, [2, 1, 1, 1], quick="all", groups=4, width_per_group=8,
                  replace_stride_with_dilation=[False, False, True])
    yield reduced("densenet", "growth=8; depths=[2, 2, 1, 2]; width=16", 64, models.DenseNet, 8, (2, 2, 1, 2), 16)
    yield reduced("mobilenet_v2", "drop=0; scale=0.25", 64, models.MobileNetV2, quick="keys", width_mult=0.25)
    yield row("mobilenet_v3", "mobilenet_v3_small", f"classes={CLASSES}; drop=0; scale=0.5; dilated=true",
              partial(models.mobilenet_v3_small, num_classes=CLASSES, width_mult=0.5, dilated=True), 64, quick="values")
    yield reduced("mnasnet", "drop=0; scale=0.35", 64, models.MNASNet, 0.35, quick="keys")
    stages = "stages=[[FusedMBConv, 1, 3, 1, 8, 1], [FusedMBConv, 4, 3, 2, 16, 2], [MBConv, 4, 5, 2, 24, 2]]"
    yield reduced("efficientnet", f"{stages}; stem=8; last=32; drop=0; drop_path=0", 64, models.EfficientNet,
                  [efficientnet.FusedMBConvConfig(1, 3, 1, 8, 8, 1), efficientnet.FusedMBConvConfig(4, 3, 2, 8, 16, 2),
                   efficientnet.MBConvConfig(4, 5, 2, 16, 24, 2)], 0.0, last_channel=32)
    yield reduced("regnet", "depth=4; width=16; slope=12.0; step=2.0; group=8", 64, models.RegNet,
                  regnet.BlockParams.from_init_params(depth=4, w_0=16, w_a=12.0, w_m=2.0, group_width=8, se_ratio=0.25))
    yield reduced("convnext", "widths=[8, 16]; depths=[1, 2]; drop_path=0", 32, models.ConvNeXt,
                  [convnext.CNBlockConfig(8, 16, 1), convnext.CNBlockConfig(16, None, 2)])
    yield reduced("vit", "size=32; patch=8; depth=2; heads=2; width=32", 32,
                  models.VisionTransformer, 32, 8, 2, 2, 32, 128)
    for v2 in (False, True):
        kinds = {"block": swin_transformer.SwinTransformerBlockV2,
                 "downsample_layer": swin_transformer.PatchMergingV2} if v2 else {}
        settings = f"v2={str(v2).lower()}; size=40; width=24; depths=[2, 2]; heads=[2, 4]; window=3; drop_path=0"
        yield reduced("swin", settings, 40, models.SwinTransformer, [4, 4], 24, [2, 2], [2, 4], [3, 3],
                      quick="all" if v2 else "values", **kinds)
    yield reduced("maxvit", "stem=8; widths=[8, 16]; depths=[1, 2]; head_width=4; window=2; drop_path=0", 64,
                  models.MaxVit, (64, 64), 8, 2, [8, 16], [1, 2], 4, 0.0)


def maps():
    """A mapping of results, in Python."""
    variants = "fcn_resnet50 fcn_resnet101 deeplabv3_resnet50 deeplabv3_resnet101 deeplabv3_mobilenet_v3_large"
    for name in variants.split():
        yield row("segmentation", name, f"classes={CLASSES}; drop=0; drop_aux=0",
                  partial(getattr(segmentation, name), num_classes=CLASSES, aux_loss=True, weights_backbone=None), 65,
                  outputs=("out", "aux"), quick="keys")
    yield row("lraspp", None, f"classes={CLASSES}", partial(
        segmentation.lraspp_mobilenet_v3_large, num_classes=CLASSES, weights_backbone=None), 65, outputs=("out",),
              quick="values")
    for name in ("resnet18", "resnet50"):
        yield row("resnet_fpn", name, "", partial(references.ResNetFPN, name), 65,
                  outputs=("p2", "p3", "p4", "p5", "pool"), quick="keys")


def others():
    """Not torchvision's: small enough to be quick."""
    encoder = "encoder=ResNet@resnet18(classes=16, depths=[1, 1, 1, 1])"
    image = (3, 3, 64, 64)
    yield row("unet", None, "width=4; classes=3", partial(references.UNet, 4, 3), 75, quick="values")
    yield row("unet", None, "", partial(references.UNet, 64, 2), 75)
    yield row("dcgan", None, "width=8; latent=10", partial(references.DCGAN, 10, 8), {"z": (3, 10, 1, 1), "x": image},
              outputs=("image", "real", "fake"), quick="values")
    yield row("siamese", None, encoder, references.Siamese, {"left": image, "right": image}, outputs=("distance",),
              quick="keys")
    yield row("triplet", None, encoder, references.Triplet, {"anchor": image, "positive": image, "negative": image},
              outputs=("a", "p", "n"), quick="keys")
    yield row("vae", None, "", references.VAE, {"x": (3, 1, 28, 28), "noise": (3, 20)},
              outputs=("logits", "mu", "logvar"), quick="values")


def rows():
    for some in (all_classifiers, auxiliary_heads, reduced_classifiers, maps, others):
        yield from some()

"""Models of models/vision that torchvision does not have, as their authors write them in PyTorch."""

import torch
from torch import nn
from torch.nn import functional as F
from torchvision import models
from torchvision.models import resnet
from torchvision.models.detection import backbone_utils


class DoubleConv(nn.Module):
    def __init__(self, wide_in, wide):
        super().__init__()
        self.double_conv = nn.Sequential(
            nn.Conv2d(wide_in, wide, 3, padding=1, bias=False), nn.BatchNorm2d(wide), nn.ReLU(),
            nn.Conv2d(wide, wide, 3, padding=1, bias=False), nn.BatchNorm2d(wide), nn.ReLU())

    def forward(self, x):
        return self.double_conv(x)


class Down(nn.Module):
    def __init__(self, wide_in, wide):
        super().__init__()
        self.maxpool_conv = nn.Sequential(nn.MaxPool2d(2), DoubleConv(wide_in, wide))

    def forward(self, x):
        return self.maxpool_conv(x)


class Up(nn.Module):
    def __init__(self, wide_in, wide):
        super().__init__()
        self.up = nn.ConvTranspose2d(wide_in, wide_in // 2, 2, stride=2)
        self.conv = DoubleConv(wide_in, wide)

    def forward(self, x, beside):
        x = self.up(x)
        high, wide = beside.shape[2] - x.shape[2], beside.shape[3] - x.shape[3]
        x = F.pad(x, [wide // 2, wide - wide // 2, high // 2, high - high // 2])
        return self.conv(torch.cat([beside, x], dim=1))


class UNet(nn.Module):
    def __init__(self, width, classes):
        super().__init__()
        self.inc = DoubleConv(3, width)
        self.down1 = Down(width, 2 * width)
        self.down2 = Down(2 * width, 4 * width)
        self.down3 = Down(4 * width, 8 * width)
        self.down4 = Down(8 * width, 16 * width)
        self.up1 = Up(16 * width, 8 * width)
        self.up2 = Up(8 * width, 4 * width)
        self.up3 = Up(4 * width, 2 * width)
        self.up4 = Up(2 * width, width)
        self.outc = nn.Conv2d(width, classes, 1)

    def forward(self, x):
        x1 = self.inc(x)
        x2 = self.down1(x1)
        x3 = self.down2(x2)
        x4 = self.down3(x3)
        x = self.up1(self.down4(x4), x4)
        return self.outc(self.up4(self.up3(self.up2(x, x3), x2), x1))


class Generator(nn.Module):
    def __init__(self, latent, width):
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(latent, 8 * width, 4, 1, 0, bias=False), nn.BatchNorm2d(8 * width), nn.ReLU(),
            nn.ConvTranspose2d(8 * width, 4 * width, 4, 2, 1, bias=False), nn.BatchNorm2d(4 * width), nn.ReLU(),
            nn.ConvTranspose2d(4 * width, 2 * width, 4, 2, 1, bias=False), nn.BatchNorm2d(2 * width), nn.ReLU(),
            nn.ConvTranspose2d(2 * width, width, 4, 2, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, z):
        return self.main(z)


class Discriminator(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(3, width, 4, 2, 1, bias=False), nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False), nn.BatchNorm2d(2 * width), nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 4 * width, 4, 2, 1, bias=False), nn.BatchNorm2d(4 * width), nn.LeakyReLU(0.2),
            nn.Conv2d(4 * width, 8 * width, 4, 2, 1, bias=False), nn.BatchNorm2d(8 * width), nn.LeakyReLU(0.2),
            nn.Conv2d(8 * width, 1, 4, 1, 0, bias=False))

    def forward(self, x):
        return self.main(x).flatten()


class DCGAN(nn.Module):
    def __init__(self, latent, width):
        super().__init__()
        self.generator = Generator(latent, width)
        self.discriminator = Discriminator(width)

    def forward(self, z, x):
        image = self.generator(z)
        return image, self.discriminator(x), self.discriminator(image)


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = models.ResNet(resnet.BasicBlock, [1, 1, 1, 1], num_classes=16)

    def forward(self, left, right):
        return (self.encoder(left) - self.encoder(right)).norm(dim=1)


class Triplet(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = models.ResNet(resnet.BasicBlock, [1, 1, 1, 1], num_classes=16)

    def forward(self, anchor, positive, negative):
        return tuple(F.normalize(self.encoder(x)) for x in (anchor, positive, negative))


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 400)
        self.fc21 = nn.Linear(400, 20)
        self.fc22 = nn.Linear(400, 20)
        self.fc3 = nn.Linear(20, 400)
        self.fc4 = nn.Linear(400, 784)

    def forward(self, x, noise):
        h = F.relu(self.fc1(x.flatten(1)))
        mu, logvar = self.fc21(h), self.fc22(h)
        z = mu + noise * torch.exp(0.5 * logvar)
        return self.fc4(F.relu(self.fc3(z))), mu, logvar


class ResNetFPN(nn.Module):
    """The pyramid that torchvision's detectors stand on."""

    def __init__(self, name):
        super().__init__()
        built = backbone_utils.resnet_fpn_backbone(
            name, weights=None, norm_layer=nn.BatchNorm2d, trainable_layers=5)
        self.body, self.fpn = built.body, built.fpn

    def forward(self, x):
        return tuple(self.fpn(self.body(x)).values())

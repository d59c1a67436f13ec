"""Images: a VAE, a VAE-GAN, the U-Net of a diffusion model and a two-stream action network."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from zoo.case import Case, normal, sizes, words
from zoo.encoders import Space

PUBLISHED = {}


class Vae(nn.Module):
    def __init__(self, channels, size, widths, latent):
        super().__init__()
        small = size // 2 ** len(widths)
        layers = []
        for i, o in zip([channels, *widths], widths):
            layers += [nn.Conv2d(i, o, 3, 2, 1), nn.ReLU()]
        self.encoder = nn.Sequential(*layers, nn.Flatten())
        flat = widths[-1] * small * small
        self.mu, self.logvar = nn.Linear(flat, latent), nn.Linear(flat, latent)
        layers, back = [nn.Linear(latent, flat), nn.Unflatten(1, (widths[-1], small, small))], [*widths[::-1], channels]
        for i, o in zip(back, back[1:]):
            layers += [nn.ReLU(), nn.ConvTranspose2d(i, o, 4, 2, 1)]
        self.decoder = nn.Sequential(*layers)

    def forward(self, i):
        h = self.encoder(i["x"])
        mu, logvar = self.mu(h), self.logvar(h)
        logits = self.decoder(mu + (logvar.exp().sqrt() * i["noise"] if self.training else 0))
        normal_ = torch.distributions.Normal(0.0, 1.0)
        drawn = torch.distributions.Normal(mu, logvar.exp().sqrt())
        loss = F.binary_cross_entropy_with_logits(logits, i["x"], reduction="sum")
        loss = (loss + torch.distributions.kl_divergence(drawn, normal_).sum()) / len(mu)
        return {"image": logits.sigmoid(), "mu": mu, "logvar": logvar}, loss


class VaeGan(nn.Module):
    def __init__(self, channels, size, widths, latent, critic):
        super().__init__()
        self.vae = Vae(channels, size, widths, latent)
        layers, side = [], size
        for i, o in zip([channels, *critic], critic):
            layers += [nn.Conv2d(i, o, 4, 2, 1), nn.LeakyReLU(0.2)]
            side //= 2
        self.critic = nn.Sequential(*layers, nn.Flatten(), nn.Linear(critic[-1] * side ** 2, 1))

    def forward(self, i):
        found, _ = self.vae(i)
        drawn = self.vae.decoder(i["noise"]).sigmoid()
        shown = torch.cat([found["image"], drawn])
        if shown.requires_grad:
            shown.register_hook(lambda gradient: -gradient)
        real, fake = self.critic(i["x"]), self.critic(shown)
        mu, logvar = found["mu"], found["logvar"]
        loss = ((found["image"] - i["x"]) ** 2).sum() + (mu ** 2 + logvar.exp() - 1 - logvar).sum() / 2
        loss = loss / len(mu) + 0.1 * (F.softplus(-real).mean() + F.softplus(fake).mean())
        return {"image": found["image"], "drawn": drawn, "real": real, "fake": fake}, loss


class Block(nn.Module):
    def __init__(self, wide, out, time, groups):
        super().__init__()
        self.norm1, self.conv1 = nn.GroupNorm(groups, wide), nn.Conv2d(wide, out, 3, padding=1)
        self.time = nn.Linear(time, out)
        self.norm2, self.conv2 = nn.GroupNorm(groups, out), nn.Conv2d(out, out, 3, padding=1)
        self.shortcut = nn.Conv2d(wide, out, 1) if wide != out else nn.Identity()

    def forward(self, x, time):
        h = self.conv1(F.silu(self.norm1(x))) + self.time(F.silu(time))[..., None, None]
        return self.conv2(F.silu(self.norm2(h))) + self.shortcut(x)


class Attention(nn.Module):
    def __init__(self, width, groups):
        super().__init__()
        self.norm = nn.GroupNorm(groups, width)
        self.qkv, self.out = nn.Conv2d(width, 3 * width, 1), nn.Conv2d(width, width, 1)

    def forward(self, x):
        q, k, v = self.qkv(self.norm(x)).flatten(2).chunk(3, dim=1)
        share = (torch.einsum("bcq,bck->bqk", q, k) / math.sqrt(q.shape[1])).softmax(2)
        return x + self.out(torch.einsum("bqk,bck->bcq", share, v).reshape(x.shape))


class Unet(nn.Module):
    def __init__(self, channels, width, factors, blocks, groups):
        super().__init__()
        self.width, time = width, 4 * width
        widths = [f * width for f in factors]
        self.time = nn.Sequential(nn.Linear(width, time), nn.SiLU(), nn.Linear(time, time))
        self.start = nn.Conv2d(channels, width, 3, padding=1)
        self.down, kept, now = nn.ModuleList(), [width], width
        for n, out in enumerate(widths):
            level = Space(blocks=nn.ModuleList())
            for _ in range(blocks):
                level.blocks.append(Block(now, out, time, groups))
                now = out
                kept.append(now)
            if n < len(widths) - 1:
                level.smaller = nn.Conv2d(now, now, 3, 2, 1)
                kept.append(now)
            self.down.append(level)
        self.middle = Space(
            block1=Block(now, now, time, groups), attention=Attention(now, groups),
            block2=Block(now, now, time, groups))
        self.up = nn.ModuleList()
        for n, out in enumerate(reversed(widths)):
            level = Space(blocks=nn.ModuleList())
            for _ in range(blocks + 1):
                level.blocks.append(Block(now + kept.pop(), out, time, groups))
                now = out
            if n < len(widths) - 1:
                level.larger = nn.Conv2d(now, now, 3, padding=1)
            self.up.append(level)
        self.end = nn.Sequential(nn.GroupNorm(groups, now), nn.SiLU(), nn.Conv2d(now, channels, 3, padding=1))

    def forward(self, i):
        angle = i["t"][:, None] * torch.exp(torch.arange(0, self.width, 2) * (-math.log(1e4) / self.width))
        time = self.time(torch.cat([angle.sin(), angle.cos()], dim=1))
        h = self.start(i["x"])
        kept = [h]
        for level in self.down:
            for block in level.blocks:
                h = block(h, time)
                kept.append(h)
            if hasattr(level, "smaller"):
                h = level.smaller(h)
                kept.append(h)
        h = self.middle.block2(self.middle.attention(self.middle.block1(h, time)), time)
        for level in self.up:
            for block in level.blocks:
                h = block(torch.cat([h, kept.pop()], dim=1), time)
            if hasattr(level, "larger"):
                h = level.larger(h.repeat_interleave(2, 2).repeat_interleave(2, 3))
        y = self.end(h)
        return {"y": y}, F.mse_loss(y, i["noise"])


class Stream(nn.Module):
    def __init__(self, channels, width):
        super().__init__()
        layers = []
        for out in (width, 2 * width, 4 * width, 8 * width):
            layers.append(nn.Conv2d(channels, out, 3, padding=1, bias=False))
            layers += [nn.BatchNorm2d(out), nn.ReLU(), nn.MaxPool2d(2)]
            channels = out
        self.features = nn.Sequential(*layers)

    def forward(self, x):
        return self.features(x).mean(dim=(2, 3))


class TwoStream(nn.Module):
    def __init__(self, classes, frames, size, width):
        super().__init__()
        for name, channels in (("spatial", 3), ("temporal", 2 * frames)):
            stream = nn.Sequential()
            stream.add_module("backbone", Stream(channels, width))
            stream.add_module("head", nn.Linear(8 * width, classes))
            setattr(self, name, stream)

    def forward(self, i):
        seen, moved = self.spatial(i["frame"]), self.temporal(i["motion"])
        loss = F.cross_entropy(seen, i["label"]) + F.cross_entropy(moved, i["label"])
        return {"scores": torch.stack([seen.softmax(1), moved.softmax(1)]).mean(0)}, loss


def cases():
    vae = dict(channels=2, size=8, widths=[4, 5], latent=3)
    images = {"x": torch.rand(3, 2, 8, 8), "noise": normal(3, 3)}
    yield Case("images/beta_vae", lambda: Vae(**vae), images, {}, sizes(**vae))
    gan = dict(**vae, critic=[3, 5])
    yield Case("images/vae_gan", lambda: VaeGan(**gan), images, {}, sizes(**gan))
    unet = dict(channels=2, width=4, factors=[1, 2, 3], blocks=2, groups=2)
    yield Case("images/diffusion_unet", lambda: Unet(**unet), {"x": normal(2, 2, 8, 16), "t": words(1000, 2)},
               {"noise": normal(2, 2, 8, 16)}, sizes(**unet, drop=0))
    action = dict(classes=6, frames=2, size=32, width=3)
    yield Case("images/two_stream_action", lambda: TwoStream(**action),
               {"frame": normal(4, 3, 32, 32), "motion": normal(4, 4, 32, 32)}, {"label": words(6, 4)},
               sizes(**action, drop=0))

"""GPT-2, Llama and its kin, and T5, with the names that Hugging Face's `transformers` gives them."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from zoo.case import Case, padded, sizes, words
from zoo.encoders import Space, attend, mask_of, with_padding, word_loss

# What the published checkpoints have.
PUBLISHED = {
    "text/gpt2": 124439808, "text/gpt2@medium": 354823168, "text/gpt2@large": 774030080, "text/gpt2@xl": 1557611200,
    "text/llama": 6738415616, "text/llama@llama2_13b": 13015864320, "text/llama@llama3_8b": 8030261248,
    "text/llama@tinyllama_1b": 1100048384, "text/llama@mistral_7b": 7241732096, "text/llama@qwen2_0_5b": 494032768,
    "text/llama@qwen2_7b": 7615616512, "text/t5": 60506624, "text/t5@base": 222903552, "text/t5@large": 737668096}


def next_loss(logits, i):
    """Each token from those before it, padding left out."""
    real = mask_of(i)[:, 1:]
    return F.cross_entropy(logits[:, :-1][real], i["input_ids"][:, 1:][real])


class Conv1D(nn.Module):
    def __init__(self, wide, width):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(wide, width))
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x):
        return torch.addmm(self.bias, x.flatten(0, 1), self.weight).unflatten(0, x.shape[:2])


class GptBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.ln_1 = nn.LayerNorm(width)
        self.attn = Space(c_attn=Conv1D(width, 3 * width), c_proj=Conv1D(width, width))
        self.ln_2 = nn.LayerNorm(width)
        self.mlp = Space(c_fc=Conv1D(width, 4 * width), c_proj=Conv1D(4 * width, width))

    def forward(self, x, mask):
        q, k, v = self.attn.c_attn(self.ln_1(x)).split(x.shape[-1], dim=-1)
        x = x + self.attn.c_proj(attend(q, k, v, self.heads, mask))
        h = self.mlp.c_fc(self.ln_2(x))
        h = 0.5 * h * (1 + torch.tanh(math.sqrt(2 / math.pi) * (h + 0.044715 * h ** 3)))
        return x + self.mlp.c_proj(h)


class Gpt2(nn.Module):
    def __init__(self, vocab, positions, width, depth, heads):
        super().__init__()
        self.transformer = Space(
            wte=nn.Embedding(vocab, width), wpe=nn.Embedding(positions, width),
            h=nn.ModuleList(GptBlock(width, heads) for _ in range(depth)), ln_f=nn.LayerNorm(width))
        self.lm_head = nn.Linear(width, vocab, bias=False)
        self.lm_head.weight = self.transformer.wte.weight

    def forward(self, i):
        model, steps = self.transformer, torch.arange(i["input_ids"].shape[1])
        x = model.wte(i["input_ids"]) + model.wpe(steps)
        for block in model.h:
            x = block(x, mask_of(i)[:, None] & (steps <= steps[:, None]) | torch.eye(len(steps)).bool())
        logits = self.lm_head(model.ln_f(x))
        return {"logits": logits}, next_loss(logits, i)


class RmsNorm(nn.Module):
    def __init__(self, width, eps):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return self.weight * x / torch.sqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)


def rotate(x, theta, size):
    """Each head's features i and i + size/2 as a complex number, turned by its position."""
    heads = x.unflatten(-1, (-1, size))
    pairs = torch.complex(heads[..., :size // 2], heads[..., size // 2:])
    speed = 1 / theta ** (torch.arange(0, size, 2) / size)
    angles = torch.arange(x.shape[1])[:, None] * speed
    turned = pairs * torch.polar(torch.ones_like(angles), angles)[:, None]
    return torch.cat([turned.real, turned.imag], dim=-1).flatten(-2)


class LlamaLayer(nn.Module):
    def __init__(self, width, hidden, heads, groups, theta, eps, bias):
        super().__init__()
        self.heads, self.groups, self.theta, self.size = heads, groups, theta, width // heads
        narrow = groups * self.size
        self.self_attn = Space(
            q_proj=nn.Linear(width, width, bias=bias), k_proj=nn.Linear(width, narrow, bias=bias),
            v_proj=nn.Linear(width, narrow, bias=bias), o_proj=nn.Linear(width, width, bias=False))
        self.mlp = Space(
            gate_proj=nn.Linear(width, hidden, bias=False), up_proj=nn.Linear(width, hidden, bias=False),
            down_proj=nn.Linear(hidden, width, bias=False))
        self.input_layernorm = RmsNorm(width, eps)
        self.post_attention_layernorm = RmsNorm(width, eps)

    def grouped(self, x):
        """A group's key for each of its heads."""
        times = self.heads // self.groups
        return torch.cat([part for part in x.split(self.size, dim=-1) for _ in range(times)], dim=-1)

    def forward(self, x, mask):
        a, h = self.self_attn, self.input_layernorm(x)
        q, k = (rotate(part, self.theta, self.size) for part in (a.q_proj(h), a.k_proj(h)))
        x = x + a.o_proj(attend(q, self.grouped(k), self.grouped(a.v_proj(h)), self.heads, mask))
        h = self.post_attention_layernorm(x)
        return x + self.mlp.down_proj(F.silu(self.mlp.gate_proj(h)) * self.mlp.up_proj(h))


class Llama(nn.Module):
    def __init__(self, vocab, width, hidden, depth, heads, groups, theta=1e4, eps=1e-5, bias=False, window=None,
                 tied=False):
        super().__init__()
        self.window = window
        self.model = Space(
            embed_tokens=nn.Embedding(vocab, width),
            layers=nn.ModuleList(LlamaLayer(width, hidden, heads, groups, theta, eps, bias) for _ in range(depth)),
            norm=RmsNorm(width, eps))
        self.lm_head = nn.Linear(width, vocab, bias=False)
        if tied:
            self.lm_head.weight = self.model.embed_tokens.weight

    def forward(self, i):
        x, steps = self.model.embed_tokens(i["input_ids"]), torch.arange(i["input_ids"].shape[1])
        seen = torch.ones(len(steps), len(steps)).tril().bool()
        if self.window:
            seen = seen & ~torch.ones(len(steps), len(steps)).tril(-self.window).bool()
        for layer in self.model.layers:
            x = layer(x, mask_of(i)[:, None] & seen | torch.eye(len(steps)).bool())
        logits = self.lm_head(self.model.norm(x))
        return {"logits": logits}, next_loss(logits, i)


def bucket(distance, both, buckets, farthest):
    """One distance, key less query, at a time."""
    start = 0
    if both:
        buckets //= 2
        start = buckets if distance > 0 else 0
        distance = abs(distance)
    else:
        distance = max(0, -distance)
    near = buckets // 2
    if distance < near:
        return start + distance
    share = math.log(distance / near) / math.log(farthest / near)
    return start + min(buckets - 1, near + int(share * (buckets - near)))


class T5Attention(nn.Module):
    def __init__(self, width, heads, size, table=None):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v = (nn.Linear(width, heads * size, bias=False) for _ in range(3))
        self.o = nn.Linear(heads * size, width, bias=False)
        if table:
            self.relative_attention_bias = nn.Embedding(table, heads)

    def forward(self, x, memory, bias):
        q, k, v = self.q(x), self.k(memory), self.v(memory)
        q, k, v = (y.unflatten(-1, (self.heads, -1)).transpose(1, 2) for y in (q, k, v))
        return self.o(((q @ k.mT + bias).softmax(-1) @ v).transpose(1, 2).flatten(2))


class T5Stack(nn.Module):
    def __init__(self, words_, width, hidden, depth, heads, size, buckets, farthest, decodes):
        super().__init__()
        self.decodes, self.rule = decodes, (not decodes, buckets, farthest)
        self.embed_tokens = words_
        self.block = nn.ModuleList()
        for n in range(depth):
            attention = T5Attention(width, heads, size, None if n else buckets)
            layers = [Space(SelfAttention=attention, layer_norm=RmsNorm(width, 1e-6))]
            if decodes:
                layers.append(Space(EncDecAttention=T5Attention(width, heads, size), layer_norm=RmsNorm(width, 1e-6)))
            layers.append(Space(
                DenseReluDense=Space(wi=nn.Linear(width, hidden, bias=False), wo=nn.Linear(hidden, width, bias=False)),
                layer_norm=RmsNorm(width, 1e-6)))
            self.block.append(Space(layer=nn.ModuleList(layers)))
        self.final_layer_norm = RmsNorm(width, 1e-6)

    def forward(self, ids, mask, memory=None, memory_mask=None):
        x, count = self.embed_tokens(ids), ids.shape[1]
        numbers = torch.tensor([[bucket(k - q, *self.rule) for k in range(count)] for q in range(count)])
        bias = self.block[0].layer[0].SelfAttention.relative_attention_bias(numbers).permute(2, 0, 1)
        bias = bias.expand(len(ids), -1, -1, -1).masked_fill(~mask, float("-inf"))
        for b in self.block:
            h = b.layer[0].layer_norm(x)
            x = x + b.layer[0].SelfAttention(h, h, bias)
            if self.decodes:
                hide = torch.zeros(memory_mask.shape).masked_fill(~memory_mask, float("-inf"))
                x = x + b.layer[1].EncDecAttention(b.layer[1].layer_norm(x), memory, hide)
            dense = b.layer[-1].DenseReluDense
            x = x + dense.wo(dense.wi(b.layer[-1].layer_norm(x)).relu())
        return self.final_layer_norm(x)


class T5(nn.Module):
    def __init__(self, vocab, width, **rest):
        super().__init__()
        self.shared = nn.Embedding(vocab, width)
        self.encoder = T5Stack(self.shared, width, decodes=False, **rest)
        self.decoder = T5Stack(self.shared, width, decodes=True, **rest)
        self.lm_head = nn.Linear(width, vocab, bias=False)
        self.lm_head.weight = self.shared.weight

    def forward(self, i):
        seen = mask_of(i)[:, None, None]
        steps = torch.arange(i["decoder_input_ids"].shape[1])
        memory = self.encoder(i["input_ids"], seen)
        x = self.decoder(i["decoder_input_ids"], steps <= steps[:, None], memory, seen)
        logits = self.lm_head(x / x.shape[-1] ** 0.5)
        return {"logits": logits}, word_loss(logits, i["labels"])


def cases():
    ids = {"input_ids": words(50, 3, 7)}
    small = dict(vocab=50, positions=12, width=12, depth=2, heads=3)
    shape = dict(vocab=50, width=24, hidden=20, depth=2, heads=6, groups=2)
    qwen = dict(theta=1e6, eps=1e-6, bias=True, tied=True)
    t5 = dict(vocab=50, width=12, hidden=20, depth=2, heads=3, size=5, buckets=8, farthest=10)
    short, before = with_padding(ids, 0), {**ids, "attention_mask": padded([7, 3, 5], 7).flip(1)}
    for inputs in (ids, short, before):
        yield Case("text/gpt2", lambda: Gpt2(**small), inputs, {}, sizes(**small, drop=0))
        yield Case("text/llama", lambda: Llama(**shape), inputs, {}, sizes(**shape))
    yield Case("text/llama", lambda: Llama(**shape, **qwen), short, {}, ("--variant", "qwen2_0_5b", *sizes(**shape)))
    yield Case("text/llama", lambda: Llama(**shape, window=3), short, {},
               ("--variant", "mistral_7b", *sizes(**shape, window=3)))
    for inputs in (ids, short):
        yield Case("text/t5", lambda: T5(**t5), {**inputs, "decoder_input_ids": words(50, 3, 9)},
                   {"labels": words(50, 3, 9)}, sizes(**t5, drop=0))

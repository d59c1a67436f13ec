"""Texts and sounds: an LSTM language model, seq2seq with attention, translation by nn.Transformer, WaveNet, a TCN."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from zoo.case import Case, normal, padded, sizes, words
from zoo.encoders import word_loss

PUBLISHED = {}


class LanguageModel(nn.Module):
    def __init__(self, vocab, width, depth):
        super().__init__()
        self.encoder = nn.Embedding(vocab, width)
        self.rnn = nn.LSTM(width, width, depth, batch_first=True)
        self.decoder = nn.Linear(width, vocab)
        self.decoder.weight = self.encoder.weight

    def forward(self, i):
        y, (h, c) = self.rnn(self.encoder(i["tokens"]), (i["state.0"], i["state.1"]) if "state.0" in i else None)
        logits = self.decoder(y)
        return {"logits": logits, "state.0": h, "state.1": c}, word_loss(logits, i["next"])


class Reader(nn.Module):
    def __init__(self, vocab, width):
        super().__init__()
        self.embedding = nn.Embedding(vocab, width, padding_idx=0)
        self.rnn = nn.GRU(width, width, batch_first=True)
        self.start = nn.Linear(width, width)

    def forward(self, source):
        states = self.rnn(self.embedding(source))[0]
        means = torch.stack([row[words_ != 0].mean(dim=0) for row, words_ in zip(states, source)])
        return states, torch.tanh(self.start(means)).unsqueeze(0)


class Luong(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.key = nn.Linear(width, width, bias=False)
        self.mix = nn.Linear(2 * width, width)

    def forward(self, h, states, seen):
        scores = torch.einsum("btd,bsd->bts", h, self.key(states))
        share = scores.masked_fill(~seen[:, None, :], float("-inf")).softmax(dim=2)
        return torch.tanh(self.mix(torch.cat([torch.bmm(share, states), h], dim=2))), share


class Writer(nn.Module):
    def __init__(self, vocab, width):
        super().__init__()
        self.embedding = nn.Embedding(vocab, width, padding_idx=0)
        self.rnn = nn.GRU(width, width, batch_first=True)
        self.attention = Luong(width)
        self.out = nn.Linear(width, vocab)

    def forward(self, written, states, first, seen):
        y, share = self.attention(self.rnn(self.embedding(written), first)[0], states, seen)
        return self.out(y), share


class Seq2Seq(nn.Module):
    def __init__(self, vocab, width):
        super().__init__()
        self.encoder, self.decoder = Reader(vocab, width), Writer(vocab, width)

    def forward(self, i):
        logits, share = self.decoder(i["written"], *self.encoder(i["source"]), i["source"] != 0)
        loss = F.cross_entropy(logits.flatten(0, 1), i["next"].flatten(), ignore_index=0)
        return {"logits": logits, "share": share}, loss


class Places(nn.Module):
    def __init__(self, count, width):
        super().__init__()
        self.embedding = nn.Embedding(count, width, padding_idx=0)

    def forward(self, ids):
        x = self.embedding(ids)
        _, steps, width = x.shape
        places = torch.tensor([
            [wave(place / 10000 ** (n / width)) for n in range(0, width, 2) for wave in (math.sin, math.cos)]
            for place in range(steps)])
        return x * math.sqrt(width) + places


class Translation(nn.Module):
    def __init__(self, source_words, target_words, width, heads, depth, hidden):
        super().__init__()
        self.transformer = nn.Transformer(width, heads, depth, depth, hidden, 0.0, batch_first=True)
        self.generator = nn.Linear(width, target_words)
        self.source_words, self.target_words = Places(source_words, width), Places(target_words, width)

    def forward(self, i):
        source, written = i["source"], i["written"]
        later = torch.ones(written.shape[1], written.shape[1]).triu(1).bool()
        y = self.transformer(
            self.source_words(source), self.target_words(written), tgt_mask=later, src_key_padding_mask=source == 0,
            tgt_key_padding_mask=written == 0, memory_key_padding_mask=source == 0)
        logits = self.generator(y)
        return {"logits": logits}, F.cross_entropy(
            logits.flatten(0, 1), i["next"].flatten(), ignore_index=0, label_smoothing=0.1)


class Causal(nn.Module):
    def __init__(self, width, out, dilation=1):
        super().__init__()
        self.conv = nn.Conv1d(width, out, 2, dilation=dilation, padding=dilation)

    def forward(self, x):
        return self.conv(x)[..., :x.shape[-1]]


class WaveLayer(nn.Module):
    def __init__(self, width, skip, dilation, last):
        super().__init__()
        self.filter, self.gate = Causal(width, width, dilation), Causal(width, width, dilation)
        self.skip = nn.Conv1d(width, skip, 1)
        if not last:
            self.residual = nn.Conv1d(width, width, 1)


class WaveNet(nn.Module):
    def __init__(self, levels, width, skip, depth, stacks):
        super().__init__()
        self.embedding = nn.Embedding(levels, width)
        self.start = Causal(width, width)
        dilations = [2 ** n for _ in range(stacks) for n in range(depth)]
        self.layers = nn.ModuleList(
            WaveLayer(width, skip, dilation, n == len(dilations) - 1) for n, dilation in enumerate(dilations))
        self.end = nn.Sequential(nn.ReLU(), nn.Conv1d(skip, skip, 1), nn.ReLU(), nn.Conv1d(skip, levels, 1))

    def forward(self, i):
        x, found = self.start(self.embedding(i["samples"]).permute(0, 2, 1)), []
        for layer in self.layers:
            h = layer.filter(x).tanh() * layer.gate(x).sigmoid()
            found.append(layer.skip(h))
            if hasattr(layer, "residual"):
                x = x + layer.residual(h)
        logits = self.end(torch.stack(found).sum(0))
        return {"logits": logits}, F.cross_entropy(logits, i["next"])


class TcnBlock(nn.Module):
    def __init__(self, width, out, kernel, dilation):
        super().__init__()
        self.conv1 = nn.Conv1d(width, out, kernel, padding=(kernel - 1) * dilation, dilation=dilation)
        self.conv2 = nn.Conv1d(out, out, kernel, padding=(kernel - 1) * dilation, dilation=dilation)
        self.downsample = nn.Conv1d(width, out, 1) if width != out else nn.Identity()

    def forward(self, x):
        steps = x.shape[-1]
        h = F.relu(self.conv1(x)[..., :steps])
        return F.relu(F.relu(self.conv2(h)[..., :steps]) + self.downsample(x))


class Tcn(nn.Module):
    def __init__(self, series, widths, kernel, out):
        super().__init__()
        self.network = nn.Sequential(*(
            TcnBlock(i, o, kernel, 2 ** n) for n, (i, o) in enumerate(zip([series, *widths], widths))))
        self.head = nn.Conv1d(widths[-1], out, 1)

    def forward(self, i):
        y = self.head(self.network(i["x"]))
        return {"y": y}, F.mse_loss(y, i["goal"])


def shortened(ids):
    return ids * padded([ids.shape[1], 3, 4], ids.shape[1])


def cases():
    small = dict(vocab=20, width=6, depth=2)
    text = {"tokens": words(20, 3, 7)}
    for inputs in (text, {**text, "state.0": normal(2, 3, 6), "state.1": normal(2, 3, 6)}):
        yield Case("text/lstm_language_model", lambda: LanguageModel(**small), inputs, {"next": words(20, 3, 7)},
                   sizes(**small, drop=0))
    shape = dict(source_words=20, target_words=17, width=8, heads=2, depth=2, hidden=12)
    pair = {"source": 1 + words(15, 3, 7), "written": 1 + words(15, 3, 5)}
    following = {"next": 1 + words(15, 3, 5)}
    for inputs, targets in ((pair, following), ({key: shortened(value) for key, value in pair.items()},
                                               {key: shortened(value) for key, value in following.items()})):
        yield Case("text/seq2seq", lambda: Seq2Seq(20, 6), inputs, targets, sizes(vocab=20, width=6))
        yield Case("text/translation", lambda: Translation(**shape), inputs, targets, sizes(**shape, drop=0))
    wave = dict(levels=10, width=4, skip=6, depth=3, stacks=2)
    yield Case("audio/wavenet", lambda: WaveNet(**wave), {"samples": words(10, 3, 20)}, {"next": words(10, 3, 20)},
               sizes(**wave))
    series = dict(series=3, widths=[5, 5, 6], kernel=3, out=2)
    yield Case("audio/tcn", lambda: Tcn(**series), {"x": normal(3, 3, 15)}, {"goal": normal(3, 2, 15)},
               sizes(**series, drop=0))

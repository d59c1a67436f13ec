"""`scan` against a plain loop: outputs, gradients, names, and statistics that move at every step."""

import pathlib

import torch
from torch import nn
from torch.nn import functional as F

from zoo.case import Case, normal

PUBLISHED = {}
FOLDER = pathlib.Path(__file__).resolve().parent / "scan"


class Step(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.cell = nn.LSTMCell(4, width)
        self.mix = nn.Linear(2 * width, width)
        self.norm = nn.BatchNorm1d(width)

    def forward(self, x, state, memory):
        h, c = self.cell(x, state)
        share = torch.einsum("bd,bsd->bs", h, memory).softmax(dim=1)
        seen = torch.einsum("bs,bsd->bd", share, memory)
        return self.norm(self.mix(torch.cat([h, seen], dim=1))), (h, c)


class Attending(nn.Module):
    def __init__(self):
        super().__init__()
        self.step, self.out = Step(6), nn.Linear(6, 6)

    def forward(self, i):
        x, ys = i["x"], []
        state = (torch.zeros(x.shape[0], 6), torch.zeros(x.shape[0], 6))
        for t in range(x.shape[1]):
            y, state = self.step(x[:, t], state, i["memory"])
            ys.append(y)
        logits = self.out(torch.stack(ys, dim=1))
        return {"logits": logits, "last": state[0]}, F.mse_loss(logits, i["wanted"])


class Row(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(5, 1)

    def forward(self, row, rest, state):
        faded = []
        for n in range(row.shape[-1]):
            faded.append(row[..., n] * rest)
            rest = 0.5 * rest + row[..., n]
        faded = torch.stack(faded, dim=-1)
        return faded, rest, torch.tanh(self.fc(faded)[:, 0] + rest) + state


class Nested(nn.Module):
    def __init__(self):
        super().__init__()
        self.start = nn.Parameter(torch.tensor([0.3]))
        self.row = Row()

    def forward(self, i):
        state, all_faded, all_rest = self.start.expand(i["x"].shape[1]), [], []
        for row, gate in zip(i["x"], i["gate"]):
            faded, rest, state = self.row(row, gate, state)
            all_faded.append(faded)
            all_rest.append(rest)
        faded = torch.stack(all_faded)
        loss = F.mse_loss(faded, i["wanted"]) + state.sum()
        return {"faded": faded, "rest": torch.stack(all_rest), "last": state}, loss


def cases():
    for steps in (1, 7):
        yield Case(str(FOLDER / "attending"), Attending, {"x": normal(3, steps, 4), "memory": normal(3, 5, 6)},
                   {"wanted": normal(3, steps, 6)}, ("--set", "width=6"))
    yield Case(str(FOLDER / "nested"), Nested, {"x": normal(4, 3, 5), "gate": normal(4, 3)}, {"wanted": normal(4, 3, 5)},
               ("--set", "first=0.3"))

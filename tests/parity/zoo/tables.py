"""DLRM, wide & deep, MMoE, a mixture of experts, deep sets, PointNet, a graph network, actor-critic."""

import torch
from torch import nn
from torch.nn import functional as F

from zoo.case import Case, normal, padded, sizes, words
from zoo.encoders import Space

PUBLISHED = {}


def mlp(*widths, last=False):
    """Linear layers with a ReLU behind each, the last only where asked."""
    layers = []
    for i, o in zip(widths, widths[1:]):
        layers += [nn.Linear(i, o), nn.ReLU()]
    return nn.Sequential(*(layers if last else layers[:-1]))


class Dlrm(nn.Module):
    def __init__(self, numbers, rows, width, bottom, top):
        super().__init__()
        self.emb_l = nn.ModuleList(nn.Embedding(n, width) for n in rows)
        self.bot_l = mlp(numbers, *bottom, width, last=True)
        count = len(rows) + 1
        self.top_l = mlp(width + count * (count - 1) // 2, *top, 1)

    def forward(self, i):
        x = self.bot_l(i["dense"])
        vectors = [x, *(table(column) for table, column in zip(self.emb_l, i["sparse"].T))]
        pairs = [(vectors[a] * vectors[b]).sum(1) for a in range(len(vectors)) for b in range(a)]
        logit = self.top_l(torch.cat([x, torch.stack(pairs, dim=1)], dim=1))[:, 0]
        return {"logit": logit}, F.binary_cross_entropy_with_logits(logit, i["click"])


class WideAndDeep(nn.Module):
    def __init__(self, numbers, rows, width, hidden):
        super().__init__()
        self.wide = Space(tables=nn.ModuleList(nn.Embedding(n, 1) for n in rows), linear=nn.Linear(numbers, 1))
        layers, wide = [], numbers + len(rows) * width
        for n in hidden:
            layers += [nn.Linear(wide, n), nn.ReLU(), nn.Dropout(0.0)]
            wide = n
        self.deep = Space(
            tables=nn.ModuleList(nn.Embedding(n, width) for n in rows),
            layers=nn.Sequential(*layers, nn.Linear(wide, 1)))

    def forward(self, i):
        columns = i["sparse"].T
        vectors = torch.cat([i["dense"], *(table(c) for table, c in zip(self.deep.tables, columns))], dim=1)
        logit = self.wide.linear(i["dense"]) + self.deep.layers(vectors)
        for table, column in zip(self.wide.tables, columns):
            logit = logit + table(column)
        return {"logit": logit[:, 0]}, F.binary_cross_entropy_with_logits(logit[:, 0], i["label"])


class Mmoe(nn.Module):
    def __init__(self, features, experts, expert, tower, tasks):
        super().__init__()
        self.tasks = tasks
        self.experts = nn.ModuleList(mlp(features, *expert, last=True) for _ in range(experts))
        self.gates = nn.ModuleList(nn.Linear(features, experts, bias=False) for _ in tasks)
        self.towers = nn.ModuleList(mlp(expert[-1], tower, 1) for _ in tasks)

    def forward(self, i):
        found, logits, loss = [expert(i["x"]) for expert in self.experts], {}, 0
        for task, gate, tower in zip(self.tasks, self.gates, self.towers):
            shares = gate(i["x"]).softmax(1)
            mixed = sum(share[:, None] * one for share, one in zip(shares.T, found))
            logits[task] = tower(mixed)[:, 0]
            loss = loss + F.binary_cross_entropy_with_logits(logits[task], i[task])
        return logits, loss


class MixtureOfExperts(nn.Module):
    def __init__(self, features, classes, count, used, hidden):
        super().__init__()
        self.used = used
        self.gate = nn.Linear(features, count, bias=False)
        self.experts = nn.ModuleList(
            nn.Sequential(nn.Linear(features, hidden), nn.GELU(), nn.Linear(hidden, classes)) for _ in range(count))

    def forward(self, i):
        shares = self.gate(i["x"]).softmax(1)
        best, which = shares.topk(self.used)
        weights = torch.zeros_like(shares).scatter(1, which, best / best.sum(1, keepdim=True))
        logits = torch.stack([
            sum(weights[row, n] * self.experts[n](x) for n in which[row].tolist()) for row, x in enumerate(i["x"])])
        load = torch.bincount(which.flatten(), minlength=shares.shape[1]) / which.numel()
        balance = 0.01 * shares.shape[1] * (load * shares.mean(0)).sum()
        return {"logits": logits, "weights": weights}, F.cross_entropy(logits, i["label"]) + balance


class DeepSets(nn.Module):
    def __init__(self, features, hidden, out):
        super().__init__()
        self.phi, self.rho = mlp(features, hidden, hidden), mlp(hidden, hidden, out)

    def forward(self, i):
        present = i.get("present", torch.ones(i["x"].shape[:2]).bool())
        y = self.rho(torch.stack([self.phi(one[here]).sum(0) for one, here in zip(i["x"], present)]))
        return {"y": y}, F.mse_loss(y, i["goal"])


class Turn(nn.Module):
    def __init__(self, size, widths, hidden):
        super().__init__()
        self.size = size
        a, b, c = widths
        self.conv1, self.conv2, self.conv3 = nn.Conv1d(size, a, 1), nn.Conv1d(a, b, 1), nn.Conv1d(b, c, 1)
        self.fc1, self.fc2 = nn.Linear(c, hidden[0]), nn.Linear(*hidden)
        self.fc3 = nn.Linear(hidden[1], size ** 2)
        for n, width in enumerate([*widths, *hidden], 1):
            setattr(self, f"bn{n}", nn.BatchNorm1d(width))

    def forward(self, x):
        for n in (1, 2, 3):
            x = F.relu(getattr(self, f"bn{n}")(getattr(self, f"conv{n}")(x)))
        x = x.max(2)[0]
        for n in (1, 2):
            x = F.relu(getattr(self, f"bn{n + 3}")(getattr(self, f"fc{n}")(x)))
        return self.fc3(x).view(-1, self.size, self.size) + torch.eye(self.size)


class PointNet(nn.Module):
    def __init__(self, classes, widths, hidden):
        super().__init__()
        a, b, c = widths
        self.feat = Space(
            stn=Turn(3, widths, hidden), conv1=nn.Conv1d(3, a, 1), conv2=nn.Conv1d(a, b, 1), conv3=nn.Conv1d(b, c, 1),
            bn1=nn.BatchNorm1d(a), bn2=nn.BatchNorm1d(b), bn3=nn.BatchNorm1d(c), fstn=Turn(a, widths, hidden))
        self.fc1, self.fc2, self.fc3 = nn.Linear(c, hidden[0]), nn.Linear(*hidden), nn.Linear(hidden[1], classes)
        self.bn1, self.bn2 = (nn.BatchNorm1d(width) for width in hidden)

    def forward(self, i):
        f = self.feat
        x = torch.bmm(i["points"].transpose(2, 1), f.stn(i["points"])).transpose(2, 1)
        x = F.relu(f.bn1(f.conv1(x)))
        turn = f.fstn(x)
        x = F.relu(f.bn2(f.conv2(torch.bmm(x.transpose(2, 1), turn).transpose(2, 1))))
        x = f.bn3(f.conv3(x)).max(2)[0]
        logits = self.fc3(F.relu(self.bn2(self.fc2(F.relu(self.bn1(self.fc1(x)))))))
        rest = torch.bmm(turn, turn.transpose(2, 1)) - torch.eye(turn.shape[1])
        return {"logits": logits}, F.cross_entropy(logits, i["label"]) + 0.001 * rest.norm(dim=(1, 2)).mean()


class GraphLayer(nn.Module):
    def __init__(self, width, attributes):
        super().__init__()
        self.message, self.update = mlp(2 * width + attributes, width, width), mlp(2 * width, width, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, x, edges, attributes):
        sent = self.message(torch.cat([x[edges[0]], x[edges[1]], attributes], dim=1))
        return self.norm(x + self.update(torch.cat([x, torch.zeros_like(x).index_add(0, edges[1], sent)], dim=1)))


class GraphNetwork(nn.Module):
    def __init__(self, features, attributes, hidden, depth, classes):
        super().__init__()
        self.encode = nn.Linear(features, hidden)
        self.layers = nn.ModuleList(GraphLayer(hidden, attributes) for _ in range(depth))
        self.classify = nn.Linear(hidden, classes)

    def forward(self, i):
        x = F.relu(self.encode(i["nodes"]))
        for layer in self.layers:
            x = layer(x, i["edges"], i["kinds"])
        logits = self.classify(x)
        return {"logits": logits}, F.cross_entropy(logits, i["label"])


class ActorCritic(nn.Module):
    def __init__(self, observed, actions, hidden):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(observed, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh())
        self.policy, self.value = nn.Linear(hidden, actions), nn.Linear(hidden, 1)

    def forward(self, i):
        h = self.trunk(i["state"])
        policy, value = torch.distributions.Categorical(logits=self.policy(h)), self.value(h)[:, 0]
        loss = -(policy.log_prob(i["action"]) * (i["gain"] - value).detach()).mean()
        loss = loss + 0.5 * F.mse_loss(value, i["gain"]) - 0.01 * policy.entropy().mean()
        return {"logits": self.policy(h), "value": value}, loss


def cases():
    dlrm = dict(numbers=3, rows=[5, 6, 7], width=4, bottom=[6], top=[8, 5])
    mixed = {"dense": normal(6, 3), "sparse": words(5, 6, 3)}
    yield Case("tables/dlrm", lambda: Dlrm(**dlrm), mixed, {"click": words(2, 6).float()}, sizes(**dlrm))
    wide = dict(numbers=3, rows=[5, 6, 7], width=4, hidden=[8, 5])
    yield Case("tables/wide_and_deep", lambda: WideAndDeep(**wide), mixed, {"label": words(2, 6).float()},
               sizes(**wide, drop=0))
    mmoe = dict(features=5, experts=3, expert=[6, 4], tower=3)
    yield Case("tables/mmoe", lambda: Mmoe(**mmoe, tasks=["click", "buy"]), {"x": normal(6, 5)},
               {"click": words(2, 6).float(), "buy": words(2, 6).float()}, sizes(**mmoe))
    experts = dict(features=6, classes=3, count=4, used=2, hidden=5)
    yield Case("tables/mixture_of_experts", lambda: MixtureOfExperts(**experts), {"x": normal(6, 6)},
               {"label": words(3, 6)}, sizes(**experts))
    members = dict(features=3, hidden=5, out=2)
    for given in ({}, {"present": padded([7, 3, 5], 7)}):
        yield Case("sets/deep_sets", lambda: DeepSets(**members), {"x": normal(3, 7, 3), **given},
                   {"goal": normal(3, 2)}, sizes(**members))
    points = dict(classes=4, widths=[6, 7, 8], hidden=[9, 5])
    yield Case("sets/pointnet", lambda: PointNet(**points), {"points": normal(6, 3, 10)}, {"label": words(4, 6)},
               sizes(**points, drop=0))
    graph = dict(hidden=6, depth=2, classes=4)
    yield Case("sets/graph_network", lambda: GraphNetwork(5, 3, **graph),
               {"nodes": normal(8, 5), "edges": words(8, 2, 15), "kinds": normal(15, 3)}, {"label": words(4, 8)},
               sizes(**graph, features=5, attributes=3))
    acts = dict(observed=5, actions=3, hidden=6)
    yield Case("control/actor_critic", lambda: ActorCritic(**acts), {"state": normal(6, 5)},
               {"action": words(3, 6), "gain": normal(6)}, sizes(**acts))

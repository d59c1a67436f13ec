"""One row of the table: a description with options, the module it must equal, and what both are fed."""

import dataclasses
from typing import Callable

import torch


@dataclasses.dataclass
class Case:
    file: str                                 # below models/, without suffix
    make: Callable[[], torch.nn.Module]       # takes inputs and targets by name and gives (outputs by name, loss)
    inputs: dict
    targets: dict
    options: tuple = ()


def sizes(**values):
    """`--set` options, dropout off: the two programs draw differently."""
    return tuple(word for name, value in values.items() for word in ("--set", f"{name}={value}"))


def normal(*shape):
    return torch.randn(*shape)


def words(high, *shape):
    return torch.randint(0, high, shape)


def padded(lengths, most):
    """True where a row of that length has a token."""
    return torch.arange(most)[None, :] < torch.tensor(lengths)[:, None]

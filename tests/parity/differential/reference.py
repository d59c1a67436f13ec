"""What PyTorch makes of a call: whether it takes it, and what comes out in both modes."""

import dataclasses
import warnings

import torch

from case import DTYPES, KINDS, UNLEARNED, parts_of, redraw


@dataclasses.dataclass
class Verdict:
    accepted: bool
    why: str = ""  # the refusal, or what PyTorch warns of
    drawn: bool = False  # its results are random
    evaluated: object = None
    trained: object = None
    gradients: dict = dataclasses.field(default_factory=dict)
    state: dict = None  # of the module: what it was run with
    buffers: dict = None  # and what training moved
    tensors: dict = None  # the operands
    learned: list = dataclasses.field(default_factory=list)  # paths of results with a gradient


TAME = (None, (0.5, 0), (0.5, 1))  # as drawn, or every float and every integer the same: in every table and domain


def operands(call, tame, learned):
    """Drawn by kind."""
    generator = torch.Generator().manual_seed(call.number)
    tensors = {}
    for letter, operand in call.operands.items():
        dtype, draw = KINDS[operand.kind]
        value = draw(operand.shape, generator)
        if tame:
            value = torch.full_like(value, tame[0] if value.is_floating_point() else tame[1])
        value = value.to(DTYPES[dtype])
        operand.learned = operand.learned and learned and operand.kind not in UNLEARNED
        tensors[letter] = value.requires_grad_(operand.learned)
    return tensors


def is_result(value):
    """Tensors, and tuples and lists of them."""
    if isinstance(value, (tuple, list)):
        return all(part is None or is_result(part) for part in value)
    return isinstance(value, torch.Tensor)


def add_gradients(parts, verdict, learned):
    """Of the sum of squares of every floating result that has one (`//` has none, nor has what fails only there)."""
    for path, part in parts.items():
        if not part.is_floating_point() or not part.requires_grad:
            continue
        try:
            part.float().square().sum().backward(retain_graph=True)
            verdict.learned.append(path)
        except RuntimeError as fault:
            if "not implemented" not in str(fault):
                verdict.learned = []
                return
    verdict.gradients = {key: tensor.grad.to_dense() for key, tensor in learned.items() if tensor.grad is not None}


def same(first, second):
    """Equal bit for bit, but that no number is one."""
    def plain(part):
        return (torch.view_as_real(part.resolve_conj()) if part.is_complex() else part).nan_to_num()
    return first.keys() == second.keys() and all(
        first[path].shape == second[path].shape and torch.equal(plain(first[path]), plain(second[path])) for path in first)


def run(call, tame, learned):
    verdict = Verdict(True, tensors=operands(call, tame, learned))
    module = None
    if call.operator.is_module:
        module = call.build()
        redraw(module)
        verdict.state = {key: value.detach().clone() for key, value in module.state_dict().items()}
        module.eval()
    torch.manual_seed(1)
    verdict.evaluated = call.result(verdict.tensors, module, False)
    if not is_result(verdict.evaluated):
        raise TypeError(f"gives a {type(verdict.evaluated).__name__}, no tensor")
    torch.manual_seed(2)
    again = call.result(verdict.tensors, module, False)
    if module is not None:
        module.train()
    torch.manual_seed(3)
    before = torch.get_rng_state()
    verdict.trained = call.result(verdict.tensors, module, True)
    draws = not torch.equal(torch.get_rng_state(), before)
    trained = parts_of(verdict.trained)
    if module is not None:
        verdict.buffers = {key: value.detach().clone() for key, value in module.named_buffers()}
    add_gradients(trained, verdict, {**verdict.tensors, **dict(module.named_parameters() if module is not None else {})})
    if module is not None:
        module.load_state_dict(verdict.state)
    torch.manual_seed(4)
    verdict.drawn = draws or not same(parts_of(verdict.evaluated), parts_of(again)) or not same(
        trained, parts_of(call.result(verdict.tensors, module, True)))
    return verdict


def judge(call):
    """What PyTorch refuses for its values is drawn tamer, since a type has no values; what it refuses to learn is not learned."""
    refused = None
    for tame, learned in ((tame, learned) for learned in (True, False) for tame in TAME):
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            try:
                verdict = run(call, tame, learned)
            except Exception as fault:  # whatever PyTorch and its Python side raise is a refusal
                refused = refused or Verdict(False, f"{type(fault).__name__}: {fault}", tensors=operands(call, tame, learned))
                if not isinstance(fault, (RuntimeError, IndexError)):
                    return refused
                continue
        verdict.why = " ".join(dict.fromkeys(str(warning.message) for warning in warned))
        return verdict
    return refused

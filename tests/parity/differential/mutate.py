"""Alterations of what PyTorch said, for the test of the test: each of one call, which must be found as the named kind."""

import dataclasses

import torch


def floating(value):
    return isinstance(value, torch.Tensor) and value.is_floating_point() and value.numel() > 0 and bool(value.isfinite().all())


def moved(value):
    return value.detach() + 0.01 * value.detach().abs().max().clamp(min=1)


def legal(call, verdict):
    return verdict.accepted and not verdict.drawn


def has_result(call, verdict):
    return legal(call, verdict) and floating(verdict.evaluated)


def has_state(call, verdict):
    return legal(call, verdict) and any(floating(part) for part in (verdict.state or {}).values())


def accept(call, verdict):
    zeros = torch.zeros(3)
    return dataclasses.replace(verdict, accepted=True, evaluated=zeros, trained=zeros, gradients={}, why="altered")


def first_gradient(call, verdict):
    key = next(key for key, part in verdict.gradients.items() if floating(part))
    return dataclasses.replace(verdict, gradients={**verdict.gradients, key: moved(verdict.gradients[key])})


def built(call, verdict, alter):
    """The module that is built is another."""
    build = call.build

    def altered():
        module = build()
        alter(module)
        return module
    call.build = altered
    return verdict


def other_value(module):
    next(part for part in module.state_dict().values() if floating(part)).add_(0.01)


def other_key(module):
    module.register_buffer("altered", torch.zeros(1))


# What each is to be found as, of which calls it can be made, and the verdict that it makes;
# the rarest first.
CHANGES = {
    "key": ("initial", has_state, lambda call, verdict: built(call, verdict, other_key)),
    "initial": ("initial", has_state, lambda call, verdict: built(call, verdict, other_value)),
    "gradient": ("gradient", lambda call, verdict: legal(call, verdict) and any(map(floating, verdict.gradients.values())), first_gradient),
    "trained": ("value in training", has_result, lambda call, verdict: dataclasses.replace(verdict, trained=moved(verdict.trained))),
    "value": ("value", has_result, lambda call, verdict: dataclasses.replace(verdict, evaluated=moved(verdict.evaluated))),
    "shape": ("type", has_result, lambda call, verdict: dataclasses.replace(verdict, evaluated=verdict.evaluated.detach()[None])),
    "dtype": ("type", has_result, lambda call, verdict: dataclasses.replace(verdict, evaluated=verdict.evaluated.detach().half())),
    "accepted": ("refuses", lambda call, verdict: not verdict.accepted and "not implemented" not in verdict.why, accept),
    "refused": ("accepts", legal, lambda call, verdict: dataclasses.replace(verdict, accepted=False, why="altered")),
}


def alter(calls, verdicts, avoided=()):
    """Each change at a call of its own; what is to be found, by number, and the verdicts then."""
    expected, verdicts = {}, dict(verdicts)
    for name, (kind, fits, change) in CHANGES.items():
        call = next((call for call in calls if call.number not in expected and call.number not in avoided and
                     fits(call, verdicts[call.number])), None)
        if call is None:
            raise LookupError(f"no call for `{name}`; draw more")
        verdicts[call.number] = change(call, verdicts[call.number])
        expected[call.number] = kind
    return expected, verdicts

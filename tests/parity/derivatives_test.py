"""Every rule of a derivative (compiler/ops/derivatives_*.cpp) against LibTorch's autograd: `modelc_gradients` runs one
step both ways and fails where a gradient differs. A case is a call and the types of what stands in it, all trainable."""

import argparse
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TWO = "float[3, 4]"
PAIR = "float[3, 4], float[3, 4]"
STRETCHED = "float[2, 1, 3], float[4, 1]"

CASES = {
    "add": [("add(x, y, alpha=2)", "float[2, 3], float[3]"), ("x + y", STRETCHED), ("1 + x", TWO)],
    "sub": [("3 - x", TWO), ("sub(x, y, alpha=0.5)", "float[3], float[2, 3]")],
    "rsub": [("rsub(x, y)", PAIR), ("rsub(x, 2, alpha=3)", TWO)],
    "mul": [("x * y", STRETCHED), ("3 * x", TWO)],
    "div": [("x / (y * y + 1)", "float[2, 3], float[3]"), ("2 / (x * x + 1)", TWO)],
    "true_divide": [("true_divide(x, y * y + 1)", PAIR)],
    "pow": [("x ** 3", TWO), ("x ** 2", TWO), ("x ** 0", TWO), ("(x * x + 1) ** y", "float[2, 3], float[3]"), ("2 ** x", TWO)],
    "maximum": [("maximum(x, y)", PAIR)],
    "minimum": [("minimum(x, y)", PAIR)],
    "where": [("where(x > 0, x, y)", "float[3, 4], float[4]"), ("where(x > 0, 1.0, x)", TWO)],
    "masked_fill": [("masked_fill(x, x > 0, 2)", TWO)],
    "clamp": [("clamp(x, -0.5, 0.5)", TWO), ("clamp(x, min=0)", TWO)],
    "clip": [("clip(x, max=0.2)", TWO)],
    "addcmul": [("addcmul(x, y, z, value=0.5)", "float[3, 4], float[3, 4], float[4]")],
    "lerp": [("lerp(x, y, 0.3)", PAIR), ("lerp(x, y, z)", "float[3, 4], float[3, 4], float[3, 4]")],
    "log": [("log(x * x + 1)", TWO)],
    "log2": [("log2(x * x + 1)", TWO)],
    "log10": [("log10(x * x + 1)", TWO)],
    "log1p": [("log1p(x * x)", TWO)],
    "sqrt": [("sqrt(x * x + 1)", TWO)],
    "rsqrt": [("rsqrt(x * x + 1)", TWO)],
    "reciprocal": [("reciprocal(x * x + 1)", TWO)],
    "asin": [("asin(tanh(x) * 0.9)", TWO)],
    "acos": [("acos(tanh(x) * 0.9)", TWO)],
    "atanh": [("atanh(tanh(x) * 0.9)", TWO)],
    "acosh": [("acosh(x * x + 1.5)", TWO)],
    "lgamma": [("lgamma(x * x + 0.5)", TWO)],
    "hardtanh": [("hardtanh(x, -0.5, 0.7)", TWO)],
    "leaky_relu": [("leaky_relu(x, 0.2)", TWO)],
    "elu": [("elu(x, alpha=1.5)", TWO)],
    "celu": [("celu(x, alpha=1.5)", TWO)],
    "softplus": [("softplus(x, beta=2, threshold=1)", TWO)],
    "hardswish": [("hardswish(x * 3)", TWO)],
    "hardsigmoid": [("hardsigmoid(x * 3)", TWO)],
    "threshold": [("threshold(x, 0.1, 0.5)", TWO)],
    "gelu": [("gelu(x)", TWO), ('gelu(x, approximate="tanh")', TWO)],
    "glu": [("glu(x)", TWO), ("glu(x, dim=0)", "float[4, 3]")],
    "prelu": [("prelu(x, y)", "float[2, 3, 4], float[3]"), ("prelu(x, y)", "float[2, 3], float[1]"), ("prelu(x, y)", "float[2, 3], float[3]")],
    "softmax": [("softmax(x, dim=1)", TWO), ("softmax(x)", "float[2, 3, 4]")],
    "softmin": [("softmin(x, dim=0)", TWO)],
    "log_softmax": [("log_softmax(x, dim=-1)", "float[2, 3, 4]")],
    "linear": [("linear(x, y, z)", "float[4, 6], float[5, 6], float[5]"), ("linear(x, y)", "float[2, 3, 6], float[5, 6]"), ("linear(x, y)", "float[6], float[5, 6]")],
    "matmul": [("x @ y", "float[6], float[6]"), ("x @ y", "float[3, 6], float[6]"), ("x @ y", "float[6], float[6, 2]"), ("x @ y", "float[2, 3, 6], float[6, 4]"),
               ("x @ y", "float[2, 3, 6], float[1, 6, 4]"), ("x @ y", "float[3, 6], float[2, 6, 4]"), ("x @ y", "float[2, 3, 6], float[6]"), ("x @ y", "float[6], float[2, 6, 3]")],
    "mm": [("mm(x, y)", "float[3, 6], float[6, 2]")],
    "bmm": [("bmm(x, y)", "float[2, 3, 6], float[2, 6, 2]")],
    "dot": [("dot(x, y)", "float[6], float[6]")],
    "outer": [("outer(x, y)", "float[3], float[4]")],
    "addmm": [("addmm(x, y, z, beta=0.5, alpha=2)", "float[5], float[3, 4], float[4, 5]")],
    "baddbmm": [("baddbmm(x, y, z, beta=0.5, alpha=2)", "float[2, 3, 5], float[2, 3, 4], float[2, 4, 5]")],
    "embedding": [("embedding(argmax(x, 1), y, padding_idx=1)", "float[4, 5], float[5, 6]"), ("embedding(argmax(x, 1), y)", "float[4, 5], float[5, 6]")],
    "scaled_dot_product_attention": [
        ("scaled_dot_product_attention(x, y, z, is_causal=true)", "float[2, 2, 4, 4], float[2, 2, 4, 4], float[2, 2, 4, 4]"),
        ("scaled_dot_product_attention(x, y, z, scale=0.3)", "float[2, 2, 3, 4], float[2, 2, 5, 4], float[2, 2, 5, 6]"),
        ("scaled_dot_product_attention(x, y, z, attn_mask=(x @ transpose(y, -2, -1)) > 0)", "float[1, 3, 4], float[1, 5, 4], float[1, 5, 6]")],
    "expand": [("expand(x, [2, 3, 4])", "float[3, 1]")],
    "expand_as": [("expand_as(x, y)", "float[3, 1], float[3, 4]")],
    "narrow": [("narrow(x, 1, 1, 2)", TWO), ("narrow(x, 0, 0, 2)", TWO)],
    "select": [("select(x, 1, -1)", TWO)],
    "_index": [("x[:, -1]", TWO), ("x[..., None, 1:3]", TWO), ("x[0]", TWO), ("x[::2, 1:]", TWO)],
    "_rearrange": [('rearrange(x, "b (h d) t -> b h t d", h=2)', "float[2, 6, 4]"), ('rearrange(x, "b ... -> ... b")', "float[2, 6, 4]")],
    "cat": [("cat([x, y, x], dim=1)", "float[3, 4], float[3, 2]"), ("concat([x, y])", PAIR)],
    "concat": [("concat([x, y], dim=-1)", PAIR)],
    "stack": [("stack([x, y], dim=1)", PAIR)],
    "chunk": [("chunk(x, 2, dim=1)[0]", TWO)],
    "split": [("split(x, [1, 3], dim=1)[1]", TWO)],
    "unbind": [("unbind(x, 1)[2]", TWO)],
    "pad": [("pad(x, [1, 2])", TWO), ("pad(x, [1, -1, 0, 1], value=2)", TWO)],
    "roll": [("roll(x, 1, dims=1)", TWO), ("roll(x, [1, 2], dims=[0, 1])", TWO)],
    "flip": [("flip(x, [0])", TWO)],
    "tril": [("tril(x, diagonal=1)", TWO)],
    "triu": [("triu(x)", TWO)],
    "repeat": [("x.repeat(2, 1, 3)", TWO)],
    "repeat_interleave": [("repeat_interleave(x, 3, dim=1)", TWO)],
    "gather": [("gather(x, 1, argmax(y, 1, keepdim=true))", PAIR)],
    "index_select": [("index_select(x, 1, argmax(y, 1))", PAIR)],
    "sum": [("sum(x, dim=1)", TWO), ("sum(x, dim=[0, 1], keepdim=true)", TWO), ("x.sum()", TWO)],
    "mean": [("mean(x)", TWO), ("mean(x, dim=[0], keepdim=true)", TWO)],
    "amax": [("amax(x, dim=1)", TWO)],
    "amin": [("amin(x, dim=[0, 1])", TWO)],
    "max": [("max(x, dim=1).values", TWO), ("max(x)", TWO)],
    "min": [("min(x, dim=0, keepdim=true).values", TWO), ("min(x)", TWO)],
    "var": [("var(x, dim=[0, 1], keepdim=true)", TWO), ("var(x, dim=1, unbiased=false)", TWO)],
    "std": [("std(x, dim=1)", TWO), ("std(x, unbiased=false)", TWO)],
    "norm": [("norm(x, dim=1)", TWO), ("norm(x)", TWO)],
    "logsumexp": [("logsumexp(x, dim=1)", TWO), ("logsumexp(x, dim=[0, 1], keepdim=true)", TWO)],
    "cumsum": [("cumsum(x, dim=1)", TWO)],
    "mse_loss": [("mse_loss(x, y)", PAIR), ('mse_loss(x, y, reduction="none")', PAIR)],
    "l1_loss": [('l1_loss(x, y, reduction="sum")', PAIR)],
    "smooth_l1_loss": [("smooth_l1_loss(x, y, beta=0.5)", PAIR), ("smooth_l1_loss(x, y, beta=0)", PAIR)],
    "huber_loss": [("huber_loss(x, y, delta=0.5)", PAIR)],
    "binary_cross_entropy": [("binary_cross_entropy(sigmoid(x), detach(sigmoid(y)))", PAIR), ("binary_cross_entropy(sigmoid(x), detach(sigmoid(y)), weight=detach(z))", "float[3, 4], float[3, 4], float[4]")],
    "binary_cross_entropy_with_logits": [("binary_cross_entropy_with_logits(x, detach(sigmoid(y)), pos_weight=detach(z))", "float[3, 4], float[3, 4], float[4]"),
                                         ('binary_cross_entropy_with_logits(x, detach(sigmoid(y)), reduction="sum")', PAIR)],
    "cross_entropy": [("cross_entropy(x, argmax(y, 1))", PAIR), ("cross_entropy(x, argmax(y, 1), label_smoothing=0.1)", PAIR), ('cross_entropy(x, argmax(y, 1), reduction="sum")', "float[4, 5, 3], float[4, 5, 3]"),
                      ("cross_entropy(x, argmax(y, 1), weight=detach(z * z), label_smoothing=0.2)", "float[4, 5], float[4, 5], float[5]"),
                      ("cross_entropy(x, argmax(y, 1), weight=detach(z * z), ignore_index=2)", "float[4, 5], float[4, 5], float[5]"),
                      ("cross_entropy(x, argmax(y, 1), ignore_index=2, label_smoothing=0.2)", "float[6, 5], float[6, 5]")],
    "nll_loss": [("nll_loss(log_softmax(x, 1), argmax(y, 1))", PAIR), ('nll_loss(log_softmax(x, 1), argmax(y, 1), weight=detach(z), reduction="none")', "float[4, 5], float[4, 5], float[5]")],
    "kl_div": [('kl_div(log_softmax(x, 1), detach(softmax(y, 1)), reduction="batchmean")', PAIR), ("kl_div(log_softmax(x, 1), detach(log_softmax(y, 1)), log_target=true)", PAIR)],
    "conv1d": [("conv1d(x, y, z)", "float[2, 3, 8], float[4, 3, 3], float[4]"), ("conv1d(x, y)", "float[3, 8], float[4, 3, 3]")],
    "conv2d": [("conv2d(x, y, z, stride=2, padding=1)", "float[2, 3, 8, 8], float[4, 3, 3, 3], float[4]"), ("conv2d(x, y, groups=2, dilation=2)", "float[2, 4, 8, 8], float[4, 2, 3, 3]")],
    "conv3d": [("conv3d(x, y, z)", "float[2, 3, 4, 4, 4], float[2, 3, 2, 2, 2], float[2]")],
    "conv_transpose1d": [("conv_transpose1d(x, y, z, stride=2)", "float[2, 3, 5], float[3, 4, 3], float[4]")],
    "conv_transpose2d": [("conv_transpose2d(x, y, z, stride=2, output_padding=1)", "float[2, 3, 4, 4], float[3, 4, 3, 3], float[4]")],
    "conv_transpose3d": [("conv_transpose3d(x, y)", "float[1, 2, 3, 3, 3], float[2, 2, 2, 2, 2]")],
    "max_pool2d": [("max_pool2d(x, 2)", "float[2, 3, 8, 8]"), ("max_pool2d(x, 3, stride=2, padding=1)", "float[2, 3, 7, 7]")],
    "avg_pool2d": [("avg_pool2d(x, 3, stride=2, padding=1)", "float[2, 3, 7, 7]"), ("avg_pool2d(x, 2, count_include_pad=false)", "float[2, 3, 8, 8]")],
    "adaptive_avg_pool2d": [("adaptive_avg_pool2d(x, [2, 3])", "float[2, 3, 7, 8]"), ("adaptive_avg_pool2d(x, 1)", "float[2, 3, 4, 4]")],
    "layer_norm": [("layer_norm(x, [6], y, z)", "float[2, 3, 6], float[6], float[6]"), ("layer_norm(x, [3, 6])", "float[2, 3, 6]")],
    "group_norm": [("group_norm(x, 2, y, z)", "float[2, 4, 3], float[4], float[4]")],
    "batch_norm": [("batch_norm(x, null, null, y, z, training=true)", "float[4, 3, 5], float[3], float[3]")],
    "dropout": [("dropout(x, 0.4)", "float[30, 4]")],
    "neg": [("-x", TWO)],
    # What follows from traits.
    "reshape": [("reshape(x, [4, 3])", TWO), ("flatten(x, 1)", "float[2, 3, 4]"), ("unsqueeze(x, 1)", TWO), ("squeeze(x, 1)", "float[3, 1, 4]")],
    "permute": [("permute(x, [2, 0, 1])", "float[2, 3, 4]"), ("transpose(x, 0, 2)", "float[2, 3, 4]"), ("t(x)", TWO), ("movedim(x, 0, 2)", "float[2, 3, 4]")],
    "to": [("x.double().float()", TWO)],
}
IN_A_STEP = 30


def rules(root):
    """The operators that have one."""
    text = "".join(file.read_text() for file in sorted((root / "compiler/ops").glob("derivatives_*.cpp")))
    return set(re.findall(r'\{"(\w+)",\s*(?:of_|scaled|divided|passed_on|negated|flat|degrees|radians)', text)) - {"gradient"}


def description(cases):
    lines = ["modelc: 1", "name: Derivatives", "inputs: {unit: 'float[1]'}", "parameters:"]
    forward = []
    for number, (call, types) in enumerate(cases):
        names = {}
        for letter, sizes in zip("xyz", re.findall(r"float(\[[^\]]*\])", types)):
            names[letter] = f"{letter}{number}"
            lines.append(f"  {names[letter]}: 'float{sizes} = normal(std=1.0)'")
        call = re.sub(r"(?<![\w.\"])([xyz])(?![\w(\"])", lambda m: names.get(m.group(1), m.group(1)), call)
        forward.append(f"  y{number}_: {json.dumps(call)}")
    loss = [f"  t{n}: sum(y{n}_ * y{n}_ * 0.7) + sum(y{n}_) + 0 * sum(unit)" for n in range(len(cases))]
    return "\n".join(lines + ["forward:"] + forward + ["loss:"] + loss) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--gradients", required=True)
    arguments = parser.parse_args()
    faults = []
    known = rules(HERE.parent.parent)
    unary = sorted(known - set(CASES))
    cases = [(f"{name}(x)", TWO) for name in unary] + [case for own in CASES.values() for case in own]
    folder = pathlib.Path(tempfile.mkdtemp())
    header = json.dumps({"unit": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    header += b" " * (-len(header) % 8)
    (folder / "inputs.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + struct.pack("<f", 1.0))
    for start in range(0, len(cases), IN_A_STEP):
        part = cases[start:start + IN_A_STEP]
        file, weights = folder / f"step{start}.yaml", folder / "weights.safetensors"
        file.write_text(description(part))
        for command in ([arguments.program, "build", file, "-o", weights, "--seed", "3"],
                        [arguments.gradients, file, "--weights", weights, "--inputs", folder / "inputs.safetensors", "-o", folder / "out.safetensors"]):
            done = subprocess.run([str(word) for word in command], capture_output=True, text=True, env=dict(os.environ, OMP_NUM_THREADS="1"))
            if done.returncode:
                faults.append(f"{file.name}: {pathlib.Path(command[0]).name} ends with {done.returncode}: {done.stdout}{done.stderr}")
                break
        else:
            if "compiled gradients agree" not in done.stderr:
                faults.append(f"{file.name}: {done.stderr}")
    for fault in faults:
        print(fault)
    print(f"{len(cases)} calls of {len(known)} operators with a rule, {len(faults)} faults")
    return 1 if faults or len(known) < 100 else 0


if __name__ == "__main__":
    sys.exit(main())

"""Published files, with the names that they have on the hub: one line of `weights` loads them, and the outputs are
those of the same model in PyTorch. The files are made here, small, with all that the real ones hold beside the weights.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import torch

import safetensors_io
from zoo import decoders, encoders
from zoo_test import MODELS, redraw


def gpt2(state):
    """Without the head, without its prefix, with the causal masks."""
    masks = {f"h.{n}.attn.bias": torch.ones(1, 1, 12, 12).tril() for n in range(2)}
    return {key.removeprefix("transformer."): value for key, value in state.items() if key != "lm_head.weight"} | masks


def whisper(state):
    inside = {f"model.encoder.{key}": value for key, value in state.items()}
    return inside | {"model.decoder.layer_norm.bias": torch.ones(3)}


def t5(state):
    """With one name for the words' table, and a table of distances between source and target."""
    again = ("embed_tokens.weight", "lm_head.weight")
    once = {key: value for key, value in state.items() if not key.endswith(again)}
    return once | {"decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight": torch.ones(8, 3)}


def bert(state):
    """With the places' numbers, and without the second names of what is shared."""
    once = {key: value for key, value in state.items() if ".decoder." not in key}
    return once | {"bert.embeddings.position_ids": torch.arange(12)[None]}


# The description, its `weights`, what makes the file, and the output that is compared.
ROWS = [
    ("text/gpt2", 'except: "h.*.attn.bias", rename: {"": "transformer."}', gpt2, "logits"),
    ("audio/whisper_encoder", 'only: "model.encoder.*", rename: {"model.encoder.": ""}', whisper, "last_hidden_state"),
    ("text/t5", 'except: "**.EncDecAttention.relative_attention_bias.weight"', t5, "logits"),
    ("text/bert", "except: bert.embeddings.position_ids", bert, "prediction_logits"),
]


def faults_of(program, folder, case, weights, publish, output):
    module = case.make()
    redraw(module)
    module.eval()
    safetensors_io.save(folder / "model.safetensors", publish(module.state_dict()))
    safetensors_io.save(folder / "inputs.safetensors", case.inputs)
    description = folder / "model.yaml"
    description.write_text(f"extends: {MODELS / case.file}.yaml\nweights: {{from: model.safetensors, {weights}}}\n")
    checkpoint, results = folder / "checkpoint.safetensors", folder / "results.safetensors"
    inputs = folder / "inputs.safetensors"
    for command in (["build", description, "-o", checkpoint, *case.options],
                    ["predict", checkpoint, "--weights", checkpoint, "--inputs", inputs, "-o", results]):
        run = subprocess.run([program, *map(str, command)], capture_output=True, text=True)
        if run.returncode != 0:
            return run.stdout + run.stderr
    with torch.no_grad():
        wanted = module({**case.inputs, **case.targets})[0][output]
    difference = (safetensors_io.load(results)[output] - wanted).abs().max().item()
    return "" if difference < 2e-5 else f"{output} differs by {difference:.3g}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    arguments = parser.parse_args()
    torch.manual_seed(20)
    torch.backends.mkldnn.set_flags(False)
    cases = [*encoders.cases(), *decoders.cases()]
    failed = 0
    for file, weights, publish, output in ROWS:
        case = next(case for case in cases if case.file == file)
        with tempfile.TemporaryDirectory() as folder:
            faults = faults_of(arguments.program, pathlib.Path(folder), case, weights, publish, output)
        print(f"{file}: {faults or 'loaded, equal'}")
        failed += bool(faults)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

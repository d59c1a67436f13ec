"""Every metric over a split that is cut into batches, against its definition in plain NumPy: of logits, of probabilities,
of what they say; classes that do not occur, ties, targets that are ignored, one class only, several labels, images,
sequences."""

import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile
from collections import Counter

import numpy

TOLERANCE = 1e-6
ROWS, CLASSES, LABELS = 53, 5, 3


# --- the definitions

def kept(prediction, target):
    """Class numbers side by side, ignored targets left out."""
    target = target.reshape(-1)
    return prediction.reshape(-1)[target >= 0], target[target >= 0]


def hits(prediction, target, of):
    said, true = prediction == of, target == of
    return (said & true).sum(), said.sum(), true.sum(), len(target)


def precision(hit, said, true, total):
    return hit / said if said else 0


def recall(hit, said, true, total):
    return hit / true if true else 0


def f1(hit, said, true, total):
    return 2 * hit / (said + true) if said + true else 0


def iou(hit, said, true, total):
    return hit / max(said + true - hit, 1)


def specificity(hit, said, true, total):
    return (total - true - said + hit) / (total - true) if total > true else 0


def mean_over(score, counts, weights=None):
    """Of classes, or labels, that occur or are predicted."""
    there = [count for count in counts if count[1] + count[2] > 0]
    weights = [count[2] for count in there] if weights else [1] * len(there)
    return sum(w * score(*count) for w, count in zip(weights, there)) / sum(weights)


def averaged(score, prediction, target, average, classes):
    counts = [hits(prediction, target, of) for of in range(classes)]
    if average == "binary":
        return score(*counts[1])
    if average == "micro":
        return score(*(sum(one) for one in zip(*counts)))
    return mean_over(score, counts, average == "weighted")


def balanced(prediction, target):
    return numpy.mean([(prediction[target == of] == of).mean() for of in numpy.unique(target)])


def roc(scores, truth):
    """Of each pair of a hit and a miss: is the hit's score the higher one? Half for a tie."""
    if truth.all() or not truth.any():
        return math.nan
    above = scores[truth][:, None] - scores[~truth][None, :]
    return ((above > 0) + 0.5 * (above == 0)).mean()


def average_precision(scores, truth):
    if not truth.any():
        return math.nan
    area, before = 0, 0
    for level in sorted(set(scores), reverse=True):
        chosen = scores >= level
        area += (truth[chosen].sum() - before) / truth.sum() * truth[chosen].mean()
        before = truth[chosen].sum()
    return area


def against_the_rest(of_ranking, shares, target):
    figures = [of_ranking(shares[:, of], target == of) for of in range(shares.shape[1])]
    return numpy.nanmean(figures)


def ece(confidence, right, bins=15):
    place = numpy.clip(numpy.ceil(confidence * bins) - 1, 0, bins - 1)
    return sum(abs(right[place == at].mean() - confidence[place == at].mean()) * (place == at).mean()
               for at in numpy.unique(place))


def ranks(values):
    return numpy.array([(values < one).sum() + ((values == one).sum() + 1) / 2 for one in values])


def correlation(a, b):
    a, b = a - a.mean(), b - b.mean()
    return (a * b).sum() / math.sqrt((a * a).sum() * (b * b).sum())


def bleu(said, meant, longest):
    """Papineni et al., 2002, one reference each."""
    logs = []
    for length in range(1, longest + 1):
        right = total = 0
        for guess, truth in zip(said, meant):
            grams = [Counter(tuple(row[i:i + length]) for i in range(len(row) - length + 1)) for row in (guess, truth)]
            right += sum((grams[0] & grams[1]).values())
            total += sum(grams[0].values())
        if right == 0:
            return 0
        logs.append(math.log(right / total))
    lengths = sum(map(len, said)), sum(map(len, meant))
    return min(1, math.exp(1 - lengths[1] / lengths[0])) * math.exp(sum(logs) / len(logs))


def softmax(scores, axis=-1):
    powers = numpy.exp(scores - scores.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def sigmoid(scores):
    return 1 / (1 + numpy.exp(-scores))


# --- the cases: inputs and targets with their types, arrays, and each metric with what it is

BY_CLASS = {"precision": precision, "recall": recall, "f1": f1, "iou": iou, "specificity": specificity, "dice": f1}


def several_classes(draw):
    scores = draw.normal(size=(ROWS, CLASSES)).astype("float32")
    label = draw.integers(0, CLASSES - 1, ROWS)  # the last class does not occur
    label[::7] = -100
    said, true = kept(scores.argmax(1), label)
    shares = softmax(scores.astype("float64"))[label >= 0]
    metrics = {}
    for form in ("scores", "softmax(scores, -1)", "scores.argmax(-1)"):
        metrics[f"accuracy({form}, label)"] = (said == true).mean()
        metrics[f"balanced_accuracy({form}, label)"] = balanced(said, true)
        for name, score in BY_CLASS.items():
            metrics[f"{name}({form}, label)"] = averaged(score, said, true, "macro", CLASSES)
            for average in ("macro", "micro", "weighted"):
                metrics[f'{name}({form}, label, average="{average}")'] = averaged(score, said, true, average, CLASSES)
    for form in ("scores", "softmax(scores, -1)"):
        metrics[f"auc({form}, label)"] = against_the_rest(roc, shares, true)
        metrics[f"average_precision({form}, label)"] = against_the_rest(average_precision, shares, true)
        metrics[f"ece({form}, label)"] = ece(shares.max(1), said == true)
        metrics[f"ece({form}, label, bins=4)"] = ece(shares.max(1), said == true, 4)
        best = numpy.argsort(-scores[label >= 0], 1)
        for k in (1, 2, CLASSES):
            metrics[f"topk({form}, label, k={k})"] = (best[:, :k] == true[:, None]).any(1).mean()
    metrics["perplexity(scores, label)"] = math.exp(-numpy.log(shares[numpy.arange(len(true)), true]).mean())
    return {"scores": f"float[B, {CLASSES}]"}, {"label": "int[B]"}, {"scores": scores, "label": label}, metrics


def two_classes(draw, of_one_kind=False):
    scores = numpy.round(draw.normal(size=ROWS), 1).astype("float32")  # with ties
    scores[scores == 0] = 0.1
    label = draw.integers(0, 2, ROWS) if not of_one_kind else numpy.ones(ROWS, "int64")
    said, truth, shares = (scores > 0).astype(int), label == 1, sigmoid(scores.astype("float64"))
    metrics = {}
    for form in ("scores", "sigmoid(scores)", "scores > 0", "scores[:, null]"):
        metrics[f"accuracy({form}, label)"] = (said == label).mean()
        metrics[f"balanced_accuracy({form}, label)"] = balanced(said, label)
        for name, score in BY_CLASS.items():
            metrics[f"{name}({form}, label)"] = averaged(score, said, label, "binary", 2)
            for average in ("binary", "macro", "micro", "weighted"):
                metrics[f'{name}({form}, label, average="{average}")'] = averaged(score, said, label, average, 2)
    for form in ("scores", "sigmoid(scores)", "stack([-scores / 2, scores / 2], dim=1)"):
        metrics[f"auc({form}, label)"] = roc(scores, truth)
        metrics[f"average_precision({form}, label)"] = average_precision(scores, truth)
        metrics[f"ece({form}, label)"] = ece(numpy.maximum(shares, 1 - shares), said == label)
    return {"scores": "float[B]"}, {"label": "int[B]"}, {"scores": scores, "label": label}, metrics


def one_kind(draw):
    return two_classes(draw, True)


def several_labels(draw):
    scores = draw.normal(size=(ROWS, LABELS)).astype("float32")
    labels = draw.integers(0, 2, (ROWS, LABELS)).astype("float32")
    labels[:, -1] = 0
    said, true = (scores > 0).astype(int), labels.astype(int)
    flat = said.reshape(-1), true.reshape(-1)
    metrics = {}
    for form in ("scores", "sigmoid(scores)", "scores > 0"):
        metrics[f"accuracy({form}, labels)"] = (said == true).mean()
        for name, score in BY_CLASS.items():
            counts = [hits(said[:, at], true[:, at], 1) for at in range(LABELS)]
            metrics[f"{name}({form}, labels)"] = averaged(score, *flat, "binary", 2)
            metrics[f'{name}({form}, labels, average="micro")'] = averaged(score, *flat, "micro", 2)
            metrics[f'{name}({form}, labels, average="macro")'] = mean_over(score, counts)
            metrics[f'{name}({form}, labels, average="weighted")'] = mean_over(score, counts, True)
    return {"scores": f"float[B, {LABELS}]"}, {"labels": f"float[B, {LABELS}]"}, {"scores": scores, "labels": labels}, metrics


def images(draw):
    scores = draw.normal(size=(ROWS, CLASSES, 4, 3)).astype("float32")
    label = draw.integers(0, CLASSES, (ROWS, 4, 3))
    label[label == 2] = -1
    said, true = kept(scores.argmax(1), label)
    metrics = {}
    for form in ("scores", "scores.permute(0, 2, 3, 1)", "scores.argmax(1)"):
        metrics[f"accuracy({form}, label)"] = (said == true).mean()
        metrics[f"iou({form}, label)"] = averaged(iou, said, true, "macro", CLASSES)
        metrics[f"dice({form}, label)"] = averaged(f1, said, true, "macro", CLASSES)
    return ({"scores": f"float[B, {CLASSES}, 4, 3]"}, {"label": "int[B, 4, 3]"}, {"scores": scores, "label": label}, metrics)


def numbers(draw):
    target = (draw.normal(size=(ROWS, 3)) + 1000).astype("float32")
    guess = (target + 0.5 * draw.normal(size=target.shape)).astype("float32")
    target[3, 1] = 0
    one, other = guess.astype("float64"), target.astype("float64")
    away = one - other
    spread = ((other - other.mean(0)) ** 2).sum(0)
    metrics = {"mae(out, t)": abs(away).mean(), "mse(out, t)": (away ** 2).mean(), "rmse(out, t)": math.sqrt((away ** 2).mean()),
               "r2(out, t)": (1 - (away ** 2).sum(0) / spread).mean(),
               "mape(out, t)": (abs(away)[other != 0] / abs(other[other != 0])).mean(),
               "pearson(out, t)": numpy.mean([correlation(one[:, at], other[:, at]) for at in range(3)]),
               "spearman(out, t)": numpy.mean([correlation(ranks(one[:, at]), ranks(other[:, at])) for at in range(3)]),
               "mae(out[:, :1], t[:, 0])": abs(away[:, 0]).mean(), "spearman(out * 0, t)": math.nan,
               "mean(abs(out - t))": abs(away).mean()}
    return {"out": "float[B, 3]"}, {"t": "float[B, 3]"}, {"out": guess, "t": target}, metrics


def sequences(draw):
    meant = draw.integers(1, 6, (ROWS, 9))
    said = numpy.where(draw.random(meant.shape) < 0.8, meant, draw.integers(1, 6, meant.shape))
    meant[::3, 6:] = 0
    said[::4, 5:] = 0
    longer = numpy.concatenate([said, draw.integers(1, 6, (ROWS, 2))], 1)
    whole, tokens = [list(row) for row in said], [list(row) for row in meant]
    bare = [[[one for one in row if one != 0] for row in side] for side in (said, meant)]
    metrics = {"bleu(said, meant)": bleu(whole, tokens, 4), "bleu(said, meant, n=2)": bleu(whole, tokens, 2),
               "bleu(said, meant, pad=0)": bleu(*bare, 4), "bleu(longer, meant)": bleu([list(r) for r in longer], tokens, 4),
               "bleu(one_hot(said, 6).float(), meant)": bleu(whole, tokens, 4),
               "bleu(said * 0 + 7, meant)": 0, "bleu(meant, meant)": 1}
    return ({"said": "int[B, 9]", "longer": "int[B, 11]"}, {"meant": "int[B, 9]"},
            {"said": said, "longer": longer, "meant": meant}, metrics)


CASES = [several_classes, two_classes, one_kind, several_labels, images, numbers, sequences]


def evaluate(program, folder, case):
    """The figures of a case by metric, as the program gives them, and as they should be."""
    inputs, targets, arrays, expected = case(numpy.random.default_rng(5))
    numpy.savez(folder / "data.npz", **arrays)
    declared = "".join(f'  {name}: "{kind}"\n' for name, kind in inputs.items())
    wanted = "".join(f'  {name}: "{kind}"\n' for name, kind in targets.items())
    asked = "".join(f"  m{at}: '{metric}'\n" for at, metric in enumerate(expected))
    (folder / "m.yaml").write_text(f"modelc: 1\ninputs:\n{declared}targets:\n{wanted}forward: {{same: {next(iter(inputs))}}}\n"
                                   f"data: {{train: 'npz(\"data.npz\")', test: 'npz(\"data.npz\")'}}\nmetrics:\n{asked}"
                                   "train: {epochs: 1, batch: 8, optimizer: SGD}\n")
    run = lambda *words: subprocess.run([program, *words], cwd=folder, capture_output=True, text=True)
    built = run("build", "m.yaml", "-o", "w.safetensors")
    done = run("eval", "m.yaml", "--weights", "w.safetensors", "--format", "json")
    if built.returncode or done.returncode:
        raise SystemExit(f"{case.__name__}: {built.stderr}{done.stderr}")
    figures = json.loads(done.stdout)
    return {metric: (figures[f"test.m{at}"], value) for at, (metric, value) in enumerate(expected.items())}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = str(pathlib.Path(parser.parse_args().program).resolve())
    wrong = compared = 0
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            for metric, (given, expected) in evaluate(program, pathlib.Path(folder), case).items():
                compared += 1
                nothing = given is None and math.isnan(expected)
                if nothing or (given is not None and abs(given - expected) <= TOLERANCE * max(1, abs(expected))):
                    continue
                wrong += 1
                print(f"{case.__name__}: {metric} is {given}, expected {expected}")
    print(f"{compared} figures, {wrong} wrong")
    return 1 if wrong or compared < 200 else 0


if __name__ == "__main__":
    sys.exit(main())

"""A loss, a gradient, data or parameters that are not finite: found in that step, by name and place."""

import struct

from damage import with_metadata
from trial import Ground, tensors

NET = """\
modelc: 1
inputs: {{x: "float[B, 2]"}}
targets: {{y: "float[B]"}}
modules: {{fc: Linear(1)}}
forward: {{p: "{forward}"}}
data:
  train: csv("{table}", shuffle=false)
  feed: {{x: "numeric(a, b)", y: y}}
loss: "{loss}"
train: {{steps: 4, batch: 4, optimizer: "{optimizer}", seed: 1}}
"""

ROWS = "a,b,y\n" + "".join(f"{row}.5,{row % 3},{row % 2}\n" for row in range(12))


def net(forward="fc(x).squeeze(1)", loss="mse_loss(p, y)", optimizer="SGD(lr=0.01)", table="rows.csv"):
    return NET.format(forward=forward, loss=loss, optimizer=optimizer, table=table)


# What is wrong, the description, another table, words of the report.
ROADS = {
    "the learning rate": (net(optimizer="SGD(lr=1e30)"), None, ["step 2", "the loss is", "mse_loss", "lr is 1e+30"]),
    "log of 0": (net(loss="log(p * 0).mean()"), None, ["step 1", "infinite", "log"]),
    "0 / 0": (net(loss="(0 * p / (0 * p)).mean()"), None, ["step 1", "NaN", "div"]),
    "exp overflows": (net(loss="exp(1000 + 0 * p).mean()"), None, ["step 1", "infinite", "exp"]),
    "log of a row's value": (net(loss="log(x[:, 0]).mean() + p.mean()"), ROWS.replace("2.5,2,0", "0,2,0"),
                             ["step 1", "infinite", "log", "row 3 of the batch", "rows.csv:4"]),
    "one row alone": (net(loss="sqrt(x[:, 1]).mean() + p.mean()"), ROWS.replace("6.5,0,0", "6.5,-1,0"),
                      ["step 2", "NaN", "sqrt", "row 3 of the batch", "rows.csv:8"]),
    "sqrt's derivative at 0": (net(loss="sqrt(0 * p).mean()"), None,
                               ["M8162", "step 1", "fc.", "sqrt"]),
    "a norm's derivative at 0": (net(loss="(0 * p).pow(2).sum().pow(0.5)"), None, ["M8162", "step 1", "pow"]),
    "infinity in the data": (net(), ROWS.replace("6.5,0,0", "inf,0,0"), ["M8163", "rows.csv:8:1", "inf", "`x`"]),
    "beyond float32 in the data": (net(), ROWS.replace("6.5,0,0", "1e39,0,0"), ["M8163", "rows.csv:8:1", "`x`"]),
    "NaN in the data": (net(), ROWS.replace("6.5,0,0", "nan,0,0"), ["rows.csv:8:1", "x"]),
    "a missing cell": (net(), ROWS.replace("6.5,0,0", ",0,0"), ["rows.csv:8:1", "x"]),
}
OF_DATA = ("infinity in the data", "beyond float32 in the data", "NaN in the data", "a missing cell")


def of_all_roads(trials):
    with Ground() as ground:
        for road, (text, rows, words) in ROADS.items():
            ground.write("net.yaml", text)
            ground.write("rows.csv", rows or ROWS)
            ground.remove("run")
            process = ground.run("train", "net.yaml", "-o", "run", "--set", "train.every={save: 1}")
            missing = [word for word in words if word not in process.stderr]
            code = 1 if road in OF_DATA else 3
            found = f"ended with {process.returncode}: {process.stderr}" if process.returncode != code or missing else ""
            trials.trial(road, found or finite_only(ground))
        ground.write("rows.csv", ROWS)
        ground.write("net.yaml", net())
        ground.run("build", "net.yaml", "-o", "w.safetensors")
        values, _ = tensors(ground.folder / "w.safetensors")
        data = (ground.folder / "w.safetensors").read_bytes()
        bad = struct.pack("<f", float("inf"))
        plain = with_metadata(ground.folder / "w.safetensors", dict.clear)
        at = plain.rindex(values["fc.weight"])
        ground.write("w.safetensors", plain[:at] + bad + plain[at + 4:])
        ground.remove("run")
        process = ground.run("train", "net.yaml", "--weights", "w.safetensors", "-o", "run")
        missing = [word for word in ("step 1", "fc (Linear)", "`weight` is not finite itself: infinite") if word not in process.stderr]
        trials.trial("infinity in a weight file", f"{process.returncode}: {process.stderr}"
                     if process.returncode != 3 or missing or len(data) < 8 else finite_only(ground))


def finite_only(ground):
    """No checkpoint holds what is not finite."""
    for path in (ground.folder / "run").glob("*.safetensors"):
        for name, data in tensors(path)[0].items():
            if name.split(".")[-1] in ("weight", "bias") and len(data) % 4 == 0:
                for value, in struct.iter_unpack("<f", data):
                    if value != value or value in (float("inf"), float("-inf")):
                        return f"{path.name}: {name} holds {value}"
    return ""

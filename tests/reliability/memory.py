"""Too little memory: exit 3, and what needed how much; never a crash, never a half-written file."""

import resource

from trial import Ground, tensors

NET = """\
modelc: 1
inputs: {x: "float[B, 4]"}
targets: {t: "float[B, 3]"}
modules: {wide: "Linear(%d)", deep: "Linear(%d)", fc: Linear(3)}
forward: {p: x -> wide -> deep -> fc}
data: {train: "synthetic(%s)", workers: %d}
loss: mse_loss(p, t)
train: {steps: 2, batch: %d, optimizer: Adam(lr=1e-3)}
"""

HUGE = 40_000_000


def too_little(trials):
    with Ground() as ground:
        def tried(label, text, arguments, words, limit=0):
            ground.write("net.yaml", text)
            ground.remove("run")
            process = ground.run(*arguments, limits=[(resource.RLIMIT_AS, limit)] if limit else [])
            missing = [word for word in words if word not in process.stderr]
            found = "" if process.returncode == 3 and not missing else f"{process.returncode}: {process.stderr}"
            for path in ground.folder.rglob("*.safetensors"):
                tensors(path)
            trials.trial(label, found or str([str(path) for path in ground.folder.rglob(".*.part")] or ""))

        build, train = ("build", "net.yaml", "-o", "out.safetensors"), ("train", "net.yaml", "-o", "run")
        tried("parameters", NET % (HUGE, HUGE, "8", 0, 4), build, ["out of memory", "deep.weight", "GB"])
        tried("rows", NET % (8, 8, "100000000000000", 0, 4), train, ["out of memory", "`x`"])
        # What the program itself needs is found out, and a little added.
        base = least(ground)
        tried("parameters, limited", NET % (4000, 40000, "8", 0, 4), build, ["out of memory", "deep"], base + (300 << 20))
        tried("activations", NET % (2000, 2000, "60000", 0, 60000), train, ["out of memory"], base + (400 << 20))
        tried("activations, threads that read ahead", NET % (2000, 2000, "60000", 2, 60000), train, ["out of memory"],
              base + (700 << 20))
        tried("the optimiser's state", NET % (6000, 6000, "64", 0, 4), train, ["out of memory"], base + (450 << 20))
        for part in range(1, 9):
            ground.write("net.yaml", NET % (8, 8, "8", 0, 4))
            process = ground.run(*train, "--overwrite", limits=[(resource.RLIMIT_AS, base * part // 9)])
            trials.trial(f"{part}/9 of what it needs", "" if process.returncode == 3 and process.stderr
                         else f"{process.returncode}: {process.stderr}")


def least(ground):
    """The least address space in which a small training ends well, to 16 MB."""
    ground.write("net.yaml", NET % (8, 8, "8", 0, 4))
    low, high = 0, 16 << 30
    while high - low > (16 << 20):
        most = (low + high) // 2
        process = ground.run("train", "net.yaml", "-o", "run", "--overwrite", limits=[(resource.RLIMIT_AS, most)])
        if process.returncode == 0:
            high = most
        else:
            low = most
    return high

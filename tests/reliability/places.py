"""Where output may go, who else writes there, and streams that take nothing."""

import os
import pathlib
import signal
import stat
import subprocess
import threading

from kills import NET
from trial import Ground, Options, stop, tensors, wait_for

BUILD = ("build", "everything.yaml", "-q", "-o")


def of_output(trials):
    """`-o` names what is no regular file, or a file under several names."""
    with Ground() as ground:
        folder = ground.folder

        def tried(label, process, code, words="", also=True):
            good = process.returncode == code and words in process.stderr and (also() if callable(also) else also)
            trials.trial(label, "" if good else f"{process.returncode}: {process.stderr}")

        def whole(name):
            return len(tensors(folder / name)[0]) > 3

        tried("/dev/null", ground.run(*BUILD, "/dev/null"), 0, also=lambda: pathlib.Path("/dev/null").is_char_device())
        tried("/dev/full", ground.run(*BUILD, "/dev/full"), 3, "No space left")
        tried("a folder", ground.run(*BUILD, "."), 3, "is a folder")
        tried("a folder that is not there", ground.run(*BUILD, "nowhere/x.safetensors"), 3, "nowhere")
        tried("a name of 252 bytes", ground.run(*BUILD, "n" * 240 + ".safetensors"), 0)
        (folder / "far").mkdir()
        (folder / "link.safetensors").symlink_to("far/real.safetensors")
        tried("a link to what is not there yet", ground.run(*BUILD, "link.safetensors"), 0,
              also=lambda: (folder / "link.safetensors").is_symlink() and whole("far/real.safetensors"))
        tried("a link", ground.run(*BUILD, "link.safetensors"), 0,
              also=lambda: (folder / "link.safetensors").is_symlink() and whole("far/real.safetensors"))
        (folder / "circle").symlink_to("circle")
        tried("links in a circle", ground.run(*BUILD, "circle"), 3, "ymbolic links")
        ground.write("one.safetensors", b"old")
        os.link(folder / "one.safetensors", folder / "two.safetensors")
        tried("a file of two names", ground.run(*BUILD, "one.safetensors"), 0,
              also=lambda: whole("one.safetensors") and (folder / "two.safetensors").read_bytes() == b"old")
        (folder / "one.safetensors").chmod(0o640)
        tried("permissions stay", ground.run(*BUILD, "one.safetensors"), 0,
              also=lambda: stat.S_IMODE((folder / "one.safetensors").stat().st_mode) == 0o640)
        (folder / "one.safetensors").chmod(0o444)
        tried("a file that may not be written", ground.run(*BUILD, "one.safetensors"), 3, "read-only")
        tried("the mask of new files", ground.run(*BUILD, "masked.safetensors", preexec_fn=lambda: os.umask(0o077)), 0,
              also=lambda: stat.S_IMODE((folder / "masked.safetensors").stat().st_mode) == 0o600)
        os.mkfifo(folder / "pipe")
        tried("a pipe that nobody reads", ground.run(*BUILD, "pipe"), 3, "nobody reads")
        read = []
        reader = threading.Thread(target=lambda: read.append((folder / "pipe").read_bytes()))
        reader.start()
        tried("a pipe", ground.run(*BUILD, "pipe"), 0, also=lambda: (reader.join(), len(read[0]) > 1000)[1])
        for way in ("/dev/stdout", "/proc/self/fd/1"):
            for sink in ("file", "pipe"):
                got = folder / "got.safetensors"
                with open(got, "wb") as file:
                    process = ground.start(*[word for word in BUILD if word != "-q"], way, text=False,
                                           stdout=file if sink == "file" else subprocess.PIPE)
                    out, err = process.communicate(timeout=120)
                if sink == "pipe":
                    got.write_bytes(out)
                try:
                    fault = "" if process.returncode == 0 and whole("got.safetensors") else err.decode()
                except ValueError as error:
                    fault = str(error)
                trials.trial(f"{way}, a {sink}", fault)
        tried("a run folder that is a file", ground.run("train", "everything.yaml", "-o", "flowers.csv"), 3, "flowers.csv")
        (folder / "odd").mkdir()
        os.mkfifo(folder / "odd/log.txt")
        tried("a run whose log is a pipe", ground.run("train", "everything.yaml", "-o", "odd", "--overwrite"), 0)
        left = [str(path) for path in folder.rglob(".*.part")]
        trials.trial("nothing is left behind", f"{left}" if left else "")


def of_two_runs(trials):
    """One folder, two runs."""
    with Ground() as ground:
        endless = ("train", "everything.yaml", "-o", "run", "-q", "--set", "train.steps=100000000", "--set",
                   "train.every={log: 1000, valid: 1000, save: 1000}")
        first = ground.start(*endless)
        wait_for(lambda: (ground.folder / "run/metrics.csv").exists())
        for more in ([], ["--overwrite"], ["--resume"]):
            second = ground.run(*NET, *more)
            trials.trial(f"a second run {' '.join(more)}", "" if second.returncode == 3 and "M8114" in second.stderr
                         else f"{second.returncode}: {second.stderr}")
        stop(first, signal.SIGKILL)
        again = ground.run(*endless[:6], f"train.steps={5}", *endless[7:], "--overwrite")
        trials.trial("the lock of a dead process", again.stderr if again.returncode else "")
        ground.remove("run")
        several = [ground.start(*NET) for _ in range(6)]
        codes = sorted(stop(process, signal.SIGCONT).returncode for process in several)
        trials.trial("six at once", "" if codes[0] == 0 and set(codes[1:]) <= {2, 3} else f"exit codes {codes}")
        ground.remove("run")
        several = [ground.start("train", "everything.yaml", "-q") for _ in range(4)]
        codes = [stop(process, signal.SIGCONT).returncode for process in several]
        runs = len(list((ground.folder / "runs").iterdir()))
        trials.trial("four at once without a folder", "" if codes == [0] * 4 and runs == 4 else f"{codes}, {runs} folders")
        locks = "ENOLCK:3+" if Options.every else "ENOLCK:3"
        unlocked = ground.run(*NET, fault=locks)
        trials.trial("a file system without locks", "" if unlocked.returncode == 0 and "M8161" in unlocked.stderr
                     and "No locks available" in unlocked.stderr else f"{unlocked.returncode}: {unlocked.stderr}")


def of_streams(trials):
    """Standard output and error: closed, full, without a reader. What is on the disk is whole in each case."""
    with Ground() as ground:
        ground.run(*NET)
        whole = ground.state("run")
        for label, redirection, code in (("output closed", ">&-", 3), ("output full", ">/dev/full", 3), ("error closed", "2>&-", 0),
                                         ("error full", "2>/dev/full", 0), ("all closed", "<&- >&- 2>&-", 3)):
            ground.remove("run")
            arguments = " ".join(f"'{word}'" for word in NET if word != "-q")
            process = subprocess.run(f"'{Options.program}' {arguments} {redirection}", shell=True, cwd=ground.folder,
                                     capture_output=True, text=True, timeout=300, check=False)
            trials.trial(label, f"ended with {process.returncode}" if process.returncode != code
                         else ground.differs("run", whole))
        for which in ("stdout", "stderr"):
            ground.remove("run")
            read, write = os.pipe()
            process = ground.start(*[word for word in NET if word != "-q"], **{which: write})
            os.close(write)
            os.close(read)
            process.communicate(timeout=300)
            code = 3 if which == "stdout" else 0
            trials.trial(f"nobody reads {which}", f"ended with {process.returncode}" if process.returncode != code
                         else ground.differs("run", whole))

"""Makes the seeds of the fuzz targets from what the tests hold: `seeds.py SOURCE FOLDER`."""

import io
import json
import pathlib
import pickle
import re
import struct
import sys
import zipfile

ROOT, OUT = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
DESCRIPTIONS = sorted([*ROOT.glob("tests/diagnostics/*.yaml"), *ROOT.glob("tests/golden/*.yaml"), *ROOT.glob("models/*/*.yaml")])


def safetensors(tensors, metadata=None):
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, (dtype, shape, raw) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def npy(dtype, shape, raw, order=False):
    text = f"{{'descr': '{dtype}', 'fortran_order': {order}, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + raw


def archive(members, compression=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def state_dict():
    """Protocol 2, as torch.save writes one float32 tensor `w` of 2 x 3."""
    word = lambda text: b"X" + struct.pack("<I", len(text)) + text
    return (b"\x80\x02ccollections\nOrderedDict\n)Rq\x00" + word(b"w") + b"ctorch._utils\n_rebuild_tensor_v2\n((" +
            word(b"storage") + b"ctorch\nFloatStorage\n" + word(b"0") + word(b"cpu") + b"K\x06tQK\x00K\x02K\x03\x86K\x03K\x01"
            b"\x86\x89ccollections\nOrderedDict\n)RtRs.")


def old_torch():
    """The format before PyTorch 1.6: five pickles, then each storage."""
    heads = [pickle.dumps(part, 2) for part in (0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": True, "type_sizes": {}})]
    return b"".join(heads) + state_dict() + pickle.dumps(["0"], 2) + struct.pack("<q", 6) + bytes(24)


def weights():
    yield safetensors({"a.weight": ("F32", [2, 2], bytes(16)), "n": ("I64", [], bytes(8))}, {"format": "pt"})
    yield safetensors({})
    yield npy("<f4", "(2, 2)", bytes(16))
    yield npy(">i2", "(3,)", bytes(6), True)
    arrays = {"x.npy": npy("<f4", "(2,)", bytes(8)), "y.npy": npy("|b1", "()", b"\1")}
    yield archive(arrays)
    yield archive(arrays, zipfile.ZIP_DEFLATED)
    yield archive({"archive/data.pkl": state_dict(), "archive/data/0": bytes(24), "archive/version": "3\n"})
    yield archive({"archive/data.pkl": state_dict(), "archive/data/0": bytes(24)}, zipfile.ZIP_DEFLATED)
    yield old_torch()
    yield state_dict()
    yield pickle.dumps({"a": [1, 2.5, "text", None, True]}, 2)


def tables():
    for options in (0, 1, 3, 5, 9):
        first = bytes([options])
        yield first + b"a,b,c\n1,2.5,x\n3,?,y\n"
        yield first + b'a;b\n"1;2";"x""y"\n\n3;4'
        yield first + b"\xef\xbb\xbfname,other\r\n 1 , two\r\n-3e400,nan\r\n"
    yield b"\1" + (ROOT / "tests/diagnostics/lib/rows.csv").read_bytes()
    yield b"\0\0\0\x08\x03" + struct.pack(">III", 1, 2, 2) + bytes(4)


def tokenizers():
    """Those of the unit tests."""
    test = (ROOT / "tests/unit/text/tokenizer_test.cpp").read_text()
    for found in re.findall(r'R"\((\{.*?\})\)"', test, re.S):
        yield found.encode()


def scalars():
    """The values of the descriptions' lines: nearly all are expressions, types or declarations."""
    found = set()
    for file in DESCRIPTIONS:
        for line in file.read_text().splitlines():
            match = re.match(r"\s*(?:- )?(?:[\w.\"]+: )?(.+?)(?:  # .*)?$", line)
            if match:
                found.add(match[1].encode())
            head = re.match(r"\s*-? ?for (.+?):", line)
            if head:
                found.add(head[1].encode())
    return sorted(found)


def write(target, contents):
    folder = OUT / target
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for number, content in enumerate(contents):
        (folder / f"{number:04}").write_bytes(content)
    # What once broke a promise stays.
    for kept in sorted((ROOT / "tests/fuzz/found" / target).glob("*")):
        (folder / kept.name).write_bytes(kept.read_bytes())


write("yaml", (file.read_bytes() for file in DESCRIPTIONS))
write("expression", scalars())
write("ir", (file.read_bytes() for file in sorted([*ROOT.glob("tests/golden/*.ir.exp"), *ROOT.glob("tests/passes/*/*.ir")])))
write("weights", weights())
write("csv", tables())
write("tokenizer", tokenizers())

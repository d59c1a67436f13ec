"""Weight files that break a rule each: safetensors, both formats of PyTorch, indices of several files.

`cases()` gives (name of the rule, name of the file, its bytes, words of the refusal, or a tuple of such); `sound()` the files they are made
of, which are accepted. Nothing is drawn by chance: a rule is a place and a value.
"""

import io
import json
import pickle
import struct
import zipfile
import zlib

CANARY = "canary"


# --- safetensors ------------------------------------------------------------------------------------------------------
def packed(header, data=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


HEADER = {"__metadata__": {"format": "pt"},
          "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
          "b": {"dtype": "I64", "shape": [], "data_offsets": [24, 32]},
          "c": {"dtype": "BF16", "shape": [0, 4], "data_offsets": [32, 32]}}
DATA = bytes(range(32))
TENSOR = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}'


def changed(**entry):
    return packed({**HEADER, "a": {**HEADER["a"], **entry}}, DATA)


def raw(text, data=bytes(4)):
    return packed(text.encode() if isinstance(text, str) else text, data)


def safetensors_cases():
    whole = packed(HEADER, DATA)
    header = len(whole) - len(DATA)
    for cut in [*range(0, header, 7), *range(header, len(whole), 5)]:
        yield f"cut off at {cut}", whole[:cut], "byte "
    for length in (0, 1, header - 9, 10 ** 6, 100_000_001, 2 ** 31, 2 ** 32, 2 ** 63 - 1, 2 ** 63, 2 ** 64 - 1):
        yield f"header of {length} bytes", packed(HEADER, DATA, length), "byte "
    for at, byte in ((2, 0xFF), (4, 0xC0), (header - 12, 0x80), (0, 0xFE)):
        text = bytearray(json.dumps(HEADER).encode())
        text[at] = byte
        yield f"byte {byte:x} at {at}", raw(bytes(text), DATA), "is not UTF-8"
    for text, words in {
            "[]": "expected `{`", "null": "expected `{`", '"a"': "expected `{`", "17": "expected `{`", "{ ": "expected a string",
            "{{": "expected a string", '{"a"}': "expected", '{"a":}': "expected `{`", '{"a":7}': "expected `{`",
            '{"a":[]}': "expected `{`", '{"a":null}': "expected `{`", '{"a":true}': "expected `{`", '{"a":"b"}': "expected `{`",
            "{a:1}": "expected a string", "{'a':1}": "expected a string", "{}{}": "after the header", "{} x": "after the header",
            '{"a":' + TENSOR + ",}": "expected", '{"a":' + TENSOR + ',"a":' + TENSOR + "}": "stands twice",
            "// \n{}": "expected `{`", '{"a":' * 10000: "tensor `a`", "{\"a\":" + "[" * 10000: "expected `{`",
            '{"__metadata__":[]}': "expected `{`", '{"__metadata__":{"a":1}}': "is no string",
            '{"__metadata__":{"a":null}}': "is no string", '{"__metadata__":{"a":{}}}': "is no string",
            '{"__metadata__":{"a":[]}}': "is no string", '{"__metadata__":{"a":"b","a":"c"}}': "stands twice",
            '{"__metadata__":{},"__metadata__":{}}': "stands twice", '{"a":{}}': "`dtype` is missing",
            '{"a":{"dtype":"F32"}}': "`shape` is missing", '{"a":{"dtype":"F32","shape":[]}}': "`data_offsets` is missing",
            '{"a":{"dtype":"F32","dtype":"F32"}}': "the key `dtype` stands twice", '{"a":{"x":1}}': "unknown key `x`",
            '{"a":{"shape":[],"shape":[]}}': "the key `shape` stands twice"}.items():
        yield f"header {text[:40]}", raw(text), words
    for dtype in ("Q9", "f32", "", "F128", "I4", "FLOAT", " F32", "F32 "):
        yield f"dtype {dtype!r}", changed(dtype=dtype), "tensor `a`: dtype"
    for dtype in (7, None, ["F32"], {"F32": 1}, True):
        yield f"dtype {dtype!r}", changed(dtype=dtype), "tensor `a`: expected a string"
    for dtype in ("F64", "F16", "BF16", "I64", "I16", "I8", "U8", "BOOL"):
        yield f"a of dtype {dtype}", changed(dtype=dtype), "tensor `a`: 24 bytes between its data_offsets"
    for shape in ([-1], ["2"], [None], [True], [[2]], [{}]):
        yield f"shape {shape}", changed(shape=shape), "tensor `a`: expected an integer of at least 0"
    for shape, words in (([2.5], "a fraction"), ([1e3], "a fraction"), ([2 ** 63], "beyond 63 bits"), ([2 ** 64], "beyond 64 bits"),
                         ([2 ** 40, 2 ** 40], "overflows"), ([2 ** 62, 4], "overflows"), ([1] * 65, "more than 64 numbers"),
                         ([1] * 1_000_000, "more than 64 numbers"), ([2, 2], "needs 16"), ([], "needs 4"), ([0], "needs 0")):
        yield f"shape {str(shape)[:40]}", changed(shape=shape), ("tensor `a`: ", words)
    for shape in (7, None, "2", {"a": 1}):
        yield f"shape {shape!r}", changed(shape=shape), "tensor `a`: expected `["
    for offsets, words in (([24, 0], "are reversed"), ([0], "1 data_offsets"), ([], "0 data_offsets"), ([0, 24, 24], "more than 2"),
                           ([-8, 16], "at least 0"), ([0, 2 ** 62], "bytes between"), ([0, 2 ** 63], "bytes between"),
                           ([2 ** 64 - 24, 2 ** 64 - 1], "bytes between"), ([0, 25], "bytes between"), ([0, 0], "bytes between"),
                           ([0, 2 ** 64], "beyond 64 bits"), ([0.0, 24.0], "a fraction"), (["0", "24"], "at least 0")):
        yield f"data_offsets {offsets}", changed(data_offsets=offsets), ("tensor `a`: ", words)
    for first, words in ((8, "two tensors overlap"), (23, "overlap"), (2 ** 40, "a hole"), (25, "a hole"), (2 ** 63, "a hole")):
        entry = {"dtype": "I64", "shape": [], "data_offsets": [first, first + 8]}
        yield f"b at {first}", packed({**HEADER, "b": entry}, DATA), ("tensor `", words)
    for extra in (1, 8, 4096):
        yield f"{extra} bytes behind", whole + bytes(extra), f"{extra} bytes after the last tensor"


# --- pickles ----------------------------------------------------------------------------------------------------------
def word(text):
    return b"X" + struct.pack("<I", len(text)) + text.encode()


def number(value):
    return b"\x8a\x08" + struct.pack("<q", value)


def name(text):
    module, _, attribute = text.rpartition(".")
    return f"c{module}\n{attribute}\n".encode()


def tuple_of(values):
    return b"(" + b"".join(number(value) if isinstance(value, int) else value for value in values) + b"t"


ORDERED = name("collections.OrderedDict") + b")R"
REBUILD = name("torch._utils._rebuild_tensor_v2")


def tensor(key="0", kind="torch.FloatStorage", elements=6, offset=0, shape=(2, 3), strides=(3, 1), location="cpu", rest=b""):
    storage = b"(" + word("storage") + name(kind) + word(key) + word(location) + number(elements) + rest + b"tQ"
    return REBUILD + b"(" + storage + number(offset) + tuple_of(shape) + tuple_of(strides) + b"\x89" + ORDERED + b"tR"


def state_dict(*items):
    return b"\x80\x02" + ORDERED + b"(" + b"".join(items) + b"u."


def one(**lies):
    return state_dict(word("w"), tensor(**lies))


SOUND = state_dict(word("w"), tensor(), word("v"), tensor(shape=(3, 2), strides=(1, 3)))

GLOBALS = ("os.system", "posix.system", "nt.system", "builtins.eval", "builtins.exec", "__builtin__.getattr", "subprocess.Popen",
           "sys.exit", "torch.load", "torch.hub.load", "torch.nn.modules.linear.Linear", "numpy.core.multiarray._reconstruct",
           "collections.defaultdict", "functools.partial", "webbrowser.open", "torch._utils._rebuild_tensor_v3",
           "torch.FloatStorage2", "torch.storage._load_from_bytes")
OPCODES = b"ioPILFSV012dlgp" + bytes((0x81, 0x82, 0x83, 0x84, 0x8b, 0x8d, 0x8e, 0x8f, 0x90, 0x91, 0x92, 0x96, 0x97, 0x98, 0x00, 0xff))


def pickle_cases():
    run = b"(" + word(f"touch {CANARY}") + b"tR"
    for refused in GLOBALS:
        module, _, attribute = refused.rpartition(".")
        words = f"tensor `w`: refers to `{refused}`"
        yield f"global {refused}", state_dict(word("w"), name(refused), run), words
        yield f"stack global {refused}", state_dict(word("w"), word(module), word(attribute), b"\x93", run), f"refers to `{refused}`"
    for opcode in OPCODES:
        yield f"opcode {opcode:02x}", b"\x80\x02" + bytes((opcode,)) + b"1\n.", f"byte 2: opcode {opcode:02x}"
    for opcode in b"sueaRQbtq" + bytes((0x85, 0x86, 0x87, 0x93, 0x94)):
        yield f"{opcode:02x} on an empty stack", b"\x80\x02" + bytes((opcode,)) + b"\0.", "byte 2: "
    for content, words in (
            (b"]" + word("a") + b"K\1s.", "on a value that is no dict"), (b"}K\1a.", "to a value that is no list"),
            (b"](K\1K\2u.", "on a value that is no dict"), (b"}(K\1e.", "to a value that is no list"), (b"}(K\1u.", "a key without a value"),
            (b"h\7.", "was never kept"), (b"j\xff\xff\xff\xff.", "was never kept"), (b"}r\xff\xff\xff\xff.", "beyond 1,000,000"),
            (b"cos\n", "a name is never ended"), (b"c" + b"a" * 2000 + b"\nb\n.", "a name is never ended"), (b"X\xff\xff\xff\xffa.", "ends too early"),
            (b"T\xff\xff\xff\x7fa.", "ends too early"), (b"}}.", "not one value"), (b"].", "holds no dict"), (b"N.", "holds no dict"),
            (b"}" + word("epoch") + b"K\1s.", "no tensors under its keys `epoch`"), (b")" * 1_100_000 + b".", "more than 1,000,000 values"),
            (b"(" * 5_000_000 + b".", "not one value"), (b")" + b"\x85" * 500_000 + b".", "holds no dict"), (b"}" * 1_100_000, "values"),
            (b")" + b"q\0h\0" * 500_000 + b".", "not one value"), (b"K\1" + word("a") + b"R.", "calls a value that is no name"),
            (name("torch.FloatStorage") + b")R.", "calls a value that is no name"), (name("collections.OrderedDict") + b"K\1\x85R.", "with arguments"),
            (name("torch._utils._rebuild_parameter") + b"K\1\x85R.", "that is no tensor"), (REBUILD + b")R.", "in an unknown form"),
            (b"K\1Q.", "a storage in an unknown form"), (b")Q.", "a storage in an unknown form"), (b"", "ends too early")):
        yield f"pickle {content[:30]}", b"\x80\x02" + content, words
    for lies, words in (
            ({"elements": 7}, "its storage has 24 bytes, 7"), ({"elements": 2 ** 62}, "its storage has 24 bytes"),
            ({"elements": -1}, "a storage in an unknown form"), ({"offset": 1}, "beyond the 6 elements"), ({"offset": -1}, "in an unknown form"),
            ({"offset": 2 ** 62}, "beyond the 6"), ({"shape": (2, 4)}, "beyond the 6"), ({"strides": (9, 1)}, "beyond the 6"),
            ({"strides": (2 ** 62, 2 ** 62)}, "beyond the 6"), ({"shape": (-2, 3)}, "no integer of at least 0"),
            ({"strides": (-3, 1)}, "no integer of at least 0"), ({"shape": (2,)}, "shape and strides disagree"),
            ({"shape": (1,) * 65, "strides": (1,) * 65}, "no tuple of at most 64"), ({"shape": (b"N", 3)}, "no integer of at least 0"),
            ({"shape": (2 ** 40, 2 ** 40), "strides": (0, 0)}, "overflows 64 bits"), ({"shape": (10 ** 9,), "strides": (0,)}, "more than 16 times"),
            ({"key": "9"}, "its storage `9` is not in the file"), ({"key": "../0"}, "is not in the file"), ({"kind": "torch.QInt8Storage"}, "refers to"),
            ({"kind": "torch.DoubleStorage"}, "its storage has 24 bytes"), ({"kind": "collections.OrderedDict"}, "of an unknown type"),
            ({"rest": b"K\1"}, "a view of another one"), ({"rest": b"NN"}, "in an unknown form")):
        yield f"tensor {lies}", one(**lies), ("tensor `w`: ", words)
    yield "a name that is a number", state_dict(b"K\1", tensor()), "whose name is no text"
    yield "a name twice", state_dict(word("w"), tensor(), word("w"), tensor()), "the name `w` stands twice"
    yield "a storage of two dtypes", state_dict(word("w"), tensor(), word("v"), tensor(kind="torch.IntStorage")), "storage `0` is"


# --- PyTorch's zip ----------------------------------------------------------------------------------------------------
def archive(members, compression=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as made:
        for member, content in members.items():
            made.writestr(member, content)
    return out.getvalue()


def torch_zip(content, compression=zipfile.ZIP_STORED, **members):
    return archive({"archive/data.pkl": content, "archive/data/0": DATA[:24], "archive/version": "3\n", **members}, compression)


def zip64(members, size=None, place=None, directory_at=None, count=None, record_at=None):
    """All sizes and places in 64 bits, as archives beyond 4 GB have them; a lie where one is given, about the first member."""
    out, directory, most = b"", b"", 2 ** 32 - 1
    for index, (member, content) in enumerate(members.items()):
        common = struct.pack("<HHHHHIIIH", 45, 0, 0, 0, 33, zlib.crc32(content), most, most, len(member))
        lie = lambda value, stated: value if stated is None or index else stated
        sizes = struct.pack("<QQ", lie(len(content), size), lie(len(content), size))
        directory += (b"PK\1\2" + struct.pack("<H", 45) + common + struct.pack("<HHHHII", 28, 0, 0, 0, 0, most) + member.encode() +
                      struct.pack("<HH", 1, 24) + sizes + struct.pack("<Q", lie(len(out), place)))
        out += b"PK\3\4" + common + struct.pack("<H", 20) + member.encode() + struct.pack("<HH", 1, 16) + sizes + content
    start, total = len(out), len(members) if count is None else count
    record = start + len(directory)
    return (out + directory + b"PK\6\6" +
            struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, total, total, len(directory), start if directory_at is None else directory_at) +
            b"PK\6\7" + struct.pack("<IQI", 0, record if record_at is None else record_at, 1) +
            b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 65535, 65535, most, most, 0))


def patched(whole, signature, offset, value, which=0):
    """`value` at `offset` of the `which`-th record with this signature."""
    at = -1
    for _ in range(which + 1):
        at = whole.index(signature, at + 1)
    return whole[:at + offset] + value + whole[at + offset + len(value):]


def zip_cases():
    whole, entry, local, end = torch_zip(SOUND), b"PK\1\2", b"PK\3\4", b"PK\5\6"
    for cut in range(4, len(whole), max(1, len(whole) // 24)):
        yield f"zip cut off at {cut}", whole[:cut], ""
    short, long = struct.Struct("<H").pack, struct.Struct("<I").pack
    for rule, made, words in (
            ("encrypted", patched(whole, entry, 8, short(1)), "is encrypted"),
            ("method 99", patched(whole, entry, 10, short(99)), "is packed by method 99"),
            ("stored, two sizes", patched(whole, entry, 24, long(7)), "its two sizes differ"),
            ("ends beyond", patched(whole, entry, 20, struct.pack("<II", 10 ** 6, 10 ** 6)), "ends beyond the end"),
            ("local header elsewhere", patched(whole, entry, 42, long(5)), "has no local header"),
            ("local header behind the end", patched(whole, entry, 42, long(2 ** 31)), "has no local header"),
            ("wrong checksum", patched(whole, entry, 16, long(1)), "the checksum of"),
            ("directory beyond", patched(whole, end, 16, long(2 ** 31)), "lies outside the file"),
            ("directory too large", patched(whole, end, 12, long(2 ** 31)), "lies outside the file"),
            ("count too large", patched(whole, end, 10, short(9)), "of the zip directory is broken"),
            ("broken entry", patched(whole, entry, 0, b"PKxx"), "of the zip directory is broken"),
            ("a name beyond the directory", patched(whole, entry, 28, short(65000)), "of the zip directory is cut off"),
            ("overlap", patched(whole, entry, 42, whole[whole.index(entry) + 42:][:4], 1), "overlaps"),
            ("no data.pkl", archive({"a/b": b"c"}), "without data.pkl"),
            ("TorchScript", torch_zip(SOUND, **{"archive/code/a.py": b"", "archive/constants.pkl": b"."}), "is a TorchScript program"),
            ("big-endian", torch_zip(SOUND, **{"archive/byteorder": b"big"}), "big-endian"),
            ("a bomb of a pickle", torch_zip(bytes(80 << 20), zipfile.ZIP_DEFLATED), "larger than 64 MiB"),
            ("a pickle that inflates to less", patched(torch_zip(SOUND, zipfile.ZIP_DEFLATED), entry, 24, long(9999)), "are damaged"),
            ("a storage that promises 4 GB", patched(torch_zip(SOUND, zipfile.ZIP_DEFLATED), entry, 24, long(2 ** 32 - 2), 1), "which deflate cannot"),
            ("a pickle that promises 4 GB", patched(torch_zip(SOUND, zipfile.ZIP_DEFLATED), entry, 24, long(2 ** 32 - 2)), ""),
            ("no zip behind its signature", local + bytes(200), "no end record"),
            ("no PyTorch file", b"hello, world, this is text", "is no PyTorch file"),
            ("empty", b"", "is no PyTorch file")):
        yield rule, made, words
    members = {"archive/data.pkl": SOUND, "archive/data/0": DATA[:24]}
    for lies, words in (
            ({"size": 2 ** 63}, "ends beyond the end"), ({"size": 2 ** 64 - 1}, "ends beyond the end"), ({"size": 3}, "the checksum of"),
            ({"place": 2 ** 64 - 1}, "has no local header"), ({"place": 5}, "has no local header"), ({"directory_at": 2 ** 64 - 1}, "lies outside"),
            ({"directory_at": 5}, "of the zip directory is broken"), ({"count": 2 ** 63}, "lies outside"), ({"count": 9}, "is broken"),
            ({"record_at": 5}, "a broken zip64 end record"), ({"record_at": 2 ** 64 - 1}, "a broken zip64 end record")):
        yield f"zip64 {lies}", zip64(members, **lies), words
    twice = io.BytesIO()
    with zipfile.ZipFile(twice, "w") as made:
        for _ in range(2):
            made.NameToInfo.clear()
            made.writestr("archive/data.pkl", SOUND)
    yield "a member twice", twice.getvalue(), "stands twice in the archive"


# --- PyTorch before 1.6 -----------------------------------------------------------------------------------------------
MAGIC = pickle.dumps(0x1950A86A20F9469CFC6C, 2)
MACHINE = {"protocol_version": 1001, "little_endian": True, "type_sizes": {}}


def old_torch(magic=MAGIC, version=pickle.dumps(1001, 2), machine=pickle.dumps(MACHINE, 2), content=SOUND, keys=pickle.dumps(["0"], 2),
              storages=struct.pack("<q", 6) + DATA[:24]):
    return magic + version + machine + content + keys + storages


def old_cases():
    whole = old_torch()
    for cut in range(2, len(whole), max(1, len(whole) // 24)):
        yield f"old format cut off at {cut}", whole[:cut], "byte "
    system = b"\x80\x02cos\nsystem\n(" + word(f"touch {CANARY}") + b"tR."
    for part in ("version", "machine", "content", "keys"):
        yield f"os.system as {part}", old_torch(**{part: system}), "refers to `os.system`"
    for rule, made, words in (
            ("another magic number", old_torch(magic=pickle.dumps(7, 2)), "without PyTorch's magic number"),
            ("os.system as magic", old_torch(magic=system), "without PyTorch's magic number"),
            ("version 1002", old_torch(version=pickle.dumps(1002, 2)), "expected 1001"),
            ("big-endian", old_torch(machine=pickle.dumps({**MACHINE, "little_endian": False}, 2)), "big-endian"),
            ("no machine", old_torch(machine=pickle.dumps({}, 2)), "big-endian"),
            ("keys that are no list", old_torch(keys=pickle.dumps({}, 2)), "no list of storages"),
            ("a key of no tensor", old_torch(keys=pickle.dumps(["9"], 2)), "storage `9` is of no tensor"),
            ("a key twice", old_torch(keys=pickle.dumps(["0", "0"], 2), storages=(struct.pack("<q", 6) + DATA[:24]) * 2), "stands twice"),
            ("no storages", old_torch(keys=pickle.dumps([], 2)), "is not in the file"),
            ("a storage of 2^62", old_torch(storages=struct.pack("<q", 2 ** 62)), "but the file ends"),
            ("a storage of -1", old_torch(storages=struct.pack("<q", -1) + DATA[:24]), "but the file ends"),
            ("a storage of 5", old_torch(storages=struct.pack("<q", 5) + DATA[:20]), "its storage has 20 bytes"),
            ("any other pickle", pickle.dumps({"a": 1}, 2), "without PyTorch's magic number")):
        yield rule, made, words


# --- several files ----------------------------------------------------------------------------------------------------
def index_cases():
    shard = "sound.safetensors"
    for text, words in (
            ({"weight_map": {"a": "../sound.safetensors"}}, "no name of a weight file beside the index"),
            ({"weight_map": {"a": "/etc/passwd"}}, "no name of a weight file"), ({"weight_map": {"a": ".."}}, "no name of a weight file"),
            ({"weight_map": {"a": ""}}, "no name of a weight file"), ({"weight_map": {"a": "bad.safetensors.index.json"}}, "no name of a weight file"),
            ({"weight_map": {"a": "nowhere.safetensors"}}, "nowhere.safetensors"), ({"weight_map": {"a": 7}}, "expected the name of a file"),
            ({"weight_map": {"a": None}}, "expected the name of a file"), ({"weight_map": {"a": [shard]}}, "a list"),
            ({"weight_map": {"a": {}}}, "an object"), ({"weight_map": {"a": shard}}, "tensor `b` of `sound.safetensors` is not named"),
            ({"weight_map": {key: shard for key in "abcd"}}, "tensor `d` is not in `sound.safetensors`"), ({"weight_map": {}}, "names no tensor"),
            ({}, "names no tensor"), ([], "a list"), (7, "expected {"), ({"weight_map": []}, "a list")):
        yield f"index {text}", json.dumps(text).encode(), words
    for text, words in ((b"", "is no JSON"), (b"{", "is no JSON"), (b"\xff{}", "is not UTF-8"), (b'{"a":' * 10000, "an object"),
                        (b"[" * 10000, "a list"), (b'{"weight_map": {"a": "%s", "a": "%s"}}' % (shard.encode(), shard.encode()), "stands twice")):
        yield f"index {text[:30]}", text, words


def sound():
    yield "sound.safetensors", packed(HEADER, DATA)
    yield "sound.pt", torch_zip(SOUND)
    yield "deflated.pt", torch_zip(SOUND, zipfile.ZIP_DEFLATED)
    yield "zip64.pt", zip64({"archive/data.pkl": SOUND, "archive/data/0": DATA[:24]})
    yield "old.pth", old_torch()
    yield "trained.pt", torch_zip(b"\x80\x02}" + word("epoch") + b"K\3s" + word("model") + SOUND[2:-1] + b"s.")
    yield "model.safetensors.index.json", json.dumps({"metadata": {"total_size": 32}, "weight_map": dict.fromkeys("abc", "sound.safetensors")}).encode()


def cases():
    for rule, made, words in safetensors_cases():
        yield rule, "bad.safetensors", made, words
    for rule, content, words in pickle_cases():
        yield rule, "bad.pt", torch_zip(content), words
    for rule, made, words in zip_cases():
        yield rule, "bad.pt", made, words
    for rule, made, words in old_cases():
        yield rule, "bad.pth", made, words
    for rule, made, words in index_cases():
        yield rule, "bad.safetensors.index.json", made, words

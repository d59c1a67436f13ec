"""Omniglot as rows that a recipe can read: each row is a drawing, twenty characters of which it is one, and which.

    python3 omniglot_episodes.py DATA OUT [ROWS]

reads `images_background_small1.zip` and `one-shot-all_runs.zip` in DATA and writes OUT/train.npz (drawn from the
characters of the background set, each also turned by 90, 180 and 270 degrees) and OUT/test.npz (the published twenty runs
of twenty-way one-shot classification). Drawings are 26x26, the share of ink in each square of four pixels.
"""

import io
import pathlib
import random
import struct
import sys
import zipfile
import zlib

SIDE, SQUARE, WAYS = 26, 4, 20


def pixels(data):
    """The rows of a PNG of one bit a pixel, 0 for ink."""
    at, packed = 8, b""
    width = height = 0
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            assert (depth, colour) == (1, 0), "one bit of grey is expected"
        elif kind == b"IDAT":
            packed += body
        at += 12 + length
    size, raw = (width + 7) // 8, zlib.decompress(packed)
    before, rows = bytearray(size), []
    for y in range(height):
        line = bytearray(raw[y * (size + 1) + 1:(y + 1) * (size + 1)])
        how = raw[y * (size + 1)]
        for x in range(size):
            left, up, corner = (line[x - 1] if x else 0), before[x], (before[x - 1] if x else 0)
            if how == 4:
                guess = left + up - corner
                nearest = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
            else:
                nearest = (0, left, up, (left + up) // 2)[how]
            line[x] = (line[x] + nearest) & 255
        before = line
        rows.append([line[x >> 3] >> (7 - (x & 7)) & 1 for x in range(width)])
    return rows


def drawing(data):
    rows = pixels(data)
    return [[sum(1 - rows[SQUARE * y + dy][SQUARE * x + dx] for dy in range(SQUARE) for dx in range(SQUARE)) * 255 // SQUARE ** 2
             for x in range(SIDE)] for y in range(SIDE)]


def turned(image):
    return [list(row) for row in zip(*image[::-1])]


def flat(image):
    return bytes(value for row in image for value in row)


def npy(dtype, shape, data):
    header = repr({"descr": dtype, "fortran_order": False, "shape": shape}).encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def write(path, episodes):
    """Each: the bytes of the drawing, of the twenty beside it, and the number of the right one."""
    rows = len(episodes)
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("query.npy", npy("|u1", (rows, SIDE, SIDE), b"".join(query for query, _, _ in episodes)))
        out.writestr("support.npy", npy("|u1", (rows, WAYS, SIDE, SIDE), b"".join(b"".join(support) for _, support, _ in episodes)))
        out.writestr("answer.npy", npy("<i8", (rows,), struct.pack(f"<{rows}q", *(answer for _, _, answer in episodes))))
    print(f"{path}: {rows} rows")


def background(data):
    """The drawings of each character, and of each character turned."""
    characters = {}
    with zipfile.ZipFile(data / "images_background_small1.zip") as files:
        for name in sorted(files.namelist()):
            if name.endswith(".png"):
                image = drawing(files.read(name))
                for quarter in range(4):
                    characters.setdefault((name.rsplit("/", 1)[0], quarter), []).append(flat(image))
                    image = turned(image)
    return list(characters.values())


def drawn_episodes(characters, rows):
    draw = random.Random(1)
    episodes = []
    for _ in range(rows):
        chosen = draw.sample(range(len(characters)), WAYS)
        answer = draw.randrange(WAYS)
        query, right = draw.sample(characters[chosen[answer]], 2)
        support = [draw.choice(characters[one]) for one in chosen]
        support[answer] = right
        episodes.append((query, support, answer))
    return episodes


def published_episodes(data):
    episodes = []
    with zipfile.ZipFile(data / "one-shot-all_runs.zip") as files:
        read = lambda name: flat(drawing(files.read(name)))
        for run in range(1, 21):
            support = [read(f"run{run:02}/training/class{one:02}.png") for one in range(1, WAYS + 1)]
            for line in io.StringIO(files.read(f"run{run:02}/class_labels.txt").decode()):
                query, right = line.split()
                episodes.append((read(query), support, int(right[-6:-4]) - 1))
    return episodes


def main():
    data, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    write(out / "train.npz", drawn_episodes(background(data), int(sys.argv[3]) if len(sys.argv) > 3 else 3000))
    write(out / "test.npz", published_episodes(data))


if __name__ == "__main__":
    main()

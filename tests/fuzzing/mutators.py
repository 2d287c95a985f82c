"""Mutators that damage files: random bytes, and the lengths, shapes and numbers of formats."""

import gzip
import io
import json
import re
import struct
import zipfile
import zlib
from random import Random

EXTREMES = (
    *("0", "-1", "255", "256", "65536", "2147483647", "2147483648", "4294967296"),
    *("9" * 20, "9" * 5000, "0x" + "f" * 6000, "1e999", "-1e999", "nan", "inf", "-inf", "1e-400"),
    *("", " ", "null", "true", '"', "'", "\\", "\0", "\x1b[31m", "\ud7ff", "١٢", "1_0", "(" * 300),
)
HEADERS = (
    "{'descr': '|u1', 'fortran_order': False, 'shape': (%s,), }",
    "{'descr': '%s', 'fortran_order': False, 'shape': (2, 3), }",
    "{'descr': '|u1', 'fortran_order': %s, 'shape': (2, 3), }",
    "{'descr': [('a', '%s')], 'fortran_order': False, 'shape': (4,), }",
    "{'descr': '|u1', 'fortran_order': True, 'shape': (1, %s, 0), }",
    "{'descr': '|u1', 'shape': %s}",
    "%s",
)
DTYPES = ("|O", "<U0", "|V0", "<f8", ">i4", "<c16", "<U1000000000", "<M8[s]", "|S0", "<f2", "x")


def damage(rng: Random, content: bytes) -> bytes:
    """Change, insert or remove random bytes."""
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(7)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1 and at < len(data):
            data[at] = rng.choice((0, 1, 127, 128, 254, 255))
        elif kind == 2:
            del data[at : at + rng.choice((1, 4, 100, len(data)))]
        elif kind == 3:
            data[at:at] = data[rng.randrange(len(data) + 1) :][: rng.choice((1, 8, 300))]
        elif kind == 4:
            number = rng.choice((0, 1, 2**15, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**64 - 1))
            data[at : at + 8] = number.to_bytes(8, rng.choice(("little", "big")))
        elif kind == 5:
            data[at:at] = bytes([rng.randrange(256)]) * rng.choice((1, 3, 1000))
        else:
            data[at : at + 4] = rng.randbytes(4)
        data = data or bytearray(b"\0")
    return bytes(data)


def damage_text(rng: Random, content: bytes) -> bytes:
    """Change numbers, words or punctuation of a text."""
    text = content.decode("utf-8", "replace")
    tokens = list(re.finditer(r"[0-9]+|[A-Za-z_]+|[^\w\s]", text))
    for _ in range(rng.choice((1, 1, 2, 5))):
        if not tokens:
            break
        token = rng.choice(tokens)
        other = rng.choice((*EXTREMES, rng.choice(tokens)[0], token[0] * rng.choice((2, 1000))))
        text = text[: token.start()] + other + text[token.end() :]
        tokens = list(re.finditer(r"[0-9]+|[A-Za-z_]+|[^\w\s]", text[:20_000]))
    encoded = text.encode("utf-8", "surrogatepass")
    return rng.choice((encoded, encoded, encoded, b"\xff\xfe" + encoded, gzip.compress(encoded, 1)))


def damage_png(rng: Random, content: bytes) -> bytes:
    """Replace the image size in the header of a PNG, and update its checksum."""
    header = bytearray(content[16:29])
    struct.pack_into(">I", header, rng.choice((0, 4)), rng.choice((0, 1, 2**15, 60_000, 2**31 - 1)))
    header[8:] = bytes(rng.choice((header[i], rng.randrange(17))) for i in range(8, 13))
    checksum = struct.pack(">I", zlib.crc32(b"IHDR" + header))
    return content[:16] + bytes(header) + checksum + content[33:]


def damage_idx(rng: Random, content: bytes) -> bytes:
    """Replace dtype and shape in an IDX header, with or without a matching number of values."""
    n_dimensions = rng.choice((0, 1, 3, 3, 3, 8, 9, 255))
    lengths = [rng.choice((0, 1, 2, 28, 2**16, 2**31, 2**32 - 1)) for _ in range(n_dimensions)]
    code = rng.choice((8, 8, 8, 9, 11, 13, 14, 15))
    head = bytes([0, 0, code, n_dimensions]) + struct.pack(f">{n_dimensions}I", *lengths)
    whole = head + rng.choice((content[16:], b"", bytes(2 * 28)))
    return rng.choice((whole, gzip.compress(whole, 1), gzip.compress(whole, 1)[:-7]))


def damage_npy(rng: Random, content: bytes) -> bytes:
    """Replace the header of a .npy file by an invalid one, or its values by extreme ones."""
    if rng.random() < 0.5:
        value = rng.choice((*EXTREMES, *DTYPES, "()", "(-1,)", "(10**9, 0)", "[" * 5000))
        header = (rng.choice(HEADERS) % value).encode("utf-8", "replace")
        version = rng.choice((1, 1, 2, 3, 9))
        size = struct.pack("<H" if version == 1 else "<I", min(len(header), 65535))
        return b"\x93NUMPY" + bytes([version, 0]) + size + header + content[128:]
    values = bytearray(content)
    for _ in range(rng.choice((1, 3))):
        at = rng.randrange(min(128, len(values)), len(values) + 1)
        number = rng.choice(
            (b"\xff" * 8, b"\0" * 8, b"\0\0\0\0\0\0\xf8\x7f", b"\xff" * 3 + b"\x7f")
        )
        values[at : at + len(number)] = number
    return bytes(values)


def damage_zip(rng: Random, content: bytes) -> bytes:
    """Damage one member of a zip archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {item.filename: archive.read(item) for item in archive.infolist()}
    name = rng.choice(sorted(members))
    if name.endswith(".json"):
        members[name] = damage_json(rng, members[name])
    else:
        members[name] = damage_npy(rng, members[name])
    kind = rng.random()
    if kind < 0.05:
        members[name.replace(".npy", ".npz")] = members.pop(name)
    elif kind < 0.1:
        members["x" * rng.choice((1, 5000)) + ".npy"] = bytes(rng.choice((0, 10, 10**6)))
    elif kind < 0.15:
        del members[name]
    packed = io.BytesIO()
    method = rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_LZMA))
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def damage_json(rng: Random, content: bytes) -> bytes:
    """Replace one value of a JSON document by a value of any type."""
    root = json.loads(content)
    places: list[tuple[dict | list, str | int]] = []
    waiting = [root]
    while waiting:
        value = waiting.pop()
        keys = value if isinstance(value, dict) else range(len(value))
        places += [(value, key) for key in keys]
        waiting += [value[key] for key in keys if isinstance(value[key], dict | list)]
    for _ in range(rng.choice((1, 1, 3))):
        parent, key = rng.choice(places)
        other, name = rng.choice(places)
        values = (None, True, -1, 0, 10**9, 2**63, 1e308, "", "numpy", "os", [], {}, "x" * 5000)
        copied = json.loads(json.dumps(other[name]))
        parent[key] = rng.choice((*values, parent[key], copied))
    return json.dumps(root).encode()


def damage_bytes_of_digits(rng: Random, content: bytes) -> bytes:
    """Damage counts and sizes in the header or between the records of a HODA file."""
    data = bytearray(content)
    at = rng.choice((4, 5, 6, 7, 8, 9, 522, 1024, 1025, 1026, 1027, 1028, 1029))
    data[at] = rng.choice((0, 1, 9, 10, 28, 255))
    if rng.random() < 0.3:
        struct.pack_into("<I", data, 6, rng.choice((0, 1, 2**31, 2**32 - 1)))
    return bytes(data)


def damage_pickle(rng: Random, content: bytes) -> bytes:
    """Insert opcodes that a pickle of arrays does not have, or repeat some of its own."""
    data = bytearray(content)
    at = rng.randrange(2, len(data))
    data[at:at] = rng.choice(
        (
            *(b"cos\nsystem\n", b"(S'id'\no", b"I" + b"9" * 5000 + b"\n", b"\x8b\xff\xff\xff\x7f"),
            *(
                b"]" + b"2" * 3000,
                b"r\xff\xff\xff\x7f",
                b"X\xff\xff\xff\x7f",
                b"(" * 5000,
                b"]\x94",
            ),
            *(b"0", b"1", b"N", b"R", b"b", b"\x81", b"\x92", b".", b"h\x00", b"K\x01", b"\x85"),
        )
    )
    return bytes(data)

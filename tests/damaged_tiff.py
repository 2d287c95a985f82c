"""TIFF files some of whose pages cannot be decompressed."""

import io
from collections.abc import Iterable, Sequence

from PIL import Image


def damaged_tiff(pages: Sequence[Image.Image], damaged: Iterable[int]) -> bytes:
    """Return a TIFF with the data of some pages, numbered from 1, overwritten."""
    stream = io.BytesIO()
    pages[0].save(stream, "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    content = bytearray(stream.getvalue())
    with Image.open(io.BytesIO(content)) as picture:
        for number in damaged:
            picture.seek(number - 1)
            offset, size = picture.tag_v2[273][0], picture.tag_v2[279][0]
            content[offset : offset + size] = b"\xff" * size
    return bytes(content)

r"""Render the digits, letters and signs of openly licensed handwriting fonts into one ``.npz``.

The fonts are the packages ``@fontsource/NAME`` of the npm registry, under the SIL Open Font License
1.1, which does not apply to text rendered with a font. Install them and run::

    npm install $(sed 's/^/@fontsource\//' fonts.txt)
    python tools/render_font_glyphs.py node_modules/@fontsource \
        src/numerals/synthesis/font_glyphs.npz
"""

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from numerals.ink import to_mnist

CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-=/()%&#?!$*.,:"
PIXELS = 96


def render(font: ImageFont.FreeTypeFont, character: str) -> np.ndarray:
    canvas = Image.new("L", (4 * PIXELS, 4 * PIXELS))
    ImageDraw.Draw(canvas).text((PIXELS, PIXELS), character, fill=255, font=font)
    return to_mnist(np.asarray(canvas))


def main(fonts: Path, out: Path) -> None:
    images, names = [], []
    for folder in sorted(path for path in fonts.iterdir() if path.is_dir()):
        if "SIL Open Font License" not in (folder / "LICENSE").read_text():
            print(f"skipped, not under the OFL: {folder.name}", file=sys.stderr)
            continue
        version = json.loads((folder / "package.json").read_text())["version"]
        files = sorted(folder.glob("files/*latin-400-normal.woff2")) or sorted(
            folder.glob("files/*latin-*-normal.woff2")
        )
        font = ImageFont.truetype(str(files[0]), PIXELS)
        images.append([render(font, character) for character in CHARACTERS])
        names.append(f"{folder.name} {version}")
    np.savez_compressed(
        out,
        images=np.asarray(images, np.uint8),  # (n_fonts, n_characters, 28, 28)
        characters=np.asarray(list(CHARACTERS)),
        fonts=np.asarray(names),
    )
    print(f"{len(names)} fonts, {out.stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

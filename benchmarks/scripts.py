"""Measure script detection (`--script auto`), and the accuracy with a known script.

Each page has one number, composed from the test part of each data set on rendered paper. With a
known script, lines are read whole and segmented into digits.

    python benchmarks/scripts.py
    python benchmarks/scripts.py --pages 20
"""

import argparse

import numpy as np
from timing import machine

from numerals.data import load_digits
from numerals.models import load_model
from numerals.reading import Reader
from numerals.reading.script_detection import AUTO, installed_scripts
from numerals.reports.text_tables import format_table
from numerals.synthesis.composed_page import PageStyle, compose_page

DATA = {
    "latin": "mnist",
    "kannada": "kannada-mnist",
    "bangla": "cmaterdb-bangla",
    "devanagari": "cmaterdb-devanagari",
    "persian": "hoda",
}
LENGTHS = (1, 3, 6, 10)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=100, help="pages of each script and length")
    options = parser.parse_args()
    auto = Reader(AUTO)
    rng = np.random.default_rng(0)
    rows = []
    for script in installed_scripts():
        digits = load_digits(DATA[script], "test")
        whole, segmented = Reader(script), Reader(load_model(script))
        cells = [script]
        for length in LENGTHS:
            n_scripts = n_read = n_whole = n_segmented = 0
            for number in range(options.pages):
                text = "".join(rng.choice(list(digits.classes), length))
                style = PageStyle(width=1800, height=400, digit_height=int(rng.integers(50, 100)))
                image = compose_page(digits, [text], style, random_state=number).image
                page = auto.read(image)
                n_scripts += page.script == script
                n_read += page.text.replace(" ", "") == text
                n_whole += whole.read(image).text.replace(" ", "") == text
                n_segmented += segmented.read(image).text.replace(" ", "") == text
            counts = (n_scripts, n_read, n_whole, n_segmented)
            cells.append(" / ".join(f"{100 * count / options.pages:.0f}" for count in counts))
        rows.append(cells)
    print(machine())
    print(
        f"{options.pages} pages each: % with correct script / % of the numbers read exactly with it"
    )
    print("/ % read exactly with a known script / the same, with lines segmented into digits")
    print(format_table(["script", *(f"{n} digits" for n in LENGTHS)], rows))


if __name__ == "__main__":
    main()

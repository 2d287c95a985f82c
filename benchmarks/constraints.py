"""Measure what constraints between numbers repair and what they break.

Columns consist of real pictures: cheque amounts (ORAND-CAR) and cells of log books (Meza), of which
no model saw the validation parts. About 8 % of the labels of the log books are wrong, and count as
errors. Forms and tables are composed of digits of MNIST's test writers, none of whom is in the
training part, in worn ink and often touching.

    python benchmarks/constraints.py               # columns of readings, forms, tables
    python benchmarks/constraints.py --thresholds  # of MIN_PROBABILITY, on the training parts
    python benchmarks/constraints.py --pictures FOLDER  # keep the composed forms and tables
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from timing import machine

from numerals.constraints.ascending import AscendingSolver
from numerals.constraints.rule_files import load_rules
from numerals.constraints.unique import UniqueSolver
from numerals.constraints.values import Candidate, make_parser, sort_candidates
from numerals.data import load_digits
from numerals.data.line_data_sets import load_line_texts
from numerals.forms import FormReader, ScanResult, load_template, make_field_reader, resolve_stack
from numerals.forms.form_files import read_form_file
from numerals.reading import Reader, keep_digits
from numerals.reading.line_candidates import line_candidates
from numerals.reading.read_files import FileResult, read_file
from numerals.reading.table_constraints import constrain_tables
from numerals.reports.text_tables import format_table
from numerals.synthesis.digit_hands import Hand, make_hands
from numerals.synthesis.line_composition import compose_line

Number = tuple[str, list[Candidate]]  # what was written, what was read
Gray = npt.NDArray[np.uint8]

THRESHOLDS = (0.1, 0.03, 0.01, 0.003, 0.001)
MIN_CONFIDENCE = 0.9  # numbers below are reviewed
N_CARDS, N_SHEETS, N_ROWS = 200, 8, 15
CARD = (1000, 640)  # width, height
BOXES = {"reading": (420, 220, 900, 300), "ticket": (420, 340, 900, 420)}
COLUMN_EDGES, ROW_HEIGHT, MARGIN = (60, 300, 540, 780, 1100), 60, 80
CARD_TEMPLATE = """image = "card.png"

[[field]]
name = "reading"
box = [420, 220, 900, 300]
format = "digits:5"
after = "previous form"
max_step = 100

[[field]]
name = "ticket"
box = [420, 340, 900, 420]
format = "digits:3"
unique = true
"""
TABLE_RULES = """[[column]]
number = 1
format = "digits:3"
unique = true

[[column]]
number = 4
format = "digits:5"
after = "previous row"
max_step = 100

[[relation]]
sum = [1, 2]
equals = 3
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--thresholds", action="store_true")
    parser.add_argument("--pictures", type=Path)
    arguments = parser.parse_args()
    print(machine())
    if arguments.thresholds:
        print(format_table(*measure_columns("train", THRESHOLDS, max_numbers=2000)))
        return
    print(format_table(*measure_columns("validation", (0.01,))))
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.pictures or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        print(format_table(*measure_forms(folder)))
        print(format_table(*measure_tables(folder)))


def measure_columns(
    split: str, thresholds: Sequence[float], max_numbers: int = 2000
) -> tuple[list[str], list[list[str]]]:
    """Return a table of columns of 50 real readings, drawn 200 times."""
    heads = "numbers constraint threshold wrong% repaired% still_wrong% broken% reviewed%".split()
    rows = []
    for name in ("orand", "meza"):
        numbers = read_numbers(name, split, max_numbers)
        for constraint in ("ascending", "unique"):
            for threshold in thresholds:
                counts = count_outcomes(numbers, constraint, threshold)
                shares = (
                    counts[key] / counts["n"]
                    for key in ("wrong", "repaired", "still wrong", "broken", "reviewed")
                )
                rows.append([name, constraint, f"{threshold}", *(f"{100 * s:.2f}" for s in shares)])
    return [head.replace("_", " ").replace("%", " %") for head in heads], rows


def read_numbers(name: str, split: str, max_numbers: int) -> list[Number]:
    reader, numbers = Reader(layout="field"), []
    for (path, text), _ in zip(load_line_texts(name, split), range(max_numbers), strict=False):
        lines = keep_digits(reader.read(path)).lines
        readings = sort_candidates(line_candidates(lines[0])) if lines else []
        if written := digits_of(text):
            numbers.append((written, readings))
    return numbers


def count_outcomes(numbers: Sequence[Number], constraint: str, threshold: float) -> Counter[str]:
    rng, counts = np.random.default_rng(0), Counter[str]()
    for _ in range(200):
        column = [numbers[i] for i in rng.choice(len(numbers), 50, replace=False)]
        if constraint == "ascending":
            column.sort(key=lambda number: int(number[0]))
            solver = AscendingSolver(make_parser(), min_probability=threshold)
        else:
            column = list({number[0]: number for number in column}.values())
            solver = UniqueSolver(min_probability=threshold)
        for _, readings in column:
            solver.add(readings)
        solver.finish()
        for (written, readings), decision in zip(column, solver.decided, strict=True):
            before = bool(readings) and readings[0][0] == written
            after = decision.index is not None and readings[decision.index][0] == written
            counts["n"] += 1
            counts["wrong"] += not before
            counts["repaired"] += after and not before
            counts["broken"] += before and not after
            counts["still wrong"] += not after and bool(decision.index)
            counts["reviewed"] += bool(decision.problem)
    return counts


def measure_forms(folder: Path) -> tuple[list[str], list[list[str]]]:
    """Return a table of the fields of composed cards."""
    cv2.imwrite(str(folder / "card.png"), draw_card())
    (folder / "card.toml").write_text(CARD_TEMPLATE, encoding="utf-8")
    truth = compose_cards(folder)
    template = load_template(folder / "card.toml")
    reader = FormReader(template, make_field_reader())
    scans = [
        scan
        for i in range(N_CARDS)
        for scan in read_form_file(reader, folder / f"card-{i:03}.jpg", f"card-{i:03}.jpg")
    ]
    rows = []
    for label, results in (("no", scans), ("yes", list(resolve_stack(scans, template)))):
        for name in BOXES:
            outcomes = [
                _field_outcome(scan, name, truth[name][i]) for i, scan in enumerate(results)
            ]
            rows.append([name, label, *_shares(outcomes)])
    return ["field", "constraints", "right %", "reviewed %", "wrong, not reviewed %"], rows


def _field_outcome(scan: ScanResult, name: str, written: str) -> tuple[bool, bool]:
    """Return whether a field is right, and whether it is reviewed."""
    if scan.form is None:
        return False, True
    return scan.form.texts[name] == written, name in scan.form.doubtful(MIN_CONFIDENCE)


def _shares(outcomes: Sequence[tuple[bool, bool]]) -> list[str]:
    right, reviewed = np.array(outcomes).T
    return [f"{100 * np.mean(share):.1f}" for share in (right, reviewed, ~right & ~reviewed)]


def measure_tables(folder: Path) -> tuple[list[str], list[list[str]]]:
    """Return a table of the cells of composed tables, two pages to a file."""
    (folder / "columns.toml").write_text(TABLE_RULES, encoding="utf-8")
    rules = load_rules(folder / "columns.toml")
    reader = Reader(layout="table")
    truths = compose_tables(folder)
    results = [read_file(reader, folder / name, name) for name in truths]
    rows = []
    for label, files in (("no", results), ("yes", list(constrain_tables(results, rules)))):
        for column in range(4):
            outcomes = [
                _cell_outcome(file, row, column, texts[column])
                for file, truth in zip(files, truths.values(), strict=True)
                for row, texts in enumerate(truth)
            ]
            rows.append([str(column + 1), label, *_shares(outcomes)])
    return ["column", "constraints", "right %", "reviewed %", "wrong, not reviewed %"], rows


def _cell_outcome(file: FileResult, row: int, column: int, written: str) -> tuple[bool, bool]:
    page = file.pages[row // N_ROWS]
    lines = [line for line in page.lines if line.cell == (row % N_ROWS, column)]
    if len(lines) != 1:
        return False, True
    [line] = lines
    is_reviewed = line.accepted is False or line.changed or line.confidence < MIN_CONFIDENCE
    return digits_of(line.text) == written, is_reviewed


def compose_cards(folder: Path) -> dict[str, list[str]]:
    """Write cards with ascending readings and unique tickets; return what is written on them."""
    rng, hands = np.random.default_rng(1), test_hands()
    readings = (41_000 + np.cumsum(rng.integers(1, 60, N_CARDS))).astype(str).tolist()
    tickets = rng.choice(np.arange(100, 1000), N_CARDS, replace=False).astype(str).tolist()
    for i, texts in enumerate(zip(readings, tickets, strict=True)):
        card = draw_card()
        for text, box in zip(texts, BOXES.values(), strict=True):
            write(card, text, box, hands, rng)
        turned = cv2.getRotationMatrix2D((CARD[0] / 2, CARD[1] / 2), rng.uniform(-2, 2), 0.98)
        scan = cv2.warpAffine(card, turned, CARD, flags=cv2.INTER_AREA, borderValue=200)
        cv2.imwrite(str(folder / f"card-{i:03}.jpg"), scan)
    return {"reading": readings, "ticket": tickets}


def compose_tables(folder: Path) -> dict[str, list[tuple[str, ...]]]:
    """Write tables: a unique number, a second one, their sum, an ascending one."""
    rng, hands, truths = np.random.default_rng(2), test_hands(), {}
    for sheet in range(N_SHEETS):
        n_rows = 2 * N_ROWS
        first = rng.choice(np.arange(100, 1000), n_rows, replace=False)
        second = rng.integers(10, 900, n_rows)
        last = 41_000 + np.cumsum(rng.integers(1, 60, n_rows))
        rows = list(zip(*np.stack([first, second, first + second, last]).astype(str), strict=True))
        pages = [draw_table(part, hands, rng) for part in (rows[:N_ROWS], rows[N_ROWS:])]
        cv2.imwritemulti(str(folder / f"table-{sheet}.tif"), pages)
        truths[f"table-{sheet}.tif"] = rows
    return truths


def test_hands() -> list[Hand]:
    return make_hands(load_digits("qmnist", "test"))


def digits_of(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def draw_card() -> Gray:
    card = np.full(CARD[::-1], 255, np.uint8)
    cv2.putText(card, "Meter card 12-B", (60, 110), cv2.FONT_HERSHEY_DUPLEX, 1.6, 0, 3)
    cv2.circle(card, (880, 100), 55, 0, 5)
    cv2.line(card, (50, 170), (950, 170), 0, 3)
    for name, (x_min, y_min, x_max, y_max) in BOXES.items():
        at = (70, y_max - 25)
        cv2.putText(card, name.capitalize(), at, cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 2)
        cv2.rectangle(card, (x_min, y_min), (x_max - 1, y_max - 1), 0, 2)
    for i, text in enumerate(("Read all digits, also zeros.", "Printed 04.26 on plain card")):
        at = (70, 500 + 50 * i)
        cv2.putText(card, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.9, 40, 2)
    return card


def draw_table(
    rows: Sequence[Sequence[str]], hands: Sequence[Hand], rng: np.random.Generator
) -> Gray:
    bottom = MARGIN + ROW_HEIGHT * len(rows)
    table = np.full((bottom + MARGIN, COLUMN_EDGES[-1] + MARGIN), 255, np.uint8)
    edges = [MARGIN + ROW_HEIGHT * i for i in range(len(rows) + 1)]
    for y in edges:
        cv2.line(table, (COLUMN_EDGES[0], y), (COLUMN_EDGES[-1], y), 90, 2)
    for x in COLUMN_EDGES:
        cv2.line(table, (x, MARGIN), (x, bottom), 90, 2)
    for row, top in zip(rows, edges, strict=False):
        for text, left, right in zip(row, COLUMN_EDGES, COLUMN_EDGES[1:], strict=False):
            write(table, text, (left, top, right, top + ROW_HEIGHT), hands, rng)
    return table


def write(
    sheet: Gray,
    text: str,
    box: tuple[int, int, int, int],
    hands: Sequence[Hand],
    rng: np.random.Generator,
) -> None:
    """Write a number into a box."""
    strip, _ = compose_line(hands, rng, text, touching=0.4, european=0, wear=0.4)
    scale = 0.8 * (box[3] - box[1]) / strip.shape[0]
    strip = cv2.resize(strip, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    top = (box[1] + box[3] - strip.shape[0]) // 2
    left = max((box[0] + box[2] - strip.shape[1]) // 2, box[0] + 4)
    window = sheet[top : top + strip.shape[0], left : min(left + strip.shape[1], box[2] - 4)]
    window[:] = (window * (1 - strip[:, : window.shape[1]] / 300)).astype(np.uint8)


if __name__ == "__main__":
    main()

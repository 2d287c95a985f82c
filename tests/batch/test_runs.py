"""A run keeps what was read, continues where it was interrupted, and stays one run."""

import json
from dataclasses import replace

import pytest

pq = pytest.importorskip("pyarrow.parquet", reason="needs numerals[batch]")

from run_tools import DIGITS, InlineEngine, list_digits, read_digits, texts, write_digits

from numerals.batch import run_manifest
from numerals.batch.read_units import read_unit
from numerals.batch.run_reading import read_run
from numerals.batch.runs import open_run
from numerals.errors import RunError
from numerals.private_files import locked
from numerals.reading import AnswerOptions, ReadOptions


@pytest.fixture
def pictures(tmp_path):
    write_digits(tmp_path / "pictures", 35)
    return tmp_path / "pictures"


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def test_rows_are_those_of_the_files_in_their_order(pictures, out):
    units = list_digits(pictures)
    summary = read_digits(out, iter(units))
    expected = [row for unit in units for row in read_unit(unit, DIGITS).rows()]
    run = open_run(str(out))
    assert list(run.rows()) == expected
    assert run.is_complete
    assert run.counts == summary.after == run.manifest.counts
    assert (run.counts.files, run.counts.numbers) == (35, 35)
    assert [each.name for each in run.units()] == [unit.name for unit in units]
    table = run.table(["file", "text"])
    assert table.column_names == ["file", "text"] and table.num_rows == 35


def test_an_interrupted_run_reads_only_what_is_missing(pictures, out):
    units = list_digits(pictures)
    with pytest.raises(KeyboardInterrupt):
        read_digits(out, units, InlineEngine(interrupt_after=2))
    run = open_run(str(out))
    assert not run.is_complete and run.counts.files == 20
    engine = InlineEngine()
    summary = read_digits(out, units, engine)
    assert engine.read == [unit.name for unit in units[20:]]
    assert (summary.before.files, summary.after.files) == (20, 35)
    assert [file for file, _ in texts(summary.run)] == [unit.name for unit in units]


def test_a_missing_part_in_between_takes_its_place_in_the_order(pictures, out):
    read_digits(out, list_digits(pictures))
    parts = sorted((out / "numbers").iterdir())
    parts[1].unlink()
    read_digits(out, list_digits(pictures))
    assert sorted((out / "numbers").iterdir()) == parts, "a shard has the same name every time"
    assert [file for file, _ in texts(open_run(str(out)))] == [
        unit.name for unit in list_digits(pictures)
    ]


def test_new_files_are_read_and_removed_ones_stay(pictures, out):
    read_digits(out, list_digits(pictures))
    (pictures / "00003.png").unlink()
    write_digits(pictures, 3, first=35)
    engine = InlineEngine()
    summary = read_digits(out, list_digits(pictures), engine)
    assert [name[-9:] for name in engine.read] == ["00035.png", "00036.png", "00037.png"]
    assert summary.after.files == 38


def test_a_file_that_is_listed_twice_is_read_once(pictures, out):
    units = list_digits(pictures)
    assert read_digits(out, [*units, *units]).after.files == 35


def test_few_files_become_several_shards(pictures, out):
    read_digits(out, list_digits(pictures), shard_size=None)
    assert len(list((out / "numbers").iterdir())) == 7  # of 35 / 8 files each, rounded up


def test_failed_files_are_rows_and_are_read_again_on_request(pictures, out):
    (pictures / "00012.png").write_bytes(b"no picture")
    units = list_digits(pictures)
    assert read_digits(out, units).after.failed == 1
    write_digits(pictures, 1, first=12)
    engine = InlineEngine()
    assert read_digits(out, units, engine).after.failed == 1 and engine.read == []
    summary = read_digits(out, units, engine, retry_failed=True)
    assert engine.read == [units[12].name]
    assert summary.after.failed == 0 and summary.after.numbers == 35
    assert [file for file, _ in texts(summary.run)] == [unit.name for unit in units]


def test_a_file_that_ends_its_process_is_a_failed_file(pictures, out):
    warnings = []
    summary = read_digits(
        out,
        list_digits(pictures),
        InlineEngine(deadly="00012.png"),
        on_progress=lambda progress: warnings.append(progress.warning),
    )
    failed = [row for row in summary.run.rows() if row.error]
    assert [row.file[-9:] for row in failed] == ["00012.png"]
    assert "memory" in failed[0].error
    assert summary.after.files == 35 and summary.after.failed == 1
    assert "00010.png to " in next(filter(None, warnings))


def test_a_unit_in_two_parts_counts_once(pictures, out):
    units = list_digits(pictures)
    read_digits(out, units)
    late = out / "late"
    read_digits(late, units[5:25], shard_size=20)  # what a worker writes that was believed dead
    (part,) = (late / "numbers").iterdir()
    part.rename(out / "numbers" / "part-000000005-00000000.parquet")
    run = open_run(str(out))
    assert [file for file, _ in texts(run)] == [unit.name for unit in units]
    assert run.table().num_rows == run.counts.files == 35


def test_rows_can_be_changed_at_the_end_more_than_once(pictures, out):
    def reject_zeros(rows):
        return (replace(row, accepted=row.text != "0") for row in rows)

    counts = read_digits(out, list_digits(pictures), change_rows=reject_zeros).after
    run = open_run(str(out))
    rows = list(run.rows())
    assert counts.accepted == sum(row.text != "0" for row in rows) > 20
    assert run.change_rows(reject_zeros) == counts
    assert list(run.rows()) == rows


@pytest.mark.parametrize(
    ("work", "difference"),
    [
        (replace(DIGITS, read=ReadOptions(layout="field")), "layout='digit', now 'field'"),
        (replace(DIGITS, answers=AnswerOptions(max_error=0.1)), "max_error=None, now 0.1"),
        (replace(DIGITS, read=ReadOptions("kannada", layout="digit")), "model='latin'"),
    ],
)
def test_other_options_are_refused(pictures, out, work, difference):
    read_digits(out, list_digits(pictures))
    with pytest.raises(RunError, match=difference):
        read_run(str(out), list_digits(pictures), work, InlineEngine())


def test_a_template_with_other_content_is_another_option(tmp_path):
    template = tmp_path / "form.toml"
    template.write_text("one")
    work = replace(DIGITS, template=template)
    before = run_manifest.describe_options(work)["template"]
    assert before.startswith("form.toml (SHA-256 ")
    template.write_text("another")
    assert run_manifest.describe_options(work)["template"] != before


def test_other_models_and_versions_are_refused(pictures, out, monkeypatch):
    read_digits(out, list_digits(pictures))
    monkeypatch.setattr(run_manifest, "model_hashes", lambda options: {"latin-digit": "0" * 64})
    with pytest.raises(RunError, match="another model latin-digit"):
        read_digits(out, list_digits(pictures))
    monkeypatch.setattr(run_manifest, "__version__", "99.0")
    with pytest.raises(RunError, match=r"was started with numerals .*, this is 99\.0"):
        read_digits(out, list_digits(pictures))


def test_one_process_at_a_time_reads_into_a_folder(pictures, out):
    read_digits(out, list_digits(pictures))
    with locked(out / ".lock"), pytest.raises(RunError, match="another process"):
        read_digits(out, list_digits(pictures))


def test_temporary_files_of_killed_runs_are_removed(pictures, out):
    read_digits(out, list_digits(pictures))
    (out / "numbers" / ".part-000.abc.parquet").write_bytes(b"half")
    read_digits(out, list_digits(pictures))
    assert not list((out / "numbers").glob(".*"))


def test_folders_without_a_run_and_damaged_ones_are_reported(pictures, out, tmp_path):
    with pytest.raises(RunError, match="is no run"):
        open_run(str(tmp_path))
    read_digits(out, list_digits(pictures))
    part = min((out / "numbers").iterdir())
    part.write_bytes(b"PAR1" + bytes(20))
    with pytest.raises(RunError, match=rf"{part.name}: is damaged"):
        read_digits(out, list_digits(pictures))
    manifest = json.loads((out / "manifest.json").read_text())
    for change in ({"options": []}, {"models": None}, {"inputs": [{}]}, {"counts": {"files": "1"}}):
        (out / "manifest.json").write_text(json.dumps(manifest | change))
        with pytest.raises(RunError, match="not the manifest of a run"):
            open_run(str(out))
    (out / "manifest.json").write_text("{}")
    with pytest.raises(RunError, match="not the manifest of a run"):
        read_digits(out, list_digits(pictures))
    (out / "manifest.json").unlink()
    with pytest.raises(RunError, match=r"no manifest\.json"):
        read_digits(out, list_digits(pictures))


def test_a_folder_that_cannot_be_made_is_reported(pictures, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(RunError, match="cannot be written"):
        read_digits(tmp_path / "file" / "out", list_digits(pictures))


def test_parts_with_damaged_pages_or_other_columns_are_reported(pictures, out):
    run = read_digits(out, list_digits(pictures)).run
    path = min((out / "numbers").iterdir())
    content, table = path.read_bytes(), pq.read_table(path)
    message = rf"{path.name}: is damaged, or no part of a run \([^)]"
    for damaged in (
        lambda: path.write_bytes(content[:4] + b"\xff" * 1000 + content[1004:]),
        lambda: pq.write_table(table.drop_columns(["text"]), path),
        lambda: pq.write_table(table.slice(0, 3), path),
    ):
        damaged()
        with pytest.raises(RunError, match=message):
            list(run.rows())
    path.unlink()
    path.mkdir()
    with pytest.raises(RunError, match="is a folder, where a run has a file"):
        list(run.rows())

"""The command line, on a folder of generated pictures and the fake embedder."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.case import Case, open_case
from workbench.cli import main, printable  # type: ignore[attr-defined]
from workbench.cli.printing import print_for_programs, print_hits
from workbench.testing import colour_folder, write_faces, write_photos, write_regions

VERBS = [
    "ingest",
    "search",
    "why",
    "faces",
    "share",
    "info",
    "problems",
    "skipped",
    "verify",
    "demo",
    "models",
]


def workbench(*arguments: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "workbench.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    write_photos(
        folder, {"sea.png": "blue", "rose.png": "red", "tomato.jpg": "red", "sub/grass.png": "green"}
    )
    (folder / "broken.jpg").write_bytes(b"\xff\xd8 this is no picture")
    return folder


@pytest.fixture(scope="module")
def case(source, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cases") / "colours"
    done = workbench("ingest", source, "--case", folder, "--model", "fake")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("5 files: 4 embedded,")
    assert f"workbench problems {folder}" in done.stderr
    return folder


def test_help_is_quick_because_it_loads_nothing_heavy():
    code = (
        "import sys; from workbench.cli.parser import parser; parser().format_help(); import workbench.cli; "
        "print([m for m in ('torch', 'pandas', 'numpy', 'pyarrow', 'PIL') if m in sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "[]\n"
    )


def test_why_writes_a_picture_and_says_whether_to_believe_it(case, tmp_path):
    picture = tmp_path / "why.png"
    done = workbench("why", case, "rose.png", "a red thing", "--against", "blue", "--to", picture)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "why.png")
    assert (tmp_path / "why.png").read_bytes()[:4] == b"\x89PNG"
    assert "red" in done.stderr
    assert "chance" in done.stderr
    assert workbench("why", case, "nowhere.png", "red").returncode == 1


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_every_verb_gives_examples(verb, capsys):
    with pytest.raises(SystemExit, match="0"):
        main([verb, "--help"])
    shown = capsys.readouterr().out
    assert "examples:" in shown
    assert f"  workbench {verb}" in shown


def test_no_verb_shows_the_help_and_is_a_usage_error(capsys):
    assert main([]) == 2
    assert "examples:" in capsys.readouterr().err


def test_version_is_that_of_the_package(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("workbench 0.")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["ingest", "photos"],
        ["search", "case"],
        ["search", "c", "q", "-k", "0"],
        ["faces", "c", "nonsense"],
        ["faces", "c", "export", "o", "--how", "move"],
        ["share", "c"],
        ["demo", "--port", "x"],
    ],
)
def test_misuse_exits_with_2(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage: workbench" in capsys.readouterr().err


def test_ingest_again_computes_nothing(source, case, capsys):
    assert main(["ingest", str(source), "--case", str(case), "--quiet"]) == 0
    assert "0 embedded" in capsys.readouterr().out


def test_search_in_words_prints_the_best_hit_first(case, capsys):
    assert main(["search", str(case), "something blue"]) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines()[0].endswith("sea.png")
    assert shown.err.startswith("4 of 4 images in ")


def test_search_by_the_path_of_a_picture(source, case, capsys):
    assert main(["search", str(case), str(source / "sub/grass.png"), "-k", "1"]) == 0
    assert capsys.readouterr().out.endswith("sub/grass.png\n")


@pytest.fixture(scope="module")
def regions(tmp_path_factory):
    """A case with persons and text: a red person in a.png, "yellow" written in b.png."""
    root = tmp_path_factory.mktemp("regions")
    write_regions(
        root / "photos", {"a.png": [("persons", "red")], "b.png": [("text", "yellow")], "c.png": []}
    )
    opened = open_case(root / "photos", case=root / "case", model="fake")
    opened.ingest(regions=["persons", "text"], progress=False)
    return root / "case"


def test_search_over_regions_says_where_in_the_image(regions, capsys):
    assert main(["search", str(regions), "red", "--over", "persons"]) == 0
    assert capsys.readouterr().out.endswith("a.png  at 10,10 40x80\n")
    assert main(["search", str(regions), "red", "--over", "persons", "--json"]) == 0
    (hit,) = json.loads(capsys.readouterr().out)
    assert (hit["x"], hit["y"], hit["box_width"], hit["box_height"]) == (10, 10, 40, 80)


def test_search_finds_half_of_what_is_written(regions, capsys):
    assert main(["search", str(regions), "--text", "yell"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert "b.png  at " in line
    assert "nan" not in line


def test_what_is_not_known_is_null_in_json_and_blank_in_print(capsys):
    frame = pd.DataFrame({"score": [0.5, np.nan], "path": ["a.png", None]})
    assert print_for_programs(frame, Namespace(json=True, csv=False))
    assert json.loads(capsys.readouterr().out) == [
        {"score": 0.5, "path": "a.png"},
        {"score": None, "path": None},
    ]
    frame = pd.DataFrame({"score": [0.5], "probability": [np.nan], "path": ["a.png"], "image_id": ["1"]})
    print_hits(frame)
    assert capsys.readouterr().out.split() == ["0.500", "a.png"]


def test_a_kind_nobody_ingested_says_how_to(regions, capsys):
    assert main(["search", str(regions), "red", "--over", "objects"]) == 1
    assert "objects" in capsys.readouterr().err


def test_search_only_what_has_a_tag(case, capsys):
    opened = open_case(case=case)
    opened.tag("rose.png", "evidence")
    assert main(["search", str(case), "something blue", "--tag", "evidence"]) == 0
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()] == ["rose.png"]
    assert main(["search", str(case), "something blue", "--taken", "soon"]) == 1
    assert "Invalid time" in capsys.readouterr().err


def test_a_very_long_query_is_words_and_no_path(case, capsys):
    assert main(["search", str(case), "blue " * 64, "-k", "1"]) == 0
    assert "sea.png" in capsys.readouterr().out


def test_minus_turns_the_order_round(case, capsys):
    assert main(["search", str(case), "gray", "--unlike", "red", "--csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert {row["path"] for row in rows[-2:]} == {"rose.png", "tomato.jpg"}


def test_threshold_keeps_only_hits_at_least_as_good(case, capsys):
    assert main(["search", str(case), "red", "--threshold", "0.9", "--json"]) == 0
    hits = json.loads(capsys.readouterr().out)
    assert {hit["path"] for hit in hits} == {"rose.png", "tomato.jpg"}
    assert all(hit["score"] >= 0.9 and len(hit["image_id"]) == 64 for hit in hits)


def test_problems_name_file_and_reason_in_every_format(case, capsys):
    main(["problems", str(case)])
    text = capsys.readouterr().out
    main(["problems", str(case), "--csv"])
    (row,) = csv.DictReader(capsys.readouterr().out.splitlines())
    main(["problems", str(case), "--json"])
    (entry,) = json.loads(capsys.readouterr().out)
    assert row == entry
    assert row["path"] == "broken.jpg"
    assert f"broken.jpg: {row['reason']}" in text


def test_skipped_names_file_and_reason_in_every_format(tmp_path, capsys):
    write_photos(tmp_path / "photos", {"red.png": "red"})
    (tmp_path / "photos/=plan.rar").write_bytes(b"Rar!\x1a\x07\0")
    case = tmp_path / "case"
    main(["ingest", str(tmp_path / "photos"), "--case", str(case), "--model", "fake", "--quiet"])
    said = capsys.readouterr()
    assert "1 skipped" in said.out
    assert f"workbench skipped {case}" in said.err

    main(["skipped", str(case)])
    shown = capsys.readouterr()
    main(["skipped", str(case), "--csv"])
    (row,) = csv.DictReader(capsys.readouterr().out.splitlines())
    main(["skipped", str(case), "--json"])
    (entry,) = json.loads(capsys.readouterr().out)
    assert f"=plan.rar: {entry['reason']}" in shown.out
    assert "1 skipped" in shown.err
    assert (entry["kind"], row["path"]) == ("archive", "'=plan.rar")


def test_info_says_the_same_as_json(case, capsys):
    main(["info", str(case)])
    lines = capsys.readouterr().out.splitlines()
    main(["info", str(case), "--json"])
    info = json.loads(capsys.readouterr().out)
    assert info["images"] == 4
    assert [line.rsplit(maxsplit=1)[1] for line in lines] == [str(value) for value in info.values()]


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """Make a case of two people: one with six photos, one with two."""
    root = tmp_path_factory.mktemp("people")
    write_faces(root / "photos", {f"{n}.png": [0] for n in range(6)} | {f"b{n}.png": [6] for n in range(2)})
    open_case(root / "photos", case=root / "case", model="fake", faces="fake").ingest(progress=False)
    assert main(["faces", str(root / "case"), "ingest", "--pair", "fake", "-q"]) == 0
    return root / "case"


def test_faces_lists_who_is_there_the_largest_first(people, capsys):
    assert main(["faces", str(people)]) == 0
    shown = capsys.readouterr()
    main(["faces", str(people), "list", "--csv"])
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))

    assert [line.split()[1] for line in shown.out.splitlines()] == ["6", "2"]
    assert shown.err == "2 identities of 8 faces by squares-1\n"
    assert [row["faces"] for row in rows] == ["6", "2"]
    assert [line.split()[0] for line in shown.out.splitlines()] == [row["identity"] for row in rows]


def test_faces_are_found_again_by_nobody_who_has_them(people, capsys):
    assert main(["faces", str(people), "ingest", "-q"]) == 0
    assert capsys.readouterr().out.startswith("0 faces found, 8 in all;")


def test_ingest_finds_faces_where_it_is_asked_to(people, tmp_path, capsys):
    photos = str(people.parent / "photos")
    models = ["--model", "fake", "--pair", "fake", "-q"]
    assert main(["ingest", photos, "--case", str(tmp_path / "c"), "--faces", *models]) == 0
    assert "8 embedded, 8 faces, " in capsys.readouterr().out


def test_faces_export_says_how_many_photos_lie_where(people, tmp_path, capsys):
    assert main(["faces", str(people), "export", str(tmp_path / "out"), "--min-faces", "2"]) == 0
    assert capsys.readouterr().out == f"8 photos in 2 folders in {tmp_path / 'out'}\n"
    assert len(list((tmp_path / "out").rglob("*.png"))) == 8

    assert main(["faces", str(people), "export", str(tmp_path / "out")]) == 1
    assert "not empty" in capsys.readouterr().err
    assert main(["faces", str(people), "export"]) == 1
    assert "Name a new folder" in capsys.readouterr().err


def test_share_leaves_faces_out_unless_asked(people, tmp_path, capsys):
    for place, option in (("plain", []), ("whole", ["--faces", "all"])):
        assert main(["share", str(people), str(tmp_path / place), *option]) == 0
        assert capsys.readouterr().out == f"{tmp_path / place}\n"
    assert not (tmp_path / "plain" / "cache" / "samples" / "face").exists()
    assert (tmp_path / "whole" / "cache" / "samples" / "face").exists()


def test_models_lists_every_file_the_default_model_needs(capsys):
    assert main(["models"]) == 0
    assert "dinov2" in capsys.readouterr().out


def test_models_path_is_the_folder_that_the_environment_names(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    assert main(["models", "path"]) == 0
    assert capsys.readouterr().out == f"{tmp_path}\n"


@pytest.mark.parametrize("verb", [["info"], ["problems"], ["search", "red"]])
def test_a_folder_that_is_no_case_is_one_line_and_exit_status_1(verb, tmp_path):
    done = workbench(verb[0], tmp_path / "missing", *verb[1:])
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("workbench: ")
    assert done.stderr.count("\n") == 1


def test_an_unknown_model_is_one_line_and_exit_status_1(case, capsys):
    assert main(["models", "fetch", "nonsense"]) == 1
    assert capsys.readouterr().err.startswith("workbench: Unknown model 'nonsense'")


def test_names_of_files_cannot_command_the_terminal(tmp_path, capsys):
    write_photos(tmp_path / "photos", {"a\x1b[31m\nb.png": "red"})
    main(["ingest", str(tmp_path / "photos"), "--case", str(tmp_path / "case"), "--model", "fake", "-q"])
    main(["search", str(tmp_path / "case"), "red"])
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert len(shown.splitlines()) == 2


@pytest.mark.parametrize(("raw", "shown"), [("ü 🙂 x", "ü 🙂 x"), ("a\nb", "a\\nb"), ("\udcff", "\\udcff")])
def test_printable_keeps_letters_and_escapes_the_rest(raw, shown):
    assert printable(raw) == shown


def test_ctrl_c_exits_with_130_and_says_that_nothing_is_lost(monkeypatch, source, tmp_path, capsys):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(Case, "ingest", stop)
    assert main(["ingest", str(source), "--case", str(tmp_path / "c"), "--model", "fake"]) == 130
    assert "Finished work is kept" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
def test_a_stopped_ingest_goes_on_where_it_was(tmp_path):
    colour_folder(tmp_path / "photos", 1500)
    arguments = ["ingest", tmp_path / "photos", "--case", tmp_path / "case", "--model", "fake"]
    command = [sys.executable, "-m", "workbench.cli", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        started = running.stderr.read(1)  # the progress bar has appeared: some 1,500 pictures are ahead
        running.send_signal(signal.SIGINT)
        rest = running.communicate(timeout=60)[1]
    assert running.returncode == 130
    assert b"Traceback" not in started + rest
    again = workbench(*arguments, "--quiet")
    assert again.returncode == 0, again.stderr
    assert len(json.loads(workbench("search", tmp_path / "case", "red", "-k", 2000, "--json").stdout)) == 1500


def test_a_reader_that_stops_reading_is_no_error(case):
    command = [sys.executable, "-m", "workbench.cli", "search", str(case), "red"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.close()
        shown = running.stderr.read()
    assert (running.returncode, b"Error" in shown) == (0, False)


def test_the_installed_command_is_this_module():
    command = Path(sys.executable).with_name("workbench")
    assert command.exists()
    assert (
        "examples:" in subprocess.run([command, "--help"], capture_output=True, text=True, check=True).stdout
    )


def test_ingest_looks_for_the_kinds_of_region_that_are_named(tmp_path, capsys):
    write_regions(
        tmp_path / "photos", {"a.png": [("persons", "red"), ("text", "blue"), ("objects", "green")]}
    )
    command = ["ingest", str(tmp_path / "photos"), "--case", str(tmp_path / "case"), "--model", "fake", "-q"]
    assert main([*command, "--regions", "persons", "text"]) == 0
    assert "1 embedded, 2 regions," in capsys.readouterr().out
    assert main([*command, "--regions", "dogs"]) == 1
    assert "persons, objects, text" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "a\rb", "a\nb"])
def test_no_cell_of_printed_csv_is_a_formula_or_breaks_its_row(capsys, name):
    frame = pd.DataFrame({"path": [f"{name}.png"], "paths": [[name]], "score": [-0.5]})

    print_for_programs(frame, Namespace(json=False, csv=True))

    printed = capsys.readouterr().out
    (row,) = csv.DictReader(printed.splitlines())
    assert len(printed.split("\n")) == 3
    assert "\r" not in printed
    assert row["score"] == "-0.5"
    assert not row["path"].strip().startswith(("=", "+", "-", "@"))
    assert not row["paths"].strip().startswith(("=", "+", "-", "@"))


def test_verify_lists_what_is_not_as_it_was(tmp_path, capsys):
    paths = write_photos(tmp_path / "photos", {"red.png": "red", "blue.png": "blue", "green.png": "green"})
    case = str(tmp_path / "case")
    main(["ingest", str(tmp_path / "photos"), "--case", case, "--model", "fake", "--quiet"])
    capsys.readouterr()
    assert main(["verify", case, "--quiet"]) == 0
    assert "3 files read again: all are as they were" in capsys.readouterr().err

    paths[0].write_bytes(paths[1].read_bytes())
    assert main(["verify", case, "--quiet", "--json"]) == 1
    shown = capsys.readouterr()
    (changed,) = json.loads(shown.out)
    assert (changed["state"], changed["path"]) == ("changed", "red.png")
    assert "1 changed" in shown.err
    assert main(["ingest", str(tmp_path / "photos"), "--case", case, "--quiet", "--rehash"]) == 0
    assert main(["verify", case, "--quiet"]) == 0


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
@pytest.mark.parametrize("form", [[], ["--csv"], ["--json"]])
def test_what_a_pipe_cannot_hold_is_escaped(odd_names, encoding, form, monkeypatch):
    written = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", written)
    assert main(["search", str(odd_names), "red", "-k", "99", *form]) == 0
    text = written.buffer.getvalue().decode(encoding)
    assert ("\\ud83d\\ude42" if form == ["--json"] else "\\U0001f642") in text
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    assert main(["info", str(odd_names / "🙂")]) == 1


@pytest.mark.skipif(os.name == "nt", reason="POSIX")
@pytest.mark.parametrize(
    ("pipe", "status"), [(">&-", 0), ("2>&-", 0), (">/dev/full", 1), ("2>/dev/full", 0), ("2>&1 | true", 0)]
)
def test_a_closed_or_full_output_is_one_line_at_most(case, pipe, status):
    command = f"set -o pipefail; {sys.executable} -m workbench.cli search {case} red {pipe}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (status, False)
    assert done.stderr.count("\n") <= 1
    if status:
        assert done.stderr.startswith("workbench: The output cannot be read or written: No space left")


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "a\rb", "a\nb", "=a\n=b"]


@pytest.fixture(scope="module")
def odd_names(tmp_path_factory):
    """A case of files, tags, people and problems whose names a spreadsheet would compute or break."""
    root = tmp_path_factory.mktemp("odd")
    colours = ["red", "green", "lime", "orange", "gray", "black", "white", "yellow"]
    write_photos(root / "photos", {"a🙂.png": "blue"})
    write_photos(root / "photos", {f"{n}.png": colour for n, colour in zip(FORMULAS, colours, strict=True)})
    write_faces(
        root / "photos", {f"{name}/{n}.png": [6 * i] for i, name in enumerate(FORMULAS) for n in "12"}
    )
    for name in FORMULAS:
        (root / "photos" / f"{name}.jpg").write_bytes(b"\xff\xd8\xff no picture")
    opened = open_case(root / "photos", case=root / "case", model="fake", faces="fake")
    opened.ingest(faces=True, progress=False)
    for identity, name in zip(opened.faces.identities["identity"], FORMULAS, strict=False):
        opened.faces.name(identity, name)
    return root / "case"


@pytest.mark.parametrize("verb", [["search", "red", "-k", "99"], ["problems"], ["faces"]])
def test_no_cell_of_any_verb_is_a_formula_or_breaks_its_row(odd_names, verb, capsys):
    main([verb[0], str(odd_names), *verb[1:], "--csv"])
    printed = capsys.readouterr().out
    rows = list(csv.reader(io.StringIO(printed, newline="")))
    assert len(rows) == printed.count("\n") > 2
    assert {len(row) for row in rows} == {len(rows[0])}
    assert "\r" not in printed
    cells = [cell.strip() for row in rows for cell in row]
    formulas = [cell for cell in cells if cell.startswith(("=", "+", "@"))]
    assert not formulas
    assert not [cell for cell in cells if cell.startswith("-") and not re.fullmatch(r"-[\d.e-]+", cell)]


def test_no_cell_of_a_manifest_is_a_formula_or_breaks_its_row(odd_names, tmp_path, capsys):
    assert main(["faces", str(odd_names), "export", str(tmp_path / "out"), "--min-faces", "1"]) == 0
    printed = (tmp_path / "out" / "manifest.csv").read_bytes().decode()
    rows = list(csv.reader(io.StringIO(printed, newline="")))
    assert len(rows) == printed.count("\n") > 5
    assert "\r" not in printed
    assert not [cell for row in rows for cell in row if cell.strip().startswith(("=", "+", "-", "@"))]


def test_share_says_what_stays_behind(people, tmp_path, capsys):
    opened = open_case(case=people, faces="fake")
    opened.faces.name(opened.faces.identities["identity"][0], "Zita")
    opened.tag([0], "for Zita")
    assert main(["share", str(people), str(tmp_path / "shared")]) == 0
    assert capsys.readouterr().err.startswith("Left out, because they tell of people")

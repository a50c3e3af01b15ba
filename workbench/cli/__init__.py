"""The command line: the notebook's verbs for a terminal. Results go to stdout, the rest to stderr."""

import json
import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.parser import parser
from workbench.cli.printing import open_pipes, print_for_programs, print_hits, printable, say
from workbench.errors import QueryError, WorkbenchError

if TYPE_CHECKING:
    from workbench.case import Case

HIT_COLUMNS = ["score", "probability", "path", "image_id"]
IDENTITY_COLUMNS = ["identity", "name", "faces", "images", "kept"]
PROBLEM_COLUMNS = ["step", "path", "reason"]
SKIPPED_COLUMNS = ["kind", "path", "reason"]
INTERRUPTED = 130
"""Exit status after Ctrl-C: 128 + SIGINT, as shells have it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    0 is done, 1 failed with one line why, 2 misused, 130 stopped with Ctrl-C.
    """
    verbs = {
        "ingest": _ingest,
        "search": _search,
        "why": _why,
        "faces": _faces,
        "share": _share,
        "info": _info,
        "problems": _problems,
        "skipped": _skipped,
        "verify": _verify,
        "follow": _follow,
        "demo": _demo,
        "models": _models,
    }
    status = 0
    try:
        with open_pipes():
            arguments = parser().parse_args(argv)
            run = _version if arguments.version else verbs.get(arguments.verb, _usage)
            status = run(arguments)
    except WorkbenchError as error:
        say(f"workbench: {printable(str(error))}")
        return 1
    except KeyboardInterrupt:
        say("workbench: Interrupted. Finished work is kept; run the same command again to continue.")
        return INTERRUPTED
    return status


def _version(_: Namespace) -> int:
    import workbench

    print(f"workbench {workbench.__version__}")
    return 0


def _usage(_: Namespace) -> int:
    parser().print_help(sys.stderr)
    return 2


def _ingest(arguments: Namespace) -> int:
    case = _open(arguments.case, arguments.source, model=arguments.model, faces=arguments.pair)
    report = case.ingest(
        faces=arguments.faces,
        regions=arguments.regions,
        progress=not arguments.quiet,
        **_reading(arguments),
    )
    faces = f"{report.faces} faces, " if arguments.faces else ""
    faces += f"{report.regions} regions, " if arguments.regions else ""
    print(
        f"{report.found} files: {report.embedded} embedded, {faces}{report.renamed} renamed, "
        f"{report.unchanged} unchanged, {report.gone} gone, {report.problems} problems, "
        f"{report.skipped} skipped; {report.seconds:.1f} s"
    )
    say(f"{report.count}.")
    if report.problems:
        say(f"See what failed: workbench problems {arguments.case}")
    if report.edited:
        what = f"{report.edited} edited photos have tags or decisions left with their former bytes"
        say(f"{what}: workbench follow {arguments.case}")
    if report.skipped:
        say(f"See what was not read: workbench skipped {arguments.case}")
    return 0


def _reading(arguments: Namespace) -> dict[str, Any]:
    return {
        "retry": arguments.retry,
        "rehash": arguments.rehash,
        "metadata": arguments.metadata,
        "links": arguments.links,
        "system": arguments.system,
        "exclude": arguments.exclude,
        "archives": arguments.archives,
        "gone": arguments.gone,
        "frames": arguments.frames,
        "videos": arguments.videos,
    }


def _search(arguments: Namespace) -> int:
    if not (arguments.query or arguments.text or arguments.is_):
        arguments.misused("give a QUERY, --text or --is")
    case = _open(arguments.case, model=arguments.model)
    terms, unlike = ([_term(text) for text in given] for given in (arguments.query, arguments.unlike))
    names = ("text", "over", "tag", "taken", "inside", "kind", "where", "is_", "k", "threshold")
    given = {name: getattr(arguments, name) for name in names}
    hits = case.search(*terms, unlike=unlike, **given)
    frame = hits.frame[[*HIT_COLUMNS, *hits.box_columns]]
    if not print_for_programs(frame, arguments):
        print_hits(frame)
    say(f"{len(hits)} of {len(case.images)} images in {hits.seconds * 1000:.0f} ms")
    return 0


def _why(arguments: Namespace) -> int:
    case, query = _open(arguments.case, model=arguments.model), _term(arguments.query)
    heatmap = case.why(arguments.image, query, method=arguments.method, against=arguments.against)
    print(heatmap.save(arguments.to))
    for word, share in heatmap.words:
        say(f"{share:6.1%}  {printable(word)}")
    say(heatmap.verdict)
    return 0


def _faces(arguments: Namespace) -> int:
    case = _open(arguments.case, faces=arguments.pair)
    if arguments.action == "ingest":
        report = case.ingest_faces(progress=not arguments.quiet, **_reading(arguments))
        print(f"{report.faces} faces found, {len(case.faces)} in all; {report.seconds:.1f} s")
        return 0
    if arguments.action == "export":
        return _export_faces(case, arguments)
    frame = case.faces.identities[IDENTITY_COLUMNS]
    if not print_for_programs(frame, arguments):
        for who in frame.itertuples():
            name = printable(str(who.name))
            print(f"{who.identity:8} {who.faces:6} faces {who.images:6} images  {name}")
    say(f"{len(frame)} identities of {len(case.faces)} faces by {case.faces.key or 'no model yet'}")
    return 0


def _export_faces(case: "Case", arguments: Namespace) -> int:
    if arguments.folder is None:
        raise QueryError("The export folder is missing.", "Name a new folder after 'export'.")
    manifest = case.faces.export(arguments.folder, arguments.min_faces, arguments.how)
    failed = int((manifest["problem"] != "").sum())
    print(f"{len(manifest) - failed} photos in {manifest['folder'].nunique()} folders in {arguments.folder}")
    if failed:
        say(f"{failed} could not be exported: see column 'problem' in {arguments.folder / 'manifest.csv'}")
    return 0


def _share(arguments: Namespace) -> int:
    from workbench.case.share import share_case

    kept = {"faces": arguments.faces, "classifiers": arguments.classifier}
    shared = share_case(_open(arguments.case).folder, arguments.folder, **kept)
    print(shared.folder)
    if shared.left_out:
        what = ", ".join(f"{count} {kind}" for kind, count in shared.left_out.items())
        say(f"Left out, because they tell of people with faces or names: {what}.")
    return 0


def _info(arguments: Namespace) -> int:
    case = _open(arguments.case)
    info = case.info()
    if arguments.json:
        print(json.dumps(info, indent=2, default=str))
        return 0
    for name, value in info.items():
        print(f"{name:14} {printable(str(value))}")
    say(f"{case.count}.")
    return 0


def _problems(arguments: Namespace) -> int:
    frame = _open(arguments.case).problems[PROBLEM_COLUMNS]
    if not print_for_programs(frame, arguments):
        for problem in frame.itertuples():
            print(f"{problem.step:8} {printable(str(problem.path))}: {printable(str(problem.reason))}")
    say(f"{len(frame)} problem{'' if len(frame) == 1 else 's'}")
    return 0


def _skipped(arguments: Namespace) -> int:
    frame = _open(arguments.case).skipped[SKIPPED_COLUMNS]
    if not print_for_programs(frame, arguments):
        for file in frame.itertuples():
            print(f"{file.kind:8} {printable(str(file.path))}: {printable(str(file.reason))}")
    say(f"{len(frame)} skipped")
    return 0


def _verify(arguments: Namespace) -> int:
    limits = {
        name: getattr(arguments, name) for name in ("rate_limit", "links", "system", "exclude", "archives")
    }
    frame = _open(arguments.case).verify(**limits, progress=not arguments.quiet)
    if not print_for_programs(frame, arguments):
        for file in frame.itertuples():
            print(f"{file.state:10} {printable(str(file.path))}: {printable(str(file.reason))}")
    counts = frame["state"].value_counts()
    said = ", ".join(f"{count:,} {state}" for state, count in counts.items())
    say(f"{frame.attrs['checked']:,} files read again: {said or 'all are as they were'}")
    return int(bool(set(counts.index) - {"new"}))


def _follow(arguments: Namespace) -> int:
    case = _open(arguments.case)
    frame = case.follow() if arguments.apply else case.edited
    if not print_for_programs(frame, arguments):
        for file in frame.itertuples():
            counts = f"{file.tags} tags, {file.selections} selections, {file.faces} faces"
            print(f"{printable(str(file.path))}: {counts}")
    say(
        f"{len(frame)} followed"
        if arguments.apply
        else f"{len(frame)} edited files; --apply lets them follow"
    )
    return 0


def _demo(arguments: Namespace) -> int:
    from workbench.cli.demo import check, find_root, launch

    root = find_root(Path.cwd())
    if arguments.check:
        return 0 if check(root, arguments.model) else 1
    return launch(root, arguments.model, port=arguments.port, browser=not arguments.no_browser)


def _models(arguments: Namespace) -> int:
    from workbench.models import fetch, weights

    if arguments.action == "path":
        print(weights.cache_folder())
    elif arguments.action == "fetch":
        for name in arguments.names or ["mini"]:
            print(*fetch(name), sep="\n")
    else:
        for file in weights.status():
            here = "here" if file.present else "missing"
            print(
                f"{file.model:13} {here:8} {file.size / 1e6:6.1f} MB  {file.name:38} {'; '.join(file.places)}"
            )
    return 0


def _open(case: Path, source: Path | None = None, **models: str | None) -> "Case":
    from workbench.case import open_case

    return open_case(source, case=case, model=models.get("model"), faces=models.get("faces"))


def _term(text: str) -> str | Path:
    return Path(text) if os.path.isfile(text) else text  # noqa: PTH113 Path.is_file raises on a long query

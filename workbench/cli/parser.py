"""The words of the command line: verbs, options, and help that needs no manual."""

import argparse
import math
from pathlib import Path
from typing import TypeAlias

from workbench.cli import examples

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def parser() -> argparse.ArgumentParser:
    """Return the parser of all verbs; the one chosen is in ``verb``."""
    top = argparse.ArgumentParser(
        prog="workbench",
        description="Explore a collection of images: ingest once, search in words or by example.",
        epilog=examples.ALL,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="store_true", help="print the version")
    verbs = top.add_subparsers(title="verbs", metavar="VERB", dest="verb")
    for add in (
        _ingest,
        _search,
        _why,
        _faces,
        _share,
        _info,
        _problems,
        _skipped,
        _verify,
        _follow,
        _demo,
        _models,
    ):
        add(verbs)
    return top


def _verb(verbs: Verbs, name: str, text: str, epilog: str) -> argparse.ArgumentParser:
    layout = argparse.RawDescriptionHelpFormatter
    title = text[0].upper() + text[1:] + "."
    return verbs.add_parser(name, help=text, description=title, epilog=epilog, formatter_class=layout)


def _ingest(verbs: Verbs) -> None:
    verb = _verb(verbs, "ingest", "read a folder of photos into a case", examples.INGEST)
    verb.add_argument(
        "source", metavar="SOURCE", type=Path, help="the folder of photos; it is never written to"
    )
    verb.add_argument(
        "--case", required=True, type=Path, help="the case folder; created if it does not exist"
    )
    verb.add_argument("--model", help="mini (the default), or ARCHITECTURE/TAG of open_clip")
    verb.add_argument("--faces", action="store_true", help="also detect faces")
    what = "look for these too: persons objects text (or persons/box, persons/maskrcnn)"
    verb.add_argument("--regions", metavar="KIND", nargs="+", default=[], help=what)
    _add_pair(verb)
    _add_progress(verb)


def _search(verbs: Verbs) -> None:
    verb = _verb(verbs, "search", "find images by words or by example, best first", examples.SEARCH)
    _add_case(verb)
    verb.add_argument("query", metavar="QUERY", nargs="*", help="words in quotes, or the path of a picture")
    verb.add_argument("--text", help="text to find in the images, such as part of a number plate")
    what = "compare these, not whole images: persons objects text, as ingested with --regions"
    verb.add_argument("--over", metavar="KIND", nargs="+", default="images", help=what)
    verb.add_argument("--tag", action="append", default=[], help="only images with this tag (repeatable)")
    what = "only images that this classifier says yes to (repeatable)"
    verb.add_argument("--is", dest="is_", metavar="CLASSIFIER", action="append", default=[], help=what)
    verb.add_argument(
        "--taken", metavar="SPAN", help="only images taken in this time span: 2019, 2019-05..2020"
    )
    verb.add_argument(
        "--inside", metavar="FILE", action="append", default=[], help="only pages of this file (repeatable)"
    )
    verb.add_argument("--kind", help="only these: photo, document or video")
    what = "only what these filters of the query box let pass: 'camera:Canon rating:>=4'"
    verb.add_argument("--where", metavar="FILTERS", help=what)
    verb.set_defaults(misused=verb.error)
    verb.add_argument(
        "--unlike",
        metavar="QUERY",
        action="append",
        default=[],
        help="words or a picture that hits should not resemble (repeatable)",
    )
    verb.add_argument("-k", type=_positive, default=20, help="maximum number of hits (default: 20)")
    verb.add_argument("--threshold", type=float, help="minimum score, from -1 to 1")
    verb.add_argument("--model", help="use the vectors of this model (default: that of the case)")
    _add_formats(verb)


def _why(verbs: Verbs) -> None:
    verb = _verb(verbs, "why", "show which part of an image made it match, as a picture", examples.WHY)
    _add_case(verb)
    verb.add_argument("image", metavar="IMAGE", help="path or id of an image of the case")
    verb.add_argument("query", metavar="QUERY", help="words in quotes, or the path of a picture")
    verb.add_argument(
        "--to", type=Path, default=Path("why.png"), help="the PNG file to write (default: why.png)"
    )
    verb.add_argument(
        "--against", metavar="QUERY", help="contrast with this query: why the first rather than this one"
    )
    verb.add_argument("--method", help="relevance, gradcam, 'integrated gradients' or occlusion")
    verb.add_argument("--model", help="use the vectors of this model (default: that of the case)")


def _faces(verbs: Verbs) -> None:
    verb = _verb(
        verbs, "faces", "detect faces, list identities, export one folder per person", examples.FACES
    )
    _add_case(verb)
    verb.add_argument("action", nargs="?", choices=["list", "ingest", "export"], default="list")
    verb.add_argument("folder", metavar="FOLDER", nargs="?", type=Path, help="where to export to")
    verb.add_argument(
        "--min-faces",
        type=_positive,
        default=6,
        help="export identities with at least this many faces (default: 6)",
    )
    verb.add_argument(
        "--how",
        choices=["copy", "hardlink", "symlink"],
        default="copy",
        help="how photos get into the folder",
    )
    _add_pair(verb)
    _add_progress(verb)
    _add_formats(verb)


def _share(verbs: Verbs) -> None:
    verb = _verb(verbs, "share", "copy a case for a colleague, without its faces", examples.SHARE)
    _add_case(verb)
    verb.add_argument("folder", metavar="FOLDER", type=Path, help="a new or empty folder")
    what = "what goes along of faces (default: none)"
    verb.add_argument("--faces", choices=["none", "decisions", "all"], default="none", help=what)
    what = "a classifier that goes along (repeatable)"
    verb.add_argument("--classifier", metavar="NAME", action="append", default=[], help=what)


def _info(verbs: Verbs) -> None:
    verb = _verb(verbs, "info", "show what a case contains and where it is", examples.INFO)
    _add_case(verb)
    verb.add_argument("--json", action="store_true", help="print JSON")


def _problems(verbs: Verbs) -> None:
    verb = _verb(verbs, "problems", "list the files that could not be used, and why", examples.PROBLEMS)
    _add_case(verb)
    _add_formats(verb)


def _skipped(verbs: Verbs) -> None:
    verb = _verb(verbs, "skipped", "list the files that are not read, and why", examples.SKIPPED)
    _add_case(verb)
    _add_formats(verb)


def _verify(verbs: Verbs) -> None:
    text = "read all originals again and list what has changed, is missing or is new"
    verb = _verb(verbs, "verify", text, examples.VERIFY)
    _add_case(verb)
    verb.add_argument("--rate-limit", metavar="MB", type=float, help="read at most this many MB in a second")
    _add_places(verb)
    _add_quiet(verb)
    _add_formats(verb)


def _follow(verbs: Verbs) -> None:
    text = "let tags and decisions follow photos of which only the metadata were edited"
    verb = _verb(verbs, "follow", text, examples.FOLLOW)
    _add_case(verb)
    verb.add_argument("--apply", action="store_true", help="let them follow; without it they are listed")
    _add_formats(verb)


def _demo(verbs: Verbs) -> None:
    verb = _verb(verbs, "demo", "open the demo album in JupyterLab, or check that it works", examples.DEMO)
    verb.add_argument(
        "--check", action="store_true", help="run all checks without starting JupyterLab; exit status 0 or 1"
    )
    verb.add_argument("--no-browser", action="store_true", help="print the URL without opening a browser")
    verb.add_argument(
        "--port",
        type=_positive,
        default=8888,
        help="port of JupyterLab (default: 8888, or the next free one)",
    )
    verb.add_argument("--model", default="mini", help=argparse.SUPPRESS)


def _models(verbs: Verbs) -> None:
    verb = _verb(verbs, "models", "list model weights, download them, print their paths", examples.MODELS)
    verb.add_argument("action", nargs="?", choices=["list", "fetch", "path"], default="list")
    what = "to fetch: mini (the default), faces-facenet, faces-sface, regions, regions-maskrcnn"
    verb.add_argument("names", metavar="NAME", nargs="*", help=what)


def _add_case(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("case", metavar="CASE", type=Path, help="the case folder")


def _add_pair(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--pair", help="pair of face models: facenet (the default) or sface")


def _add_progress(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--retry", action="store_true", help="retry files that failed before")
    what = "read all files again, to find changes that size and time do not show"
    verb.add_argument("--rehash", action="store_true", help=what)
    what = "read titles, ratings and the like again of photos that an older version read"
    verb.add_argument("--metadata", action="store_true", help=what)
    _add_places(verb)
    what = "where most known photos are not there: keep them in the case, or mark them as gone"
    verb.add_argument("--gone", choices=["keep", "mark"], help=what)
    what = "frames of videos to take: by change (the default), or one every so many seconds; remembered"
    verb.add_argument("--frames", type=_frames, metavar="change|SECONDS", help=what)
    what = "leave videos as they are"
    verb.add_argument("--no-videos", dest="videos", action="store_false", help=what)
    _add_quiet(verb)


def _add_places(verb: argparse.ArgumentParser) -> None:
    what = "links to follow: those that stay inside the source (the default), all or none; remembered"
    verb.add_argument("--links", choices=["inside", "all", "none"], help=what)
    what = "take recycle bins and previews of other programs as photos; remembered"
    verb.add_argument("--system", action=argparse.BooleanOptionalAction, help=what)
    what = "leave out what has this name or path, such as private, '*.bak' or '2019/**/raw'; remembered"
    patterns = verb.add_mutually_exclusive_group()
    patterns.add_argument("--exclude", metavar="PATTERN", action="append", help=what)
    what = "leave out nothing any more"
    patterns.add_argument("--no-exclude", dest="exclude", action="store_const", const=[], help=what)
    what = "read the files in ZIP, TAR and 7z archives (the default); remembered"
    verb.add_argument("--archives", action=argparse.BooleanOptionalAction, help=what)


def _add_quiet(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("-q", "--quiet", action="store_true", help="show no progress bar")


def _add_formats(verb: argparse.ArgumentParser) -> None:
    formats = verb.add_mutually_exclusive_group()
    formats.add_argument("--json", action="store_true", help="print JSON, one object per row")
    formats.add_argument("--csv", action="store_true", help="print CSV with a header")


def _frames(text: str) -> str | float:
    try:
        seconds = "change" if text == "change" else float(text)
    except ValueError:
        seconds = 0.0
    if not (seconds == "change" or (isinstance(seconds, float) and 0 < seconds < math.inf)):
        raise argparse.ArgumentTypeError(f"{text!r} is neither 'change' nor a number of seconds above 0")
    return seconds


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)

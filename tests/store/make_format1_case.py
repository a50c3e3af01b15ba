"""How ``format1_case.zip`` was made, by the last version that wrote format 1; it says what is in there.

    LOGNAME=analyst python tests/store/make_format1_case.py format1_case.zip

It runs with that version only (commit 76ab4aa). The archive has ``photos/`` (seven files, one of them
broken), ``case/``, whose source is named ``/somewhere/photos``: open it with ``source=``, and
``expected.json``, what that version read and answered.
"""

import json
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import workbench as wb
from workbench.testing import write_faces, write_regions

PEOPLE = {"anna.png": [0, 4], "anna-again.png": [0], "carl.png": [8, 4]}
PATCHES = {
    "street.png": [("persons", "red"), ("objects", "blue")],
    "sub/sign.png": [("text", "yellow"), ("persons", "blue")],
    "empty.png": [],
}


def main() -> None:
    """Make photos and case, ask what a case is asked, and pack both."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        write_faces(root / "photos", PEOPLE)
        write_regions(root / "photos", PATCHES)
        (root / "photos" / "broken.jpg").write_bytes(b"\xff\xd8\xff no photo")
        case = wb.open(root / "photos", case=root / "case", model="fake", faces="fake")
        case.ingest(faces=True, regions=["persons", "objects", "text"], instances=True, progress=False)
        say(case)
        (root / "expected.json").write_text(json.dumps(answers(case), indent=1))
        facts = json.loads((root / "case" / "case.json").read_text())
        (root / "case" / "case.json").write_text(
            json.dumps(facts | {"source": "/somewhere/photos"}, indent=2)
        )
        pack(root, Path(sys.argv[1]))


def say(case: wb.Case) -> None:
    """Tag, name, merge, reject and select; fill the caches of layouts, clusters, groups and heatmaps."""
    case.tag(["anna.png", "empty.png"], "evidence")
    case.tag("empty.png", "dull")
    case.untag("empty.png", "evidence")
    path = case.images["path"].to_numpy()[case.faces.frame["image_row"]]
    anna = case.faces.frame["identity"][path == "anna-again.png"].iloc[0]
    others = [one for one in case.faces.identities["identity"] if one != anna]
    anna = case.faces.name(anna, "Anna")
    case.faces.merge(others)
    case.faces.reject([int(case.faces.rows_of(anna)[-1])], anna)
    case.selections.save("reds", [0, 2])
    case.vocabulary = ["a red thing", "a blue thing", "grey"]
    case.layout("pca")
    case.clusters(min_cluster_size=2)
    case.why("street.png", "a red thing")


def answers(case: wb.Case) -> dict[str, Any]:
    """Return what this version reads from its case and answers, to be compared with later versions."""
    red = case.images["path"].tolist().index("street.png")
    box = (10, 10, 40, 80)
    return {
        "images": case.images["image_id"].tolist(),
        "vectors": case.vectors.tolist(),
        "problems": case.problems[["path", "step", "reason"]].to_numpy().tolist(),
        "faces": case.faces.frame[["face_id", "identity", "name"]].to_numpy().tolist(),
        "face_vectors": case.faces.vectors.tolist(),
        "regions": case.regions.frame[["region_id", "label", "text"]].to_numpy().tolist(),
        "region_vectors": case.regions.vectors.tolist(),
        "candidates": len(case.instances),
        "find_this": case.find_this(red, box).frame[["path", "x", "y"]].astype(str).to_numpy().tolist(),
        "over_persons": case.search("red", over="persons").frame["path"].tolist(),
        "tags": case.tags[["sample_id", "tag"]].to_numpy().tolist(),
        "selections": [case.selections.saved(name).ids for name in case.selections.names],
    }


def pack(root: Path, target: Path) -> None:
    """Put photos and case into one archive, without locks."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(root.rglob("*")):
            if (path.is_file() and path.suffix not in {".lock", ".txt"}) or path.name == "vocabulary.txt":
                archive.write(path, path.relative_to(root))


if __name__ == "__main__":
    main()

"""What a case knows now: one table of images with their vectors, in a stable order."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from workbench.image_id import file_id, part_of, position
from workbench.store.case_folder import CaseFolder
from workbench.store.joined_cache import Opened
from workbench.store.sample_parts import read_vectors, unique
from workbench.store.sidecars import lay_over, lists_of
from workbench.store.time_conflicts import time_conflicts


@dataclass(frozen=True)
class Snapshot:
    """Images that have a vector, sorted by first path and by place in the file.

    Row i of ``vectors`` belongs to ``images.iloc[i]``.

    ``images``: image_id, path, paths (list), raw_path (bytes), size (bytes), mtime (UTC), width, height
    (pixels, upright), format, mode, taken_at, lat, lon, altitude, camera, lens, software, orientation,
    motion (bytes), taken_zone (minutes), title, description, keywords (lists), rating, creator, copyright,
    metadata_version, time_conflict (seconds). What sidecar files say is laid over what the photos say.
    Of frames of videos t and duration (seconds), fps, plain ("blank", "slate" or "") and video (the path).
    ``vectors``: (N, D) float32, unit rows. ``problems``: path, raw_path, step, reason, when.
    """

    images: pd.DataFrame
    vectors: NDArray[np.float32]
    problems: pd.DataFrame


def read_snapshot(folder: CaseFolder, key: str) -> Snapshot:
    """Read the images, their vectors of one embedder key, and the problems that now stand."""
    tables = [folder.files, folder.images, folder.problems, folder.vectors(key), folder.sidecars]
    opened = Opened(folder.opened(key), tables)
    kept = opened.load()
    if kept is None:
        joined = _join(folder, key)
        if any(parts.is_damaged() for parts in tables):  # what was left out now may be readable again later
            return joined
        opened.save(joined.images, joined.vectors, joined.problems)
        kept = opened.load()
        if kept is None:
            return joined
    return Snapshot(*kept)


def _join(folder: CaseFolder, key: str) -> Snapshot:
    files = latest_files(folder)
    parts = folder.vectors(key)
    with_vector = pc.unique(parts.read(["sample_id"])["sample_id"])
    images = _images(folder, files[files["status"] == "ok"], with_vector)
    vectors, found = read_vectors(parts, pa.array(images["image_id"], pa.string()))
    if not found.all():  # a part turned out to be corrupt just now
        images, vectors = images[found].reset_index(drop=True), vectors[found]
    return Snapshot(images, vectors, current_problems(folder, files))


def latest_files(folder: CaseFolder) -> pd.DataFrame:
    """Return the last row of each path, in the order of the raw paths."""
    table = unique(folder.files.read(), "raw_path", last=True)
    files: pd.DataFrame = table.sort_by("raw_path").to_pandas()
    return files


def current_problems(folder: CaseFolder, files: pd.DataFrame) -> pd.DataFrame:
    """Return the problems that belong to the last row of their path; not those of files gone or well."""
    problems = folder.problems.read().to_pandas()
    standing = files.loc[files["status"] != "gone", ["raw_path", "when"]]
    standing_problems: pd.DataFrame = problems.merge(standing, on=["raw_path", "when"]).drop_duplicates(
        ["raw_path", "step"], keep="last"
    )
    return standing_problems.sort_values(["raw_path", "step"], ignore_index=True)


def current_skipped(folder: CaseFolder) -> pd.DataFrame:
    """Return what the last ingest did not read: path, raw_path, kind, reason, when; sorted by raw path."""
    tables = (folder.skipped.read_part(path) for path in reversed(folder.skipped.paths()))
    newest = next((table for table in tables if table is not None), folder.skipped.schema.empty_table())
    frame: pd.DataFrame = newest.sort_by("raw_path").to_pandas()
    return frame


def versions_of(folder: CaseFolder, files: Collection[str]) -> pd.DataFrame:
    """Return what now lies where some files once lay that are nowhere now: path, image_id, was, parts.

    Only where the picture then and now has the same size, or all pages of a document. All ids are those of
    files, that of then in ``was``; ``parts`` (list) says which images are in both.
    """
    latest = latest_files(folder)
    standing = latest[latest["status"] == "ok"]
    lost = set(files) - set(standing["image_id"])
    if not lost:
        return pd.DataFrame(columns=["path", "image_id", "was", "parts"])
    seen = folder.files.read(["raw_path", "image_id"])
    seen = seen.filter(pc.is_in(seen["image_id"], value_set=pa.array(sorted(lost), pa.string())))
    then = seen.to_pandas().drop_duplicates().rename(columns={"image_id": "was"})
    pairs = then.merge(standing[["raw_path", "path", "image_id"]], on="raw_path")
    looks = _looks(folder, {*pairs["was"], *pairs["image_id"]})
    same = [
        was in looks and looks[was] == looks.get(now)
        for was, now in zip(pairs["was"], pairs["image_id"], strict=True)
    ]
    kept: pd.DataFrame = pairs.loc[same, ["path", "image_id", "was"]].reset_index(drop=True)
    kept["parts"] = [sorted(part for part, *_ in looks[was]) for was in kept["was"]]
    return kept


def _looks(folder: CaseFolder, files: Collection[str]) -> dict[str, frozenset[tuple[str, int, int]]]:
    """Return for each of some files what its images are called in it, with width and height (pixels)."""
    looks: dict[str, set[tuple[str, int, int]]] = {}
    for table in folder.images.tables(["image_id", "width", "height"]):
        for image_id, width, height in zip(*table.to_pydict().values(), strict=True):
            if file_id(image_id) in files:
                looks.setdefault(file_id(image_id), set()).add((part_of(image_id), width, height))
    return {file: frozenset(look) for file, look in looks.items()}


def _images(folder: CaseFolder, files: pd.DataFrame, with_vector: pa.Array) -> pd.DataFrame:
    """Join paths to contents: one row an image, sorted by its first raw path and place in the file."""
    contents = folder.images.read()
    contents = contents.filter(pc.is_in(contents["image_id"], value_set=with_vector))
    contents = _current(contents, files)
    in_files = pc.any(pc.match_substring(contents["image_id"], "#")).as_py()  # pages or frames
    contents = contents.to_pandas()
    contents["file_id"] = contents["image_id"]
    if in_files:
        contents["file_id"] = contents["image_id"].map(file_id)
        contents = contents.iloc[np.argsort(contents["image_id"].map(position), kind="stable")]
    files = files[files["image_id"].isin(contents["file_id"])]
    first = files.drop_duplicates("image_id")
    table = first[["path", "raw_path", "size"]].copy()
    table.insert(1, "paths", _paths(files, first))
    table["mtime"] = pd.to_datetime(first["mtime_ns"], unit="ns", utc=True)
    table["file_id"] = first["image_id"]
    table = table.merge(contents, on="file_id", how="left", validate="one_to_many")
    table.insert(0, "image_id", table.pop("image_id"))
    table = table.drop(columns="file_id").reset_index(drop=True)
    table["video"] = table["path"].where(table["t"].notna())
    table["keywords"] = lists_of(table["keywords"], table.index)
    lay_over(table, unique(folder.sidecars.read(), "raw_path", last=True).to_pandas())
    table["time_conflict"] = time_conflicts(table)
    return table


def _current(contents: pa.Table, files: pd.DataFrame) -> pa.Table:
    """Return the images of files as they are split now, each once."""
    split = files.loc[files["stills"].notna(), ["image_id", "stills"]]
    if len(split) or contents["stills"].null_count < contents.num_rows:
        now = set(map(tuple, split.to_numpy(object)))
        whole = {known for known, _ in now}
        rows = zip(contents["image_id"].to_pylist(), contents["stills"].to_pylist(), strict=True)
        files_of = ((file_id(image_id), stills) for image_id, stills in rows)
        kept = [pair in now if pair[1] is not None else pair[0] not in whole for pair in files_of]
        contents = contents.filter(pa.array(kept, pa.bool_()))
    return unique(contents.drop_columns("stills"), "image_id", last=True)


def _paths(files: pd.DataFrame, first: pd.DataFrame) -> pd.Series:
    """Return all paths of each image as a list, in the order of the raw paths."""
    lists = [[path] for path in first["path"].to_numpy(object)]
    of = dict(zip(first["image_id"].to_numpy(object), lists, strict=True))
    others = files.loc[files.index.difference(first.index)]
    for image_id, path in zip(others["image_id"], others["path"], strict=True):
        of[image_id].append(path)
    return pd.Series(lists, index=first.index, dtype=object)

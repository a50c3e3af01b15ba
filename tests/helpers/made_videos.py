"""Small videos made by PyAV, and cases in whose tables their frames are written by hand."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
import pyarrow as pa
from PIL import Image, ImageColor

import workbench as wb
from workbench import image_id
from workbench.samples.face import TABLE
from workbench.store.sample_parts import remember_key, vector_table
from workbench.store.schemas import FACES, SEEN, crops
from workbench.testing import colour_vectors, face_vectors, write_photos

SIZE = (96, 64)
RATE = 10


def make_video(
    path: Path, shots: Sequence[tuple[str, float]], *, sound: bool = False, codec: str = "libx264"
) -> None:
    """Write a video of plain colours: each shot has a colour and seconds; at `RATE` frames a second.

    ``sound`` adds a tone.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as file:
        stream: Any = file.add_stream(codec, rate=RATE)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        tone = file.add_stream("aac", rate=8000) if sound else None
        if tone is not None:
            tone.codec_context.layout = "mono"
        for colour, seconds in shots:
            plain = np.full((SIZE[1], SIZE[0], 3), ImageColor.getrgb(colour), np.uint8)
            for _ in range(round(seconds * RATE)):
                file.mux(stream.encode(av.VideoFrame.from_ndarray(plain, "rgb24")))
        file.mux(stream.encode(None))
        if tone is not None:
            length = int(8000 * sum(seconds for _, seconds in shots))
            wave = 0.3 * np.sin(np.arange(length) * 2 * np.pi * 440 / 8000, dtype=np.float32)
            for start in range(0, length, 1024):
                frame = av.AudioFrame.from_ndarray(wave[None, start : start + 1024], "fltp", "mono")
                frame.sample_rate, frame.pts, frame.time_base = 8000, start, Fraction(1, 8000)
                file.mux(tone.encode(frame))
            file.mux(tone.encode(None))


def jpeg(colour: str, size: tuple[int, int] = SIZE) -> bytes:
    data = BytesIO()
    Image.new("RGB", size, colour).save(data, "JPEG")
    return data.getvalue()


def case_of(
    root: Path,
    videos: Mapping[str, Sequence[tuple[str, float]]],
    *,
    sound: bool = False,
    every: float = 1.0,
    photos: Mapping[str, str] | None = None,
) -> wb.Case:
    """Make videos of coloured shots and a case, with a frame of each ``every`` seconds among its images."""
    write_photos(root / "photos", dict(photos or {"a.png": "green"}))
    wb.open(root / "photos", case=root / "case", model="fake", faces="fake").ingest(progress=False)
    case = wb.open(case=root / "case", faces="fake")
    for name, shots in videos.items():
        make_video(root / "photos" / name, shots, sound=sound)
        add_frames(case, name, shots, every)
    return wb.open(case=root / "case", faces="fake")


def add_frames(case: wb.Case, name: str, shots: Sequence[tuple[str, float]], every: float = 1.0) -> list[str]:
    """Write the frames of a video into the tables of a case; return their image ids."""
    folder = case.folder
    path = folder.source / name
    file, facts = sha256(path.read_bytes()).hexdigest(), path.stat()
    row: dict[str, object] = {"path": name, "raw_path": name.encode(), "image_id": file, "status": "ok"}
    row |= {"size": facts.st_size, "mtime_ns": facts.st_mtime_ns}
    folder.files.append(pa.Table.from_pylist([row], folder.files.schema))
    ends = np.cumsum([seconds for _, seconds in shots])
    times = np.arange(0, ends[-1] - 1e-9, every)
    colours = [shots[int(np.searchsorted(ends, t, "right"))][0] for t in times]
    ids = [image_id.make(file, t=float(t)) for t in times]
    rows = [
        {"image_id": one, "width": SIZE[0], "height": SIZE[1], "format": "MP4", "mode": "RGB"} for one in ids
    ]
    folder.images.append(pa.Table.from_pylist(rows, folder.images.schema))
    small = [{"image_id": one, "jpeg": jpeg(colour)} for one, colour in zip(ids, colours, strict=True)]
    folder.thumbnails.append(pa.Table.from_pylist(small, folder.thumbnails.schema))
    rgb = np.array([ImageColor.getrgb(colour) for colour in colours], np.float32) / 255
    folder.vectors("colour-1", 4).append(vector_table(ids, [colour_vectors(rgb.astype(np.float32))], 4))
    return ids


def add_faces(
    case: wb.Case, seen: Mapping[str, Sequence[tuple[float, float]]], side: float = 20.0
) -> list[str]:
    """Write faces into the frames of a case: image id -> of each face the person and where it begins (x).

    Persons are those of ``SquareFaces``: whole numbers from 0 to 11, halves lie between two; return face ids.
    """
    folder = case.folder
    rows, people, crop_rows = [], [], []
    for one, faces in seen.items():
        for person, x in faces:
            box = {"x": float(x), "y": 20.0, "width": side, "height": side}
            rest = {name: 1.0 for name in FACES.names[6:] if name != "landmarks"} | {"landmarks": [1.0] * 10}
            face = f"{one}:{x:g},20,{side:g},{side:g}"
            rows.append({"face_id": face, "image_id": one, **box, **rest, "size": side})
            people.append(person)
            crop_rows.append({"face_id": face, "jpeg": jpeg(f"hsv({person * 30:.0f}, 100%, 90%)", (40, 40))})
    faces_of = [str(row["face_id"]) for row in rows]
    folder.samples(TABLE, "squares-1", 12).append(
        rows=pa.Table.from_pylist(rows, FACES),
        vectors=vector_table(faces_of, [face_vectors(np.array(people, float))], 12),
        crops=pa.Table.from_pylist(crop_rows, crops("face_id")),
        seen=pa.Table.from_pylist(
            [{"image_id": one, "count": len(faces)} for one, faces in seen.items()], SEEN
        ),
    )
    remember_key(folder.cache, "faces:fake", "squares-1")
    remember_key(folder.cache, "faces", "fake")
    return faces_of


def face_case(root: Path, seconds: int = 30) -> wb.Case:
    """A case of one video in which person 0 walks all the time, 4 from 5 to 12 s and 8 from 20 s on."""
    case = case_of(root, {"v/people.mp4": [("grey", seconds / 2), ("#606878", seconds / 2)]})
    ids = [one for one in case.images["image_id"] if "#t=" in one]
    seen = {}
    for one in ids:
        t = image_id.position(one)
        faces = [(0.0, 2 + t)]
        faces += [(4.0, 60.0)] if 5 <= t < 12 else []
        faces += [(8.0, 70.0)] if t >= 20 else []
        seen[one] = faces
    add_faces(case, seen)
    return wb.open(case=root / "case", faces="fake")

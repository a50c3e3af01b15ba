"""Geometry, light and quality of faces, without weights; and what the real networks make of real faces."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from workbench.errors import ModelError
from workbench.media.decode import read_image
from workbench.models import weights
from workbench.models.faces import (
    FacePair,
    boxes,
    face_pair,
    pairs,
    quality,
    recognisers,
    register_pair,
)
from workbench.models.faces.model import search, turn_back

PHOTOS = Path(__file__).parents[2] / "data" / "photos" / "faces"
POINTS = np.array([[35, 40], [65, 40], [50, 60], [38, 75], [62, 75]], np.float32)
PAIRS = ["facenet", "sface"]


def row(left, top, right, bottom, score=0.99):
    box = np.array([left, top, right, bottom], np.float32)
    points = box[:2] + POINTS / 100 * (box[2:] - box[:2])
    return np.concatenate([box, [score], points.ravel()]).astype(np.float32)


def marked(angle=0.0):
    """Draw a picture with a bright left eye and a dark right eye, turned about its middle."""
    pixels = np.full((400, 400, 3), 128, np.uint8)
    pixels[155:165, 165:175] = 255
    pixels[155:165, 225:235] = 0
    image = Image.fromarray(pixels).rotate(
        angle, fillcolor=(128, 128, 128), resample=Image.Resampling.BICUBIC
    )
    turn = np.deg2rad(angle)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    points = (np.array([[170, 160], [230, 160], [200, 200], [178, 235], [222, 235]]) - 200) @ matrix.T + 200
    return image, points.astype(np.float32)


def test_a_box_is_cut_to_its_picture():
    assert boxes.within(np.array([-5, 20, 50, 130], np.float32), (100, 100)).tolist() == [0, 20, 50, 100]
    assert boxes.within(np.array([120, -9, 130, -5], np.float32), (100, 100)).tolist() == [99, 0, 100, 1]


def test_of_overlapping_boxes_the_surest_stays():
    rows = np.stack([row(0, 0, 10, 10, 0.8), row(1, 0, 11, 10, 0.9), row(50, 50, 60, 60, 0.7)])
    assert boxes.suppress(rows, 0.5).tolist() == [1, 2]


def test_a_box_inside_another_goes_only_when_the_smaller_area_counts():
    rows = np.stack([row(0, 0, 100, 100, 0.9), row(40, 40, 60, 60, 0.8)])
    assert boxes.suppress(rows, 0.5).tolist() == [0, 1]
    assert boxes.suppress(rows, 0.5, over_smaller=True).tolist() == [0]


@pytest.mark.parametrize("angle", [0, 20, -35, 90, 180])
@pytest.mark.parametrize("aligner", ["level", "template"])
def test_eyes_are_level_and_upright_in_the_crop_however_the_face_lies(angle, aligner):
    image, points = marked(angle)
    box = np.array([120, 110, 280, 290], np.float32)
    if aligner == "level":
        crop = recognisers.level_crop(image, box, points, margin=0.2)
    else:
        crop = recognisers.template_crop(image, box, points)
    bright = np.argwhere(crop[..., 0] > 200).mean(0)
    dark = np.argwhere(crop[..., 0] < 60).mean(0)
    assert abs(bright[0] - dark[0]) < 2
    assert bright[1] < dark[1] - 20
    assert bright[0] < 80


@pytest.mark.parametrize(
    "box", [(-50, 20, 50, 80), (-30, -40, 130, 150), (60, 70, 180, 200), (-9, -9, -5, -5)]
)
@pytest.mark.parametrize("angle", [0, 25])
def test_a_crop_at_the_edge_shows_nothing_but_the_picture(box, angle):
    turn = np.deg2rad(angle)
    points = row(*box)[5:].reshape(5, 2) @ [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    crop = recognisers.level_crop(Image.new("RGB", (100, 100), "red"), row(*box)[:4], points, margin=0.3)
    assert crop.shape == (160, 160, 3)
    assert (crop == (255, 0, 0)).all()


def test_the_margin_is_as_wide_as_the_picture_allows():
    """A photo cut tightly round a face fills the crop; one with room has all its margin."""
    pixels = np.zeros((300, 300, 3), np.uint8)
    pixels[100:200, 100:200] = 255
    box = np.array([100, 100, 200, 200], np.float32)
    roomy = recognisers.level_crop(Image.fromarray(pixels), box, POINTS + 100, margin=0.6)
    tight = recognisers.level_crop(Image.fromarray(pixels[90:210, 90:210]), box - 90, POINTS + 10, margin=0.6)
    white = [(crop[80, :, 0] > 127).mean() for crop in (roomy, tight)]
    assert white == pytest.approx([1 / 1.6, 1 / 1.2], abs=0.02)


def test_beyond_the_edge_a_crop_goes_on_with_the_pixels_of_the_edge():
    pixels = np.full((100, 100, 3), 90, np.uint8)
    pixels[:, 0] = (200, 10, 10)
    crop = recognisers.template_crop(Image.fromarray(pixels), row(-60, 0, 40, 100)[:4], POINTS - [60, 0])  # type: ignore[arg-type]
    assert abs(crop[80, 5].astype(int) - (200, 10, 10)).max() < 3


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_places_found_in_a_turned_picture_are_those_of_the_picture_before(quarters):
    image = Image.new("RGB", (200, 100))
    image.paste((255, 255, 255), (20, 30, 60, 80))
    turn = {1: Image.Transpose.ROTATE_90, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_270}
    left, top, right, bottom = image.transpose(turn[quarters]).getbbox()  # type: ignore[misc]
    found = turn_back(row(left, top, right, bottom)[None], quarters, image.size)
    assert found[0, :4].tolist() == [20, 30, 60, 80]


def test_a_picture_is_turned_only_where_no_sure_face_was_found():
    seen = []

    def look(image):
        seen.append(image.size)
        return row(10, 10, 50, 50)[None] if image.width > image.height else boxes.empty()

    assert len(search(Image.new("RGB", (200, 100), "grey"), look, 0.9)) == 1
    assert seen == [(200, 100)]
    turned = search(Image.new("RGB", (100, 200), "grey"), look, 0.9)
    assert len(turned) == 1
    assert turned[0, :4].tolist() != [10, 10, 50, 50]


def test_gamma_brightens_the_dark_and_leaves_black_and_white():
    dark = quality.curve(quality.exponent(np.full(100, 0.1, np.float32)), 0.1)
    assert (dark[0], dark[-1]) == (0, 1)
    assert (np.diff(dark) >= 0).all()
    assert dark[25] > 0.25


def test_correction_keeps_hue_and_tells_how_far_it_went():
    pixels = np.full((8, 8, 3), (40, 20, 10), np.uint8)
    bright, bent = quality.brighten(pixels)
    assert bent < 1
    assert bright[0, 0, 0] > 80
    assert np.allclose(bright[0, 0] / bright[0, 0, 0], [1, 0.5, 0.25], atol=0.03)


def test_a_dark_skin_in_good_light_is_not_called_dark():
    values = np.concatenate([np.full(85, 0.25), np.full(15, 0.6)]).astype(np.float32)
    assert not quality.is_dark(values)
    assert quality.is_dark(values * 0.5)


def test_pose_is_best_when_the_nose_is_in_the_middle():
    turned = POINTS.copy()
    turned[2, 0] += 12
    profile = POINTS.copy()
    profile[2, 0] += 18
    assert quality.pose(POINTS) > 0.9 > quality.pose(turned) > quality.pose(profile)
    assert quality.pose(np.zeros((5, 2), np.float32)) == 0


def test_blur_lowers_sharpness_and_darkness_lowers_exposure():
    noise = np.random.default_rng(0).integers(60, 200, (160, 160, 3)).astype(np.uint8)
    blurred = np.asarray(Image.fromarray(noise).filter(ImageFilter.GaussianBlur(4)))
    assert quality.sharpness(quality.grey(noise)) > 2 * quality.sharpness(quality.grey(blurred))
    assert quality.exposure(quality.grey(noise)) > 2 * quality.exposure(quality.grey(noise // 12))


def test_one_bad_measure_tells_in_the_summary():
    assert quality.summary(200, 1, 1, 1) == 1
    assert quality.summary(200, 0, 1, 1) < 0.5
    assert quality.summary(10, 1, 1, 1) < quality.summary(40, 1, 1, 1)


def test_an_unknown_pair_is_told_which_are_known():
    with pytest.raises(ModelError, match=r"facenet.*sface"):
        face_pair("nobody")


def record(**changes):
    """Return the fields of a complete record of a pair, with changes."""
    groups = {"agglomerative": 0.5, "whispers": 0.5, "hdbscan": 0.5}
    scores = {"least_score": 0.8, "sure_score": 0.9}
    cosines = {"groups": groups, "unknown": 0.4, "even": 0.5, "slope": 20.0}
    facts = {"name": "ours", "loader": lambda **options: options, "weights": ""}
    return facts | scores | cosines | changes


@pytest.mark.parametrize("name", sorted(record()))
def test_no_fact_about_a_pair_can_be_forgotten(name):
    with pytest.raises(TypeError, match=name):
        FacePair(**{key: value for key, value in record().items() if key != name})


@pytest.mark.parametrize(
    "wrong",
    [
        {"groups": {"whispers": 0.5}},
        {"groups": {"agglomerative": 0.5, "whispers": 5, "hdbscan": 0.5}},
        {"sure_score": 99},
        {"slope": 0},
        {"even": 1.5},
        {"name": ""},
    ],
)
def test_a_fact_outside_its_range_is_refused(wrong):
    with pytest.raises(ModelError, match="not complete"):
        FacePair(**record(**wrong))


def test_a_pair_of_ones_own_is_known_by_its_name(monkeypatch):
    monkeypatch.setattr(pairs, "_pairs", dict(pairs._pairs))
    register_pair(FacePair(**record()))
    assert face_pair("ours").load(precision="auto") == {
        "least_score": 0.8,
        "sure_score": 0.9,
        "precision": "auto",
    }
    assert face_pair("ours").load(least_score=0.5)["least_score"] == 0.5


@pytest.mark.parametrize("name", PAIRS)
def test_missing_weights_name_the_command(name):
    with pytest.raises(ModelError, match=f"workbench models fetch faces-{name}"):
        face_pair(name).load()


def people():
    """Return up to three photos of each person in the album."""
    folders = sorted(path for path in PHOTOS.iterdir() if path.is_dir())
    return [
        (number, photo) for number, folder in enumerate(folders) for photo in sorted(folder.iterdir())[:3]
    ]


@pytest.fixture(scope="module", params=PAIRS)
def model(request):
    try:
        return face_pair(request.param).load()
    except ModelError as error:
        pytest.skip(str(error))


@pytest.mark.weights
def test_photos_of_one_person_are_nearer_than_those_of_two(model):
    who, crops = [], []
    for person, path in people():
        faces = model.detect(read_image(path.read_bytes(), min_side=256).image)
        assert faces, f"no face in {path}"
        crops.append(max(faces, key=lambda face: face.box[3]).crop)
        who.append(person)
    vectors = model.embed_faces(np.stack(crops))
    assert vectors.shape == (len(who), model.dim)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    likeness, same = vectors @ vectors.T, np.equal.outer(who, who)
    np.fill_diagonal(same, val=False)
    others = ~same & ~np.eye(len(who), dtype=bool)
    assert likeness[same].mean() > likeness[others].mean() + 0.4
    assert np.median(likeness[same]) > likeness[others].max()


@pytest.mark.weights
def test_a_vector_does_not_depend_on_the_batch(model):
    crops = np.random.default_rng(0).integers(0, 256, (5, 160, 160, 3)).astype(np.uint8)
    alone = np.concatenate([model.embed_faces(crop[None]) for crop in crops])
    assert (alone * model.embed_faces(crops)).sum(1).min() > 0.999


@pytest.mark.weights
def test_our_cascade_finds_the_faces_that_facenet_pytorch_finds():
    from facenet_pytorch import MTCNN

    from workbench.models.faces.mtcnn import load_mtcnn

    ours, theirs = load_mtcnn(24, "float32"), MTCNN(keep_all=True, min_face_size=24)
    for _, path in people()[::2]:
        image = read_image(path.read_bytes(), min_side=256).image
        image.thumbnail((640, 640))
        expected, scores, points = theirs.detect(image, landmarks=True)
        found = ours(image)
        found = found[found[:, 4] >= 0.9]
        assert len(found) == sum(score >= 0.9 for score in scores)
        # Boxes of equal right are many, and which one stays hangs on the last digits; the points do not.
        apart = np.abs(found[0, 5:].reshape(5, 2) - np.array(points[0], float)).mean()
        assert apart < 0.08 * (expected[0][2] - expected[0][0])


@pytest.fixture
def released(monkeypatch):
    """Lay a network in the form of the official release, its weights untrained, where that would lie."""
    import torch
    from facenet_pytorch import InceptionResnetV1

    torch.manual_seed(0)
    network = InceptionResnetV1(pretrained=None, num_classes=8631).eval()
    path = weights.cache_folder() / weights.FACENET_RELEASE.name
    path.parent.mkdir(parents=True)
    state = network.state_dict() | {"logits.weight": torch.zeros(8631, 512), "logits.bias": torch.zeros(8631)}
    torch.save(state, path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    file = replace(weights.FACENET_RELEASE, size=path.stat().st_size, sha256=digest)
    monkeypatch.setattr(weights, "FACENET_RELEASE", file)
    return network


def test_the_official_release_computes_what_facenet_pytorch_does(released):
    import torch
    from facenet_pytorch import fixed_image_standardization

    crops = np.random.default_rng(0).integers(0, 256, (3, 160, 160, 3), np.uint8)
    name, embed = recognisers.load_facenet("float32")
    wide = np.stack([recognisers._as_trained(crop) for crop in crops])
    with torch.no_grad():
        pixels = torch.from_numpy(wide).permute(0, 3, 1, 2).float()
        expected = released(fixed_image_standardization(pixels)).numpy()

    assert name == "facenet_vggface2-release"
    assert np.abs(embed(crops) - expected).max() < 1e-5


def test_a_release_that_is_another_file_is_not_opened(released):
    path = weights.cache_folder() / weights.FACENET_RELEASE.name
    path.write_bytes(path.read_bytes() + b"more")
    with pytest.raises(ModelError, match="damaged or not the right file"):
        recognisers.load_facenet("float32")

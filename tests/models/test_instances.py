"""Dense features: grids of every shape, and the same numbers as the published networks."""

import numpy as np
import pytest
from PIL import Image

from workbench.models.instances import dense


@pytest.mark.parametrize("size", [(640, 480), (16, 16), (50, 1), (1, 4000), (5000, 100), (224, 224)])
def test_a_grid_has_about_the_patches_asked_for_and_the_shape_of_the_picture(size):
    rows, columns = dense.grid_of(size, 576)
    assert 0.85 * 576 <= rows * columns <= 1.15 * 576
    shape = min(max(size[0] / size[1], 1 / dense.LONGEST), dense.LONGEST)
    assert columns / rows == pytest.approx(shape, rel=0.1)


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA", "CMYK"])
def test_pictures_of_every_mode_become_input(mode):
    assert dense.pixels(Image.new(mode, (31, 17)), (3, 5), 14).shape == (1, 3, 42, 70)


def test_a_row_stretched_to_its_own_length_is_itself():
    np.testing.assert_allclose(dense.stretch(37, 37), np.eye(37), atol=1e-6)
    np.testing.assert_allclose(dense.stretch(16, 37).sum(axis=1), 1, atol=1e-5)


@pytest.fixture(scope="module")
def photo():
    noise = np.random.default_rng(0).integers(0, 256, (12, 16, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((320, 240), Image.Resampling.BICUBIC)


@pytest.mark.weights
def test_patch_tokens_are_those_of_the_published_transformer(photo):
    import timm
    import torch

    from workbench.models import weights
    from workbench.models.instances.dense import patch_tokens
    from workbench.models.mini.convert import dinov2_from_onnx
    from workbench.models.mini.preprocess import MEAN, STD

    found = patch_tokens(patches=192, precision="float32").look(photo)
    trunk = timm.create_model("vit_small_patch14_dinov2", num_classes=0, dynamic_img_size=True)
    trunk.load_state_dict(dinov2_from_onnx(weights.path_of(weights.DINOV2)))
    pixels = dense.pixels(photo, (12, 16), 14)[0].astype(np.float32) / 255
    given = torch.from_numpy((pixels - MEAN[:, None, None]) / STD[:, None, None])[None]
    with torch.inference_mode():
        wanted = trunk.eval().forward_features(given)[0, 1:].numpy()
    assert found.shape == (12, 16, 384)
    np.testing.assert_allclose(found.reshape(-1, 384), wanted, atol=0.02)


@pytest.mark.weights
def test_regions_are_traced_back_from_the_map_that_the_network_gives(photo):
    from benchmarks.dasr import Salient
    from workbench.models.instances.dense import last_maps
    from workbench.models.mini.build import published_towers

    pixels = dense.pixels(photo, (8, 10), 32)
    responses = Salient(published_towers().teacher).respond(pixels)
    wanted = last_maps(cells=80).look(photo)
    np.testing.assert_allclose(responses.last, wanted, atol=1e-3)
    heat = responses.trace(np.array([(0, 0), (7, 9), (4, 5)]))
    assert heat.shape == (3, 16, 20)
    assert (heat >= 0).all()
    assert (heat.sum(axis=(1, 2)) <= 1 + 1e-4).all()
    peaks = [np.unravel_index(part.argmax(), part.shape) for part in heat]
    assert peaks[0][0] < 8
    assert peaks[1][0] >= 8

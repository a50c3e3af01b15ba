"""Learn the whitening of patch tokens: ``python -m workbench.case.instances.learn FOLDER [--to FILE]``.

The file in the package was learnt on the photos of ``data/photos``, without looking at any question.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from workbench.analysis.instances import pooling
from workbench.case.instances.model import ThingModel
from workbench.models.instances.dense import WHITENING, patch_tokens


def main() -> None:
    """Learn it on the candidates of all photos below a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--to", type=Path, default=WHITENING)
    options = parser.parse_args()
    model, means = ThingModel(patch_tokens()), []
    for path in sorted(options.folder.rglob("*.jp*g")):
        with Image.open(path) as photo:
            means.append(model.regions(ImageOps.exif_transpose(photo).convert("RGB"))[1])
    vectors = np.concatenate(means)
    np.savez_compressed(options.to, matrix=pooling.learn(vectors).astype(np.float16))
    print(f"{options.to}: learnt on {len(vectors):,} candidates of {len(means)} photos")


if __name__ == "__main__":
    main()

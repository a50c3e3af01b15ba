"""PDF and TIFF files of coloured pages, made of bytes."""

import hashlib
import io
import struct
from collections.abc import Mapping, Sequence

from PIL import Image, ImageColor

A4 = (595.0, 842.0)
_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def pdf(
    colours: Sequence[str],
    size: tuple[float, float] = A4,
    *,
    texts: Sequence[str] = (),
    about: Mapping[str, str] | None = None,
    script: str = "",
    password: str = "",
) -> bytes:
    """Return a PDF: a page of each colour, ``size`` in points, with a line of text where there is one."""
    action = f"/OpenAction << /S /JavaScript /JS ({script}) >>" if script else ""
    places = [4 + 2 * number for number in range(len(colours))]
    kids = " ".join(f"{place} 0 R" for place in places)
    bodies = [
        f"<< /Type /Catalog /Pages 2 0 R {action} >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {len(colours)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, colour in enumerate(colours):
        box = f"/MediaBox [0 0 {size[0]} {size[1]}] /Resources << /Font << /F1 3 0 R >> >>"
        page = f"<< /Type /Page /Parent 2 0 R {box} /Contents {places[number] + 1} 0 R >>"
        red, green, blue = (value / 255 for value in ImageColor.getrgb(colour)[:3])
        drawn = f"{red} {green} {blue} rg 0 0 {size[0]} {size[1]} re f\n"
        if number < len(texts):
            drawn += f"BT 0 0 0 rg /F1 36 Tf 60 {size[1] / 2} Td ({texts[number]}) Tj ET\n"
        bodies += [page.encode(), f"<< /Length {len(drawn)} >>\nstream\n{drawn}endstream".encode()]
    trailer = f"/Size {len(bodies) + 3} /Root 1 0 R"
    if about:
        values = " ".join(f"/{name} ({value})" for name, value in about.items())
        bodies.append(f"<< {values} >>".encode())
        trailer += f" /Info {len(bodies)} 0 R"
    if password:
        owner, user = _keys(password)
        what = f"<< /Filter /Standard /V 1 /R 2 /P -4 /O <{owner.hex()}> /U <{user.hex()}> >>"
        bodies.append(what.encode())
        trailer += f" /Encrypt {len(bodies)} 0 R /ID [<{bytes(16).hex()}> <{bytes(16).hex()}>]"
    return _joined(bodies, trailer)


def _joined(bodies: Sequence[bytes], trailer: str) -> bytes:
    data, starts = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        starts.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    end = f"trailer << {trailer} >>\nstartxref\n{len(data)}\n%%EOF\n".encode()
    return data + b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1) + table + end


def _keys(password: str) -> tuple[bytes, bytes]:
    """Return what the standard handler of revision 2 keeps of the owner's and the user's password."""
    padded = (password.encode() + _PADDING)[:32]
    owner = _rc4(hashlib.md5(padded).digest()[:5], padded)
    key = hashlib.md5(padded + owner + struct.pack("<i", -4) + bytes(16)).digest()[:5]
    return owner, _rc4(key, _PADDING)


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def tiff(colours: Sequence[str], sizes: Sequence[tuple[int, int]] = (), **options: object) -> bytes:
    """Return a TIFF with a page of each colour, of 80 x 60 pixels or of ``sizes``."""
    pairs = zip(colours, sizes or [(80, 60)] * len(colours), strict=True)
    pages = [Image.new("RGB", size, colour) for colour, size in pairs]
    buffer = io.BytesIO()
    pages[0].save(buffer, "TIFF", save_all=True, append_images=pages[1:], **options)  # type: ignore[arg-type]
    return buffer.getvalue()

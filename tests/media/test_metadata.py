"""Metadata of all kinds: a bad value masks no good one, and nothing in them loses a photo."""

import io
import re
import struct
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from tests.helpers.odd_files import ASCII, BYTE, LONG, RATIONAL, SHORT, Tags, chunk, tiff
from workbench.media.decode import packed, read_image, unpacked
from workbench.media.metadata import SOURCES, Metadata, from_pdf, from_tiff, from_video, from_xmp
from workbench.media.metadata.dates import Moment, zone_of
from workbench.media.metadata.places import degrees, iso6709

WHEN = datetime(2021, 3, 4, 5, 6, 7)
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "aux": "http://ns.adobe.com/exif/1.0/aux/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "MicrosoftPhoto": "http://ns.microsoft.com/photo/1.0/",
}


def xmp(inner: str = "", **attributes: str) -> bytes:
    spaces = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in SPACES.items())
    said = " ".join(f'{name.replace("__", ":")}="{text}"' for name, text in attributes.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="" {spaces} {said}>{inner}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def bag(name: str, *items: str, kind: str = "Bag") -> str:
    return (
        f"<{name}><rdf:{kind}>{''.join(f'<rdf:li>{item}</rdf:li>' for item in items)}</rdf:{kind}></{name}>"
    )


def alternatives(name: str, **items: str) -> str:
    inner = "".join(
        f'<rdf:li xml:lang="{language.replace("_", "-")}">{text}</rdf:li>' for language, text in items.items()
    )
    return f"<{name}><rdf:Alt>{inner}</rdf:Alt></{name}>"


def jpeg(
    exif: bytes | None = None, packet: bytes | None = None, *segments: tuple[int, bytes], name: str = "JPEG"
) -> bytes:
    buffer = io.BytesIO()
    given: dict[str, Any] = {} if exif is None else {"exif": exif}
    if packet is not None:
        given["xmp"] = packet
    Image.new("RGB", (16, 8)).save(buffer, name, **given)
    data = buffer.getvalue()
    for marker, payload in segments:
        data = data[:2] + struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload + data[2:]
    return data


def metadata(data: bytes) -> Metadata:
    return read_image(data, min_side=8).facts.metadata


def tagged(
    main: Tags | None = None, subs: dict[int, Tags] | None = None, packet: bytes | None = None
) -> Metadata:
    return metadata(jpeg(b"Exif\0\0" + tiff(main or {}, subs or {}), packet))


def detailed(tags: Tags) -> Metadata:
    return tagged({}, {0x8769: tags})


def iptc(*values: tuple[int, int, bytes]) -> tuple[int, bytes]:
    """Return an APP13 segment with these records, data sets and values."""
    block = b"".join(
        struct.pack(">BBBH", 0x1C, record, number, len(value)) + value for record, number, value in values
    )
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(block)) + block + bytes(len(block) % 2)
    return 0xED, b"Photoshop 3.0\0" + resource


@pytest.mark.parametrize(
    ("text", "at", "zone"),
    [
        ("2021-03-04T05:06:07+02:00", WHEN, 120),
        ("2021-03-04T05:06:07+0200", WHEN, 120),
        ("2021-03-04T05:06:07-03:30", WHEN, -210),
        ("2021-03-04T05:06:07Z", WHEN, 0),
        ("2021:03:04 05:06:07", WHEN, None),
        ("2021: 3: 4  5: 6: 7", WHEN, None),
        ("2021-03-04 05:06:07.25", WHEN.replace(microsecond=250_000), None),
        ("2021:03:04 05:06:07 PM", WHEN.replace(hour=17), None),
        ("2021:03:04 05:06:07 a.m.", WHEN, None),
        ("2021:03:04 12:06:07am", WHEN.replace(hour=0), None),
        ("2021:03:04 17:06:07 PM", WHEN.replace(hour=17), None),
        ("2021:03:04 下午 05:06:07", WHEN.replace(hour=17), None),
        ("2021:03:04 24:00:00", datetime(2021, 3, 5), None),
        ("2021:12:31 24:00:00", datetime(2022, 1, 1), None),
        ("2016:12:31 23:59:60", datetime(2017, 1, 1), None),
        ("2021:03:04", datetime(2021, 3, 4), None),
        ("20210304 050607+0200", WHEN, 120),
        ("20210304T050607Z", WHEN, 0),
        ("D:20210304050607+02'00'", WHEN, 120),
        ("Thu, 04 Mar 2021 05:06:07 +0200", WHEN, 120),
        ("Thu Mar  4 05:06:07 2021", WHEN, None),
        ("2021:03:04 24:00:01", None, None),
        ("2021:03:04 25:00:00", None, None),
        ("2021:02:30 05:06:07", None, None),
        ("2021", None, None),
        ("May", None, None),
        ("\uff12\uff10\uff12\uff11:01:01 00:00:00", None, None),
    ],
)
def test_times_in_the_forms_that_programs_write(text: str, at: datetime | None, zone: int | None) -> None:
    found = Moment.parse(text)

    assert (found and found.at, found and found.zone) == (at, zone)


@pytest.mark.parametrize(
    ("text", "at"), [("1932", (1932, 1, 1)), ("1932-05", (1932, 5, 1)), ("19320000", (1932, 1, 1))]
)
def test_archives_know_a_year_or_a_month_alone(text: str, at: tuple[int, int, int]) -> None:
    found = Moment.parse(text, partial=True)

    assert found == Moment(datetime(*at))


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("+02:00", 120),
        ("-0330", -210),
        ("+02", 120),
        ("Z", 0),
        ("   :  ", None),
        ("+15:00", None),
        ("+02:75", None),
    ],
)
def test_zones(text: str, zone: int | None) -> None:
    assert zone_of(text) == zone


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({0x9003: "2021:03:04 05:06:07", 0x9011: "+02:00"}, (WHEN, 120)),
        ({0x9003: "2021:03:04 05:06:07", 0x9011: "   :  "}, (WHEN, None)),
        ({0x9003: "2021:03:04 05:06:07", 0x9291: "045"}, (WHEN.replace(microsecond=45_000), None)),
        ({0x9003: "2021:03:04 05:06:07", 0x9291: "x"}, (WHEN, None)),
        ({0x9003: "2021-03-04T05:06:07+02:00", 0x9011: "-05:00"}, (WHEN, 120)),
        ({0x9003: "    :  :     :  :  ", 0x9004: "2021:03:04 05:06:07", 0x9012: "+01:00"}, (WHEN, 60)),
        ({0x9003: "1970:01:01 00:00:00", 0x9004: "2021:03:04 05:06:07"}, (WHEN, None)),
        ({0x9003: "1904:01:01 00:00:00"}, (None, None)),
    ],
)
def test_the_clock_of_a_camera_and_its_zone(tags: dict[int, str], expected: tuple[Any, ...]) -> None:
    found = detailed({tag: (ASCII, text) for tag, text in tags.items()})

    assert (found.taken_at, found.taken_zone) == expected


OTHER = "2019-01-01T00:00:00"


@pytest.mark.parametrize(
    ("good", "packet", "segment"),
    [
        (
            "photoshop:DateCreated",
            xmp(photoshop__DateCreated="2021-03-04T05:06:07", xmp__CreateDate=OTHER),
            None,
        ),
        (
            "exif:DateTimeOriginal",
            xmp(exif__DateTimeOriginal="2021-03-04T05:06:07", xmp__CreateDate=OTHER),
            None,
        ),
        ("xmp:CreateDate", xmp(xmp__CreateDate="2021-03-04T05:06:07"), ((2, 55, b"20190101"),)),
        (
            "a zero before",
            xmp(photoshop__DateCreated="0000-00-00", xmp__CreateDate="2021-03-04T05:06:07"),
            None,
        ),
        ("IPTC", None, ((2, 55, b"20210304"), (2, 60, b"050607"))),
        ("IPTC, digitised", None, ((2, 55, b"00000000"), (2, 62, b"20210304"), (2, 63, b"050607"))),
    ],
)
def test_where_a_time_comes_from(good: str, packet: bytes | None, segment: Any) -> None:
    found = metadata(jpeg(None, packet, *([iptc(*segment)] if segment else [])))

    assert found.taken_at == WHEN, good


def test_a_camera_that_changed_a_file_is_believed_last() -> None:
    changed = b"Exif\0\0" + tiff({0x0132: (ASCII, "2023:01:01 00:00:00")}, {})

    assert metadata(jpeg(changed, xmp(xmp__CreateDate="2021-03-04T05:06:07Z"))).taken_at == WHEN
    assert metadata(jpeg(changed)).taken_at == datetime(2023, 1, 1)


def test_a_zone_is_taken_from_another_source_that_shows_the_same_clock() -> None:
    tags = {0x8769: {0x9003: (ASCII, "2021:03:04 05:06:07")}}

    assert tagged({}, tags, xmp(photoshop__DateCreated="2021-03-04T05:06:07+02:00")).taken_zone == 120
    assert tagged({}, tags, xmp(photoshop__DateCreated="2021-03-04T09:06:07+02:00")).taken_zone is None


def test_the_satellites_tell_the_time_where_the_camera_does_not() -> None:
    gps = {29: (ASCII, "2021:03:04"), 7: (RATIONAL, [(5, 1), (6, 1), (7, 1)])}
    found = tagged({}, {0x8825: gps})

    assert (found.taken_at, found.taken_zone) == (WHEN, 0)
    assert tagged({}, {0x8825: gps | {7: (RATIONAL, [(5, 0), (6, 1), (7, 1)])}}).taken_at is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("51,30.5N", 51 + 30.5 / 60),
        ("51,30,36S", -51.51),
        ("51.51", 51.51),
        ("-51.51", -51.51),
        ("51.51 S", -51.51),
        ("-51.51S", -51.51),
        ("51 deg 30' 36.00\" N", 51.51),
        ("51° 30' 36\" N", 51.51),
        ("N 51.51", 51.51),
        ("0,0N", 0.0),
        ("91,0N", None),
        ("51,75N", None),
        ("51,30E", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        ("1,2,3,4N", None),
    ],
)
def test_places_in_texts(text: str, expected: float | None) -> None:
    assert degrees(text, 90.0) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+48.8577+002.2950+035.000/", (48.8577, 2.295, 35.0)),
        ("-33.8577-070.2950/", (-33.8577, -70.295, None)),
        ("+4851.5+00217.7/", (48 + 51.5 / 60, 2 + 17.7 / 60, None)),
        ("+485127+0021742-010/", (48 + 51 / 60 + 27 / 3600, 2 + 17 / 60 + 42 / 3600, -10.0)),
        ("+27.5916+086.5640+8850CRSWGS_84/", (27.5916, 86.564, 8850.0)),
        ("+99.0+002.0/", None),
        ("48.8577, 2.295", None),
        ("+" * 1000, None),
    ],
)
def test_places_of_quicktime(text: str, expected: tuple[float, float, float | None] | None) -> None:
    found = iso6709(text)

    assert found == (None if expected is None else (*map(pytest.approx, expected[:2]), expected[2]))


ZERO: Tags = {
    **{1: (ASCII, "N"), 2: (RATIONAL, [(0, 1)] * 3)},
    **{3: (ASCII, "E"), 4: (RATIONAL, [(0, 1)] * 3)},
}


@pytest.mark.parametrize(("status", "expected"), [("V", None), ("A", 0.0), (None, 0.0)])
def test_zero_without_a_fix_is_no_place(status: str | None, expected: float | None) -> None:
    found = tagged({}, {0x8825: ZERO | ({9: (ASCII, status)} if status else {})})

    assert (found.lat, found.lon) == (expected, expected)
    assert (found.reason is None) == (expected is not None)


def test_a_bad_place_in_one_source_hides_none_in_another() -> None:
    half = {0x8825: {1: (ASCII, "N"), 2: (RATIONAL, [(12, 1), (0, 1), (0, 1)])}}
    found = tagged({}, half, xmp(exif__GPSLatitude="51,30.5N", exif__GPSLongitude="0,7.5W"))

    assert (found.lat, found.lon) == (pytest.approx(51 + 30.5 / 60), pytest.approx(-0.125))
    assert tagged({}, half).lat == 12.0


@pytest.mark.parametrize(
    ("value", "reference", "expected"),
    [("25/2", "0", 12.5), ("25/2", "1", -12.5), ("12.5", None, 12.5), ("1/0", "0", None), ("nan", "0", None)],
)
def test_heights_of_xmp(value: str, reference: str | None, expected: float | None) -> None:
    given = {"exif__GPSAltitude": value} | ({"exif__GPSAltitudeRef": reference} if reference else {})

    assert from_xmp(xmp(**given)).altitude == expected


def wide(text: str) -> tuple[int, bytes]:
    return BYTE, text.encode("utf-16-le") + b"\0\0"


def test_what_windows_writes() -> None:
    found = tagged(
        {
            0x9C9B: wide("Łódź"),
            0x9C9C: wide("a comment"),
            0x9C9D: wide("Zoë"),
            0x9C9E: wide("sea;Ærø; "),
            0x9C9F: wide("a subject"),
            0x4749: (SHORT, [75]),
        }
    )

    assert (found.title, found.description, found.creator) == ("Łódź", "a comment", "Zoë")
    assert (found.keywords, found.rating) == (("sea", "Ærø"), 4)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"ASCII\0\0\0" + b"a cup", "a cup"),
        (b"ASCII\0\0\0" + "Zoë".encode(), "Zoë"),
        (b"ASCII\0\0\0" + "Zoë".encode("cp1252"), "Zoë"),
        (b"UNICODE\0" + "Łódź".encode("utf-16-le"), "Łódź"),
        (b"UNICODE\0" + "Łódź na".encode("utf-16-be"), "Łódź na"),
        (b"UNICODE\0" + "\ufeffŁódź".encode("utf-16-be"), "Łódź"),
        (b"UNICODE\0" + b"plain after all", "plain after all"),
        (b"JIS\0\0\0\0\0" + "写真".encode("iso2022_jp"), "写真"),
        (b"JIS\0\0\0\0\0" + "写真".encode("euc_jp"), "写真"),
        (bytes(8) + "Łódź".encode(), "Łódź"),
        (b"no charset", "no charset"),
        (b"ASCII\0\0\0" + bytes(100), None),
        (b"ASCII\0\0\0" + b" " * 100, None),
        (b"UNICODE\0" + bytes(100), None),
        (b"", None),
    ],
)
def test_comments_say_their_charset(data: bytes, expected: str | None) -> None:
    assert detailed({0x9286: (7, data)}).description == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("Göteborg".encode(), "Göteborg"),
        ("Göteborg".encode("latin-1"), "Göteborg"),
        ("Göteborg".encode().decode("cp1252").encode(), "Göteborg"),
        ("“quoted”".encode("cp1252"), "“quoted”"),
        (b"before\0after", "before"),
        (b"two\nlines", "two\nlines"),
        ("ab\u202ecd\x07".encode(), "ab\u202ecd\x07"),
        (b"OLYMPUS DIGITAL CAMERA         ", None),
        (b"  \0", None),
        (b"x" * 60_000, "x" * 5_000),
    ],
)
def test_texts_in_whatever_encoding(data: bytes, expected: str | None) -> None:
    assert tagged({0x010E: (ASCII, data)}).description == expected


def test_who_took_and_who_edited() -> None:
    found = tagged({0x013B: (ASCII, "Zoë".encode("latin-1")), 0x8298: (ASCII, b"Ann\0Bob")})

    assert (found.creator, found.copyright) == ("Zoë", "Ann, Bob")


def test_what_people_write_in_xmp() -> None:
    found = from_xmp(
        xmp(
            alternatives("dc:title", de="Ein Boot", x_default="A boat")
            + alternatives("dc:description", en="At sea")
            + bag("dc:creator", "Ann", "Bob", kind="Seq")
            + bag("dc:subject", "sea", "boat", "Sea")
            + bag("lr:hierarchicalSubject", "Places|France|Brest", "boat")
            + alternatives("dc:rights", x_default="© Ann")
            + "<photoshop:Headline>A headline</photoshop:Headline>",
            xmp__Rating="5",
            xmp__CreatorTool="A program",
            aux__Lens="50 mm",
            tiff__Make="Canon",
            tiff__Model="Canon EOS",
        )
    )

    assert (found.title, found.description, found.creator) == ("A boat", "At sea", "Ann, Bob")
    assert found.keywords == ("sea", "boat", "Places", "France", "Brest")
    assert (found.rating, found.copyright, found.software) == (5, "© Ann", "A program")
    assert (found.lens, found.camera, found.reason) == ("50 mm", "Canon EOS", None)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"xmp__Rating": "4"}, 4),
        ({"xmp__Rating": "4.0"}, 4),
        ({"xmp__Rating": "-1"}, -1),
        ({"xmp__Rating": "0"}, 0),
        ({"xmp__Rating": "75", "MicrosoftPhoto__Rating": "75"}, 4),
        ({"MicrosoftPhoto__Rating": "1"}, 1),
        ({"MicrosoftPhoto__Rating": "25"}, 2),
        ({"MicrosoftPhoto__Rating": "99"}, 5),
        ({"MicrosoftPhoto__Rating": "0"}, 0),
        ({"xmp__Rating": "nan"}, None),
        ({"xmp__Rating": "six"}, None),
        ({"xmp__Rating": "6"}, None),
    ],
)
def test_ratings(given: dict[str, str], expected: int | None) -> None:
    assert from_xmp(xmp(**given)).rating == expected


def test_a_bad_rating_is_said() -> None:
    assert "xmp:Rating 'six' is no rating" in str(from_xmp(xmp(xmp__Rating="six")).reason)
    assert tagged({0x4746: (SHORT, [3])}).rating == 3


def test_what_is_within_a_property_is_not_said_of_the_photo() -> None:
    item = '<rdf:li><rdf:Description xmp:Rating="1" dc:title="no"/></rdf:li>'
    inner = f"<xmp:Other><rdf:Seq>{item}</rdf:Seq></xmp:Other>"
    found = from_xmp(xmp(inner, xmp__Rating="3"))

    assert (found.rating, found.title) == (3, None)


def test_newsrooms_of_all_ages() -> None:
    texts = [
        (2, 5, "Zoë"),
        (2, 120, "Öre"),
        (2, 25, "Ærø"),
        (2, 25, "sea"),
        (2, 80, "Ann"),
        (2, 116, "© Ann"),
    ]
    for charset, start in (("utf-8", [(1, 90, b"\x1b%G")]), ("cp1252", []), ("utf-8", [])):
        found = metadata(jpeg(None, None, iptc(*start, *((r, n, t.encode(charset)) for r, n, t in texts))))

        assert (found.title, found.description, found.keywords) == ("Zoë", "Öre", ("Ærø", "sea"))
        assert (found.creator, found.copyright, found.reason) == ("Ann", "© Ann", None)


PACKET = xmp(alternatives("dc:title", x_default="A boat"), xmp__Rating="4")


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF", "GIF", "MPO"])
def test_xmp_in_each_format(name: str) -> None:
    buffer = io.BytesIO()
    given: dict[str, Any] = {"xmp": PACKET}
    if name == "PNG":
        given = {"pnginfo": PngImagePlugin.PngInfo()}
        given["pnginfo"].add_itxt("XML:com.adobe.xmp", PACKET.decode(), zip=True)
    if name == "TIFF":
        given = {"tiffinfo": {700: PACKET}}
    Image.new("RGB", (64, 64)).save(buffer, name, **given)
    data = buffer.getvalue()
    if name == "GIF":
        place = data.index(b"\x2c", 13 + 3 * 2 ** ((data[10] & 7) + 1))
        trailer = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
        data = data[:place] + b"\x21\xff\x0bXMP DataXMP" + PACKET + trailer + data[place:]
    found = metadata(data)

    assert (found.title, found.rating, found.reason) == ("A boat", 4, None)


def extended(packet: bytes, guid: bytes, size: int = 400) -> list[tuple[int, bytes]]:
    start = b"http://ns.adobe.com/xmp/extension/\0" + guid
    return [
        (0xE1, start + struct.pack(">II", len(packet), place) + packet[place : place + size])
        for place in range(0, len(packet), size)
    ]


def test_xmp_in_several_segments_is_put_together() -> None:
    long = xmp(alternatives("dc:description", x_default="long " * 500))
    parts = extended(long, b"A" * 32)

    assert len(str(metadata(jpeg(None, PACKET, *parts)).description)) > 2_000
    assert metadata(jpeg(None, PACKET, *parts[:-1])).description is None
    assert metadata(jpeg(None, PACKET, *parts[:-1])).title == "A boat"
    both = metadata(jpeg(None, PACKET, *parts[:-1], *extended(long, b"B" * 32)))
    assert len(str(both.description)) > 2_000


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    + xmp(alternatives("dc:title", x_default="&b;"))[60:]
)


@pytest.mark.parametrize(
    ("packet", "said"),
    [
        (LAUGHS, "entities"),
        (b"<a>" * 100_000, "cannot be read"),
        (PACKET[:-200], "cannot be read"),
        (b"\x00\xff\xfe" * 1000, "cannot be read"),
        (PACKET.replace(b"</x:xmpmeta>", b" " * 5_000_000 + b"</x:xmpmeta>"), "the limit"),
        (b"<a><b:c/></a>", "cannot be read"),
    ],
)
def test_hostile_xmp_is_said_and_hides_nothing(packet: bytes, said: str) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (16, 8)).save(buffer, "TIFF", tiffinfo={700: packet, 0x010F: "Canon"})
    found = metadata(buffer.getvalue())

    assert found.camera == "Canon"
    assert said in str(found.reason)


def test_xmp_with_letters_that_xml_cannot_hold_is_mended() -> None:
    bad = xmp(alternatives("dc:title", x_default="Z\x0bo!")).replace(b"!", b"\xeb")
    found = from_xmp(bad + bytes(100))

    assert (found.title, found.reason) == ("Zoë", None)


def png(*chunks: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(72)))
    return b"\x89PNG\r\n\x1a\n" + head + chunks[0] + pixels + b"".join(chunks[1:]) + chunk(b"IEND", b"")


BOMB = zlib.compress(bytes(30_000_000), 9)


@pytest.mark.parametrize(
    "bomb",
    [
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + BOMB),
        chunk(b"zTXt", b"Comment\0\0" + BOMB),
        chunk(b"iCCP", b"icc\0\0" + BOMB),
    ],
    ids=["iTXt", "zTXt", "iCCP"],
)
def test_a_compressed_bomb_loses_neither_the_photo_nor_its_texts(bomb: bytes) -> None:
    title = chunk(b"tEXt", b"Title\0A boat")
    for data in (png(bomb, title), png(title, bomb)):
        decoded = read_image(data, min_side=8)

        assert decoded.image.size == (8, 8)
        assert decoded.facts.metadata.title == "A boat"
        assert "too large" in str(decoded.facts.metadata.reason)


BROKEN_SUM = chunk(b"tEXt", b"Author\0Ann")[:-4] + b"\0\0\0\0"


@pytest.mark.parametrize(
    "broken",
    [
        BROKEN_SUM,
        chunk(b"zTXt", b"Comment\0\7" + zlib.compress(b"hello")),
        chunk(b"iCCP", b"icc\0\7" + zlib.compress(b"hello")),
        chunk(b"pHYs", b"\0\0"),
        chunk(b"cHRM", b"\0\0"),
    ],
    ids=["checksum", "zTXt", "iCCP", "pHYs", "cHRM"],
)
def test_a_broken_chunk_that_no_pixel_needs_loses_no_photo(broken: bytes) -> None:
    for data in (
        png(broken, chunk(b"tEXt", b"Title\0A boat")),
        png(chunk(b"tEXt", b"Title\0A boat"), broken),
    ):
        decoded = read_image(data, min_side=8)

        assert decoded.image.size == (8, 8)
        assert decoded.facts.metadata.title == "A boat"
        assert "broken or too large" in str(decoded.facts.metadata.reason)


def test_a_broken_count_of_tags_loses_no_photo() -> None:
    block = bytearray(tiff({0x010F: (ASCII, "Canon")}, {}))
    block[8:10] = b"\xff\xff"

    assert read_image(jpeg(b"Exif\0\0" + bytes(block)), min_side=8).facts.metadata.camera == "Canon"


def test_texts_of_a_png_before_and_behind_its_pixels() -> None:
    found = metadata(
        png(
            chunk(b"tEXt", b"Author\0Zo\xeb"),
            chunk(b"zTXt", b"Description\0\0" + zlib.compress(b"At sea")),
            chunk(b"iTXt", b"Title\0\0\0\0\0" + "Łódź".encode()),
            chunk(b"tEXt", b"Creation Time\0Thu, 04 Mar 2021 05:06:07 +0200"),
            chunk(b"tEXt", b"Software\0gimp"),
        )
    )

    assert (found.creator, found.description, found.title) == ("Zoë", "At sea", "Łódź")
    assert (found.taken_at, found.taken_zone, found.software) == (WHEN, 120, "gimp")


def test_videos() -> None:
    apple = "com.apple.quicktime."
    found = from_video(
        {
            "creation_time": "2021-03-04T03:06:07.000000Z",
            apple + "creationdate": "2021-03-04T05:06:07+0200",
            apple + "location.ISO6709": "+48.8577+002.2950+035.000/",
            apple + "make": "Apple",
            apple + "model": "iPhone 12",
            apple + "software": "14.4",
            "title": "A boat",
            "artist": "Ann",
            "comment": "At sea",
        }
    )

    assert (found.taken_at, found.taken_zone) == (WHEN, 120)
    assert (found.lat, found.lon, found.altitude) == (48.8577, 2.295, 35.0)
    assert (found.camera, found.software) == ("Apple iPhone 12", "14.4")
    assert (found.title, found.creator, found.description, found.reason) == ("A boat", "Ann", "At sea", None)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"creation_time": "2021-03-04T05:06:07.000000Z"}, (WHEN, 0)),
        ({"creation_time": "2021-03-04 05:06:07"}, (WHEN, 0)),
        ({"creation_time": "1904-01-01T00:00:00.000000Z"}, (None, None)),
        ({"creation_time": "1970-01-01T00:00:00.000000Z", "date": "2021-03-04T05:06:07"}, (WHEN, None)),
        ({"creation_time": "yesterday"}, (None, None)),
        ({"date": "2021"}, (datetime(2021, 1, 1), None)),
        ({}, (None, None)),
    ],
)
def test_times_of_videos(said: dict[str, str], expected: tuple[Any, ...]) -> None:
    found = from_video(said)

    assert (found.taken_at, found.taken_zone) == expected


def test_places_of_videos() -> None:
    assert from_video({"location": "+48.8577-002.2950/"}).lon == -2.295
    assert from_video({"location": "Paris", "location-eng": "+48.8577-002.2950/"}).lat == 48.8577
    assert "Paris" in str(from_video({"location": "Paris"}).reason)


def test_documents() -> None:
    found = from_pdf(
        {
            "Title": "A boat",
            "Author": "Ann",
            "Subject": "At sea",
            "Keywords": "sea; boat",
            "Creator": "Writer",
            "CreationDate": "D:20210304050607+02'00'",
        }
    )

    assert (found.title, found.creator, found.description) == ("A boat", "Ann", "At sea")
    assert (found.keywords, found.software) == (("sea", "boat"), "Writer")
    assert (found.taken_at, found.taken_zone) == (WHEN, 120)
    assert from_pdf({}) == Metadata()


@pytest.mark.parametrize("start", [b"II*\0", b"IIRO", b"IIU\0"])
def test_raw_photos_that_are_built_like_a_tiff(start: bytes) -> None:
    data = tiff(
        {0x010F: (ASCII, "Canon"), 0x4746: (SHORT, [4])}, {0x8769: {0x9003: (ASCII, "2021:03:04 05:06:07")}}
    )
    found = from_tiff(start + data[4:], PACKET)

    assert (found.camera, found.taken_at, found.rating, found.title) == ("Canon", WHEN, 4, "A boat")
    assert "cannot be read" in str(from_tiff(b"no TIFF at all").reason)


def test_one_odd_tag_hides_no_other() -> None:
    found = tagged({0x010F: (ASCII, "Canon"), 0x4749: (ASCII, "much"), 0x4746: (LONG, [4_000_000_000])})

    assert (found.camera, found.rating) == ("Canon", None)
    assert "RatingPercent" in str(found.reason)


def test_all_of_it_crosses_to_another_process() -> None:
    decoded = read_image(
        jpeg(None, xmp(bag("dc:subject", "sea"), xmp__CreateDate="2021-03-04T05:06:07Z")), min_side=8
    )

    assert unpacked(packed(decoded), decoded.image.tobytes()).facts.metadata == decoded.facts.metadata


def test_the_manual_names_every_source_in_its_order() -> None:
    page = (Path(__file__).parents[2] / "docs/metadata.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| .* \| ([^|]+) \|$", page, re.MULTILINE))

    assert {name: tuple(told[name].split(", ")) for name in SOURCES} == dict(SOURCES)

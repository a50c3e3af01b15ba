"""Tiles: pictures of the map from a server that the analyst names; none is known, and none is asked else."""

from workbench.errors import QueryError

PARTS = ("{z}", "{x}", "{y}")


def checked(address: str) -> str:
    """Return the address of a tile server; raise QueryError where it is none. "" is no server."""
    if address and not (
        address.startswith(("https://", "http://")) and all(part in address for part in PARTS)
    ):
        raise QueryError(
            f"{address[:80]!r} is no address of map tiles.",
            'Use one like "https://tiles.example.org/{z}/{x}/{y}.png".',
        )
    return address

"""Members that can only be unpacked one after the other, as in a compressed TAR or a solid 7z."""

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import IO, BinaryIO, TypeAlias, cast

from workbench.media.archives.entries import MAX_MEMBER, PIECE, Nowhere, pump
from workbench.media.regular_files import ReadError

Copy: TypeAlias = Callable[[BinaryIO, int], None]
Passes: TypeAlias = Callable[[], Iterator[tuple[int, Copy]]]
"""Begins anew and yields the number of each member, in order, with what copies it to a target."""

IN_MEMORY = 64 * 2**20
"""Bytes of a spool file that are held in memory; what is above lies in the folder for temporary files."""
MAX_SPOOL = 2 * 2**30
"""Bytes that the spool of one archive may have."""


def spool() -> IO[bytes]:
    """Return a file without a name: in memory while it is small, else in the folder for temporary files."""
    return tempfile.SpooledTemporaryFile(IN_MEMORY)


class Solid:
    """One pass over the members, shared by all threads.

    What is passed on the way to a member is kept in a spool, within limits, where ``keep`` says that other
    members will be asked for: each is unpacked once then, whatever the order. One that was passed and not
    kept begins another pass.
    """

    def __init__(self, passes: Passes, *, keep: bool) -> None:
        self._passes, self._keep = passes, keep
        self._lock = threading.Lock()
        self._pass: Iterator[tuple[int, Copy]] | None = None
        self._following = 0
        self._places: dict[int, tuple[int, int]] = {}
        self._spool: IO[bytes] | None = None
        self._size = 0
        self._faults: dict[int, str] = {}
        self._end: tuple[int, str] | None = None  # where a pass ended with an error, and why

    def copy(self, number: int, target: BinaryIO, most: int) -> None:
        """Write at most ``most`` bytes of a member to ``target``; raises :class:`ReadError`."""
        with self._lock:
            if number in self._places:
                self._from_spool(number, target, most)
                return
            if fault := self._fault(number):
                raise ReadError(fault)
            if self._pass is None or number < self._following:
                self._pass, self._following = self._passes(), 0
            self._advance(number, target, most)

    def close(self) -> None:
        """Give up the pass and the spool."""
        self._pass = None
        if self._spool is not None:
            self._spool.close()
            self._spool = None
        self._places.clear()

    def _fault(self, number: int) -> str:
        if self._end is not None and number >= self._end[0]:
            return self._end[1]
        return self._faults.get(number, "")

    def _advance(self, number: int, target: BinaryIO, most: int) -> None:
        while (found := self._next()) is not None:
            at, copy = found
            if at == number:
                self._guarded(at, copy, target, most)
                return
            if self._keep:
                self._pass_by(at, copy)
        raise ReadError("no longer in the archive")

    def _next(self) -> tuple[int, Copy] | None:
        """Return the next member of the pass; where that fails, the pass is over for those after it too."""
        if self._pass is None:
            return None
        try:
            found = next(self._pass, None)
        except ReadError as error:
            self._pass, self._end = None, (self._following, str(error))
            raise
        except BaseException:
            self._pass = None
            raise
        if found is None:
            self._pass = None
        else:
            self._following = found[0] + 1
        return found

    def _guarded(self, number: int, copy: Copy, target: BinaryIO, most: int) -> None:
        try:
            copy(target, most)
        except ReadError as error:
            self._faults[number] = str(error)
            raise
        except BaseException:  # stopped half-way: what comes next is not at the start of a member
            self._pass = None
            raise

    def _pass_by(self, number: int, copy: Copy) -> None:
        """Keep a member that others may ask for, where there is room."""
        room = min(MAX_SPOOL - self._size, shutil.disk_usage(tempfile.gettempdir()).free // 2)
        if room <= 0:
            return
        if self._spool is None:
            self._spool = spool()
        held = _Limited(self._spool, self._size, room)
        try:
            copy(cast(BinaryIO, held), MAX_MEMBER)
        except ReadError as error:
            self._faults[number] = str(error)
            return
        except _NoRoomError:
            return
        self._places[number] = (self._size, held.size)
        self._size += held.size

    def _from_spool(self, number: int, target: BinaryIO, most: int) -> None:
        if self._spool is None:
            raise ReadError("the archive was closed")
        place, size = self._places[number]
        self._spool.seek(place)
        pump(self._spool.read, target, min(size, most), PIECE)


class _NoRoomError(Exception):
    """A member is larger than what is left of the spool."""


class _Limited:
    """Takes bytes into a file from a place on, and no more than there is room for."""

    def __init__(self, file: IO[bytes], place: int, room: int) -> None:
        self._file, self._room, self.size = file, room, 0
        file.seek(place)

    def write(self, data: bytes) -> int:
        if self.size + len(data) > self._room:
            raise _NoRoomError
        self._file.write(data)
        self.size += len(data)
        return len(data)


def start_of(copy: Copy, size: int) -> bytes:
    """Return the first bytes of a member, and pass over the rest."""
    nowhere = Nowhere()
    copy(cast(BinaryIO, nowhere), size)
    return nowhere.start

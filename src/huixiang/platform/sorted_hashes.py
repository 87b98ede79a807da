"""A file of SHA-1 hashes in ascending order, one `HASH:count` a line, as Have I Been Pwned offers its passwords for
download: some forty gigabytes, so it is searched where it lies. A search reads about forty lines.

The file is opened at each search: one that was replaced counts at once, and nothing is held between them.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huixiang.platform.settings import CannotRun

_LINE = re.compile(rb"([0-9A-Fa-f]{40}):([0-9]{1,12})")
_LONGEST_LINE = 64
# Looked at at the start: the whole of a small file, so many places of a large one.
_PLACES = 1000


class HashFileRefused(CannotRun):
    """Names the file, what is wrong with it, and the remedy."""


class SortedHashes:
    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def open(cls, path: Path) -> SortedHashes:
        """Raises HashFileRefused for a file that cannot be read, is empty, or is not of this kind; its order is looked
        at in a thousand places."""
        hashes = cls(path)
        try:
            hashes._check()
        except OSError as error:
            raise hashes._refused(f"cannot be read ({error.strerror})", "name one that the program may read") from None
        return hashes

    def times(self, text: str) -> int:
        """The count beside a text's hash; 0 where it does not stand there. Raises HashFileRefused, also where the file
        has been changed for a worse one."""
        wanted = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().upper().encode()
        try:
            with self._opened() as (file, size):
                return self._search(file, size, wanted)
        except OSError as error:
            raise self._refused(f"cannot be read ({error.strerror})", "name one that the program may read") from None

    def _search(self, file: int, size: int, wanted: bytes) -> int:
        low, high = 0, size  # the line begins in [low, high), where it is there
        while low < high:
            start, line = self._line_at(file, (low + high) // 2, low)
            found, count, length = self._read(line)
            if found == wanted:
                return count
            if found < wanted:
                low = start + length
            else:
                high = start
        return 0

    def _check(self) -> None:
        with self._opened() as (file, size):
            if size == 0:
                raise self._refused("is empty", _REMEDY)
            last, position = b"", 0
            step = size // _PLACES if size > _PLACES * _LONGEST_LINE else 0
            while position < size:
                start, line = self._line_at(file, position, 0)
                found, _, length = self._read(line)
                if found <= last:
                    raise self._refused(f"is not in ascending order at byte {start}", _REMEDY)
                last = found
                position = max(start + length, position + step)
            self._read(self._line_at(file, size - 1, 0)[1])

    def _line_at(self, file: int, position: int, low: int) -> tuple[int, bytes]:
        """Where the line begins in which a position lies, not before `low`, and the bytes from there."""
        begin = max(low, position - _LONGEST_LINE)
        piece = os.pread(file, 2 * _LONGEST_LINE, begin)
        start = begin + piece.rfind(b"\n", 0, position - begin) + 1
        if start == begin and begin > low:
            raise self._refused(f"has a line that is too long at byte {position}", _REMEDY)
        return start, piece[start - begin :]

    def _read(self, text: bytes) -> tuple[bytes, int, int]:
        """Hash, count, and how many bytes its line takes."""
        line, end, _ = text.partition(b"\n")
        found = _LINE.fullmatch(line.rstrip(b"\r"))
        if found is None:
            raise self._refused("has a line that is no `HASH:count` of a SHA-1 hash", _REMEDY)
        return found[1].upper(), int(found[2]), len(line) + len(end)

    @contextmanager
    def _opened(self) -> Iterator[tuple[int, int]]:
        descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            yield descriptor, os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)

    def _refused(self, what: str, remedy: str) -> HashFileRefused:
        return HashFileRefused(f"{self._path} {what}; {remedy}")


_REMEDY = "take the list of SHA-1 hashes ordered by hash, whole"

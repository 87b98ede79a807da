"""The file of breached passwords: found where they stand, however long it is; refused where it is of another kind."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from huixiang.platform.settings import CannotRun
from huixiang.platform.sorted_hashes import HashFileRefused, SortedHashes

pytestmark = pytest.mark.requirement("SEC-01")


def sha1(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest().upper()  # noqa: S324 - the list's own


def written(path: Path, texts: dict[str, int], end: str = "\n") -> Path:
    lines = sorted(f"{sha1(text)}:{count}" for text, count in texts.items())
    path.write_bytes(end.join([*lines, ""]).encode())
    return path


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("size", [1, 2, 3, 500])
def test_each_line_is_found_and_nothing_else(tmp_path: Path, end: str, size: int) -> None:
    drawn = random.Random(size)
    texts = {f"password-{n}": drawn.choice([1, 77, 52_256_179]) for n in range(size)}
    hashes = SortedHashes.open(written(tmp_path / "pwned.txt", texts, end))
    assert {text: hashes.times(text) for text in texts} == texts
    assert [hashes.times(f"other-{n}") for n in range(200)] == [0] * 200


def test_a_last_line_without_an_end_and_small_letters_are_read(tmp_path: Path) -> None:
    path = written(tmp_path / "pwned.txt", {"a": 1, "b": 2, "c": 3})
    path.write_bytes(path.read_bytes().rstrip(b"\n").lower())
    hashes = SortedHashes.open(path)
    assert [hashes.times(text) for text in "abcd"] == [1, 2, 3, 0]


def test_a_long_file_is_searched_where_it_lies(tmp_path: Path) -> None:
    """Of three hundred thousand lines a search reads some twenty; a thousand are looked at at the start."""
    path = tmp_path / "pwned.txt"
    with path.open("wb") as file:
        for n in range(300_000):
            file.write(b"%040X:%d\n" % (n << 141, n % 9 + 1))
    hashes = SortedHashes.open(path)
    assert hashes.times("nothing of these") == 0
    wanted = sha1("tofu")
    lines = sorted([*path.read_text().splitlines(), f"{wanted}:41"])
    path.write_text("\n".join(lines) + "\n")
    assert hashes.times("tofu") == 41, "replaced while it is in use"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty"),
        (b"5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8\n", "is no `HASH:count`"),
        (b"password:3\n", "is no `HASH:count`"),
        (b"8846F7EAEE8FB117AD06BDD830B7586C:3\n", "is no `HASH:count`"),
        (b"F" * 40 + b":1\n" + b"0" * 40 + b":1\n", "is not in ascending order at byte 43"),
        (b"A" * 40 + b":1\n" + b"A" * 40 + b":1\n", "is not in ascending order"),
        (b"A" * 40 + b":1\n" + b"B" * 20, "is no `HASH:count`"),
        (b"A" * 4000, "is no `HASH:count`"),
    ],
)
def test_another_file_is_refused_with_what_to_do(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "pwned.txt"
    path.write_bytes(content)
    with pytest.raises(HashFileRefused) as refused:
        SortedHashes.open(path)
    assert isinstance(refused.value, CannotRun)
    assert (str(path) in str(refused.value), what in str(refused.value)) == (True, True), refused.value
    assert "ordered by hash" in str(refused.value)


def test_a_long_file_in_no_order_is_refused(tmp_path: Path) -> None:
    """As it comes where somebody takes the list that is ordered by how often a password was seen."""
    lines = [f"{sha1(str(n))}:{n}" for n in range(20_000)]
    path = tmp_path / "pwned.txt"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(HashFileRefused, match="is not in ascending order"):
        SortedHashes.open(path)


def test_a_file_that_is_not_there_or_goes_away_is_named(tmp_path: Path) -> None:
    with pytest.raises(HashFileRefused, match="cannot be read"):
        SortedHashes.open(tmp_path / "none.txt")
    with pytest.raises(HashFileRefused, match="cannot be read"):
        SortedHashes.open(tmp_path)
    hashes = SortedHashes.open(written(tmp_path / "pwned.txt", {"a": 1}))
    (tmp_path / "pwned.txt").unlink()
    with pytest.raises(HashFileRefused, match="cannot be read"):
        hashes.times("a")

"""How two bodies differ, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from huixiang.rulebook.model.findings import CHANGES_MAX, Change, Difference

Keyed = dict[str, Any]


def difference(before: Any, after: Any, against: int | None) -> Difference:
    """Of two bodies as JSON values. Entries of lists are matched by their `code` where all have one of their own: that
    they change places is no change."""
    found = _changes("$", before, after)
    changes = tuple(islice(found, CHANGES_MAX))
    return Difference(against, changes, sum(1 for _ in found))


def _changes(path: str, before: Any, after: Any) -> Iterator[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _keyed(before, after, lambda key: f"{path}.{key}")
    elif isinstance(before, list) and isinstance(after, list) and _nested(before) and _nested(after):
        old, new = _by_code(before), _by_code(after)
        if old is None or new is None:
            old, new = _by_place(before), _by_place(after)
        yield from _keyed(old, new, lambda key: f"{path}[{key}]")
    elif msgspec.json.encode(before) != msgspec.json.encode(after):  # where true is not 1
        yield Change(path=path, what="changed", before=before, after=after)


def _keyed(before: Keyed, after: Keyed, path: Any) -> Iterator[Change]:
    for key, value in before.items():
        if key not in after:
            yield Change(path=path(key), what="removed", before=value)
        else:
            yield from _changes(path(key), value, after[key])
    for key, value in after.items():
        if key not in before:
            yield Change(path=path(key), what="added", after=value)


def _nested(entries: list[Any]) -> bool:
    """Whether its entries have parts of their own; other lists are compared as one value."""
    return all(isinstance(entry, dict | list) for entry in entries)


def _by_code(entries: list[Any]) -> Keyed | None:
    """None where an entry has no code, or two have the same."""
    found = {
        entry["code"]: entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("code"), str)
    }
    return found if len(found) == len(entries) else None


def _by_place(entries: list[Any]) -> Keyed:
    return {str(place): entry for place, entry in enumerate(entries)}

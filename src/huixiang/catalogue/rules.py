"""What a row that comes in does to the catalogue."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from huixiang.catalogue.model import (
    CATEGORY_DEPTH,
    EVERY_STORE,
    NAME_LENGTH,
    BrandRow,
    CategoryRow,
    ChannelRow,
    Key,
    PriceRow,
    Row,
    RowError,
    RowOutcome,
    SkuRow,
    Stored,
    StoreRow,
)
from huixiang.kernel.text import Text

R = TypeVar("R", CategoryRow, BrandRow, StoreRow, ChannelRow, SkuRow, PriceRow)


def digest(row: Row) -> bytes:
    """Equal for rows that say the same. What stands at its default is left out, so that a field which a later release
    adds does not change the digest of the rows before it."""
    if isinstance(row, PriceRow):
        valid_to = row.valid_to.astimezone(UTC) if row.valid_to else None
        row = msgspec.structs.replace(row, valid_from=row.valid_from.astimezone(UTC), valid_to=valid_to)
    return hashlib.sha256(msgspec.json.encode(row, order="deterministic")).digest()


def fault(row: Row, skus: Collection[str], categories: Collection[str], stores: Collection[str]) -> RowError | None:
    """What is wrong with a row beyond its types, given the codes that are known; None where nothing is."""
    match row:
        case SkuRow():
            return _name_fault(row.name) or _known(row.category, categories, "category")
        case PriceRow():
            if row.valid_to is not None and row.valid_to <= row.valid_from:
                return RowError("period_empty", "$.valid_to", "must lie after valid_from")
            elsewhere = None if row.store == EVERY_STORE else _known(row.store, stores, "store")
            return _known(row.sku, skus, "sku") or elsewhere
        case StoreRow():
            return _name_fault(row.name) or _zone_fault(row.time_zone)
        case _:
            return _name_fault(row.name)


def _name_fault(name: Text) -> RowError | None:
    for language, text in (("zh", name.zh), ("en", name.en)):
        if not text.strip() or len(text) > NAME_LENGTH:
            return RowError("input_invalid", f"$.name.{language}", f"must have 1 to {NAME_LENGTH} characters")
    return None


def _known(code: str, codes: Collection[str], field: str) -> RowError | None:
    return None if code in codes else RowError(f"{field}_unknown", f"$.{field}", f"the catalogue has no {field} {code}")


def _zone_fault(time_zone: str | None) -> RowError | None:
    if time_zone is not None:
        try:
            ZoneInfo(time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return RowError("input_invalid", "$.time_zone", "not a time zone of the IANA database")
    return None


def decide(
    rows: Sequence[R], faults: Sequence[RowError | None], stored: Mapping[Key, Stored]
) -> tuple[list[RowOutcome], list[R]]:
    """One outcome per row, and the rows to take in, in their order. A key that comes twice is decided twice."""
    known = dict(stored)
    outcomes: list[RowOutcome] = []
    taken: list[R] = []
    for line, (row, error) in enumerate(zip(rows, faults, strict=True), start=1):
        outcome = RowOutcome(line, "refused", error) if error else _decide_one(line, row, known)
        outcomes.append(outcome)
        if outcome.outcome in ("created", "updated"):
            taken.append(row)
    return outcomes, taken


def _decide_one(line: int, row: Row, known: dict[Key, Stored]) -> RowOutcome:
    """The highest version wins; the same version must be the same row."""
    held = known.get(row.key)
    candidate = Stored(row.version, digest(row))
    if held is None or held.version < candidate.version:
        known[row.key] = candidate
        return RowOutcome(line, "created" if held is None else "updated")
    if held.version > candidate.version:
        return RowOutcome(line, "stale")
    if held.hash != candidate.hash:
        problem = f"version {row.version} was given before with other content"
        return RowOutcome(line, "refused", RowError("version_conflict", "$.version", problem))
    return RowOutcome(line, "unchanged")


def latest(rows: Sequence[R]) -> list[R]:
    """Of rows that were taken in, in their order, the one per key that stands; in key order."""
    standing = {row.key: row for row in rows}
    return [standing[key] for key in sorted(standing)]


def tree_faults(rows: Sequence[CategoryRow], tree: Mapping[str, str | None]) -> dict[Key, RowError]:
    """Which rows, one per category, stand wrong in the tree that all of them would make: `tree` gives each known
    category's parent. What is left without them is judged again, until those which are left make a tree."""
    faults: dict[Key, RowError] = {}
    while True:
        left = [row for row in rows if row.key not in faults]
        parents = {**tree, **{row.category: row.parent for row in left}}
        pushing = _pushing(parents, {row.category for row in left})
        judged = ((row.key, _place_fault(row, parents) or pushing.get(row.category)) for row in left)
        found: dict[Key, RowError] = {key: fault for key, fault in judged if fault is not None}
        if not found:
            return faults
        faults |= found


def _pushing(parents: Mapping[str, str | None], moved: Collection[str]) -> dict[str, RowError]:
    """The categories among those moved that take one which was not moved too deep."""
    found: dict[str, RowError] = {}
    for category in parents.keys() - moved:
        path: list[str] = []
        above: str | None = category
        while above is not None and len(path) <= CATEGORY_DEPTH:
            path.append(above)
            above = parents.get(above)
        if len(path) > CATEGORY_DEPTH:
            found |= {one: _too_deep() for one in path if one in moved}
    return found


def _place_fault(row: CategoryRow, parents: Mapping[str, str | None]) -> RowError | None:
    seen = {row.category}
    parent = row.parent
    while parent is not None:
        if parent in seen:
            return RowError("category_cycle", "$.parent", f"{row.category} would stand below itself")
        if parent not in parents:
            return RowError("parent_unknown", "$.parent", f"the catalogue has no category {parent}")
        if len(seen) == CATEGORY_DEPTH:
            return _too_deep()
        seen.add(parent)
        parent = parents[parent]
    return None


def _too_deep() -> RowError:
    return RowError("category_too_deep", "$.parent", f"the tree has at most {CATEGORY_DEPTH} levels")

"""Pieces in groups: what a group takes off, and from which portions; and which ways and choices are alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from huixiang.pricing.model.effects import GroupOff, GroupPrice, GroupRate
from huixiang.pricing.rules.compiled import UNIT_AMOUNT, Compiled
from huixiang.pricing.rules.merge import Merged
from huixiang.pricing.rules.part import Choice, Part
from huixiang.pricing.rules.share import share
from huixiang.pricing.rules.ways import Slot, Way

Rank = tuple[int, str, int]


def rank(line: Merged) -> tuple[int, str]:
    return -line.price, line.line_id


def _ranked(slot: Slot, ways: Sequence[Way]) -> list[tuple[Rank, int]]:
    """The pieces of a slot, the dearest by list price first, with what each is worth."""
    pieces: list[tuple[Rank, int]] = []
    for way in sorted(ways, key=lambda way: rank(way.line)):
        count = way.counts[slot.number]
        if count:
            value = way.worth if slot.unit_based else way.line.price
            pieces += [((-way.line.price, way.line.line_id, slot.number), value)] * count
    return pieces


def group_off(compiled: Compiled, mine: Sequence[Slot], times: int, ways: Sequence[Way]) -> int:
    """Fen that so many groups of a rule take off what its slots hold."""
    held = [_ranked(slot, ways) for slot in mine]
    sizes = [slot.pieces for slot in mine]
    worth = sum(value for slot in held for _, value in slot)
    effect = compiled.effect
    if isinstance(effect, GroupPrice):
        return max(0, worth - times * effect.price_fen)
    if isinstance(effect, GroupOff):
        return min(worth, times * effect.off_fen)
    assert isinstance(effect, GroupRate)  # noqa: S101 - the last of the group effects
    off = 0
    for group in range(times):
        pieces = [
            one for slot, size in zip(held, sizes, strict=True) for one in slot[group * size : (group + 1) * size]
        ]
        pieces.sort(key=lambda one: one[0])
        count = len(pieces) if effect.cheapest is None else min(effect.cheapest, len(pieces))
        for _, value in pieces[len(pieces) - count :]:
            off += value - (value * effect.rate_bp + 5000) // 10000
    return off


def settled(ways: Sequence[Way], taken: Sequence[tuple[Compiled, int]]) -> list[Part]:
    """The parts of all lines, in the order of lines, with what groups take off; those of a group are copies."""
    by_line = sorted(ways, key=lambda way: way.line.number)
    parts = [part.without_group(way.line) if part.group is not None else part for way in by_line for part in way.parts]
    for rule, off in taken:
        held = [part for part in parts if part.group is rule]
        amounts = [part.unit_fen for part in held]
        whole = sum(amounts)
        if whole:
            for part, shared in zip(held, share(min(off, whole), amounts), strict=True):
                part.groups_fen -= shared
    return parts


def order_of(choice: Choice) -> tuple[int, bool, list[int]]:
    return choice.amount, choice.quota, rule_indices(choice.parts)


def distinct(ways: Iterable[Way]) -> list[Way]:
    """One of those that are the same to everything that follows."""
    found: dict[object, Way] = {}
    for way in ways:
        key = (way.counts, way.used, way.worth, tuple([(part.unit_fen, part.mask, part.group) for part in way.parts]))
        kept = found.get(key)
        if kept is None or rule_indices(way.parts) < rule_indices(kept.parts):
            found[key] = way
    return list(found.values())


def gives(way: Way) -> tuple[object, ...]:
    """What a way gives to groups and takes of quotas; where a group reckons on unit prices, at which."""
    grouped = [part for part in way.parts if part.group is not None]
    in_unit = any(part.group.base == UNIT_AMOUNT for part in grouped if part.group is not None)
    prices = tuple([(part.unit_fen, part.mask, part.unit) for part in grouped])
    return way.counts, way.used, way.worth if in_unit else 0, prices


def lowest(ways: Sequence[Way]) -> list[Way]:
    """Of ways that give groups the same amounts, the lowest."""

    def key(way: Way) -> object:
        in_unit = any(part.group is not None and part.group.base == UNIT_AMOUNT for part in way.parts)
        return way.counts, way.used, way.worth if in_unit else 0

    return lowest_by(ways, key)


def lowest_by(ways: Sequence[Way], key: Callable[[Way], object]) -> list[Way]:
    """Of ways with one key the lowest."""
    found: dict[object, Way] = {}
    for way in ways:
        same = key(way)
        kept = found.get(same)
        if kept is None or (way.total, rule_indices(way.parts)) < (kept.total, rule_indices(kept.parts)):
            found[same] = way
    return list(found.values())


def in_order(grouped: Sequence[Part], rest: Sequence[Part]) -> list[Part]:
    """Portions of one line in the order in which they are listed: add-ons, groups, quota and rest."""
    first = [part for part in rest if part.add_on is not None]
    return [*first, *grouped, *[part for part in rest if part.add_on is None]]


def keep(found: dict[object, Choice], choice: Choice, *, detail: bool) -> None:
    """Of choices that are the same for all who count them: without a quota, then by the smallest rules."""
    key: object
    if detail:
        key = tuple(
            [
                (part.line, part.pieces, part.mask, part.list_fen, part.unit_fen, part.groups_fen)
                for part in choice.parts
            ]
        )
    else:
        amounts: dict[int, list[int]] = {}
        for part in choice.parts:
            one = amounts.setdefault(part.mask, [0, 0, 0, 0])
            one[0] += part.list_fen
            one[1] += part.unit_fen
            one[2] += part.groups_fen
            one[3] += part.pieces
        key = tuple(sorted((mask, *one) for mask, one in amounts.items()))
    kept = found.get(key)
    if kept is None or (choice.quota, rule_indices(choice.parts)) < (kept.quota, rule_indices(kept.parts)):
        found[key] = choice


def rule_indices(parts: Sequence[Part]) -> list[int]:
    indices = {rule.index for part in parts for rule in part.unit}
    indices.update(part.group.index for part in parts if part.group is not None)
    return sorted(indices)

"""Lines that groups, shared quotas or add-ons link: everything they can come to, together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from huixiang.pricing.model.effects import GroupOff, GroupPrice, GroupRate
from huixiang.pricing.rules.budget import Budget
from huixiang.pricing.rules.compiled import UNIT_AMOUNT, Compiled
from huixiang.pricing.rules.merge import Merged
from huixiang.pricing.rules.part import Choice, Part
from huixiang.pricing.rules.share import share
from huixiang.pricing.rules.ways import Counts, Slot, Way

Sums = tuple[tuple[int, ...], ...]


class _State:
    """What a number of lines, the first in rank, come to together. worth: fen of the pieces that each group rule holds;
    off: what rates take of them; held: the pieces themselves, where a rule ranks those of several slots together. Of rules
    whose lines are all among them these are 0 again, and `done` is what they take; quota: any was used."""

    __slots__ = ("before", "counts", "done", "held", "off", "quota", "sums", "total", "used", "way", "worth")

    def __init__(self, counts: Counts, used: Counts, total: int, sums: Sums, worth: Counts, off: Counts) -> None:
        self.counts = counts
        self.used = used
        self.total = total
        self.sums = sums
        self.worth = worth
        self.off = off
        self.held: tuple[int, ...] = ()
        self.done = 0
        self.quota = False
        self.before: _State | None = None
        self.way: Way | None = None

    def ways(self) -> list[Way]:
        found = []
        state: _State | None = self
        while state is not None and state.way is not None:
            found.append(state.way)
            state = state.before
        return found[::-1]


class Linked:
    """A component of several lines, or of one that can be cut. `rounds`: whether how an amount is spread over portions can
    matter to a fen."""

    def __init__(
        self,
        lines: Sequence[Merged],
        slots: Sequence[Slot],
        rules: Sequence[Compiled],
        times: Sequence[int | None],
        room: Counts,
        ways: Callable[[Merged], Iterable[Way]],
        *,
        rounds: bool,
        budget: Budget,
    ) -> None:
        self.lines = _arranged(lines, slots)
        self._slots = slots
        self._rules = rules
        self._times = times
        self._room = room
        self._ways = [_distinct(ways(line)) for line in self.lines]
        self._joint = frozenset(
            number for number, rule in enumerate(rules) if _of_cheapest(rule) and _slot_count(slots, number) > 1
        )
        self._bounded = frozenset(number for number, rule in enumerate(rules) if self._may_exceed(number, rule))
        self._detail = rounds or self._mixed()
        self._budget = budget
        self._most = self._most_pieces()
        self._ending = self._ends(
            [{line for slot in slots if slot.rule == at for line in slot.lines} for at in range(len(rules))]
        )
        used = [{way.line.number for ways in self._ways for way in ways if way.used[at]} for at in range(len(room))]
        self._used_up = self._ends(used)

    def _ends(self, spans: Sequence[set[int]]) -> list[list[int]]:
        """For each line in turn, those of some things that no later line has to do with."""
        ending: list[list[int]] = [[] for _ in self.lines]
        for number, span in enumerate(spans):
            places = [at for at, line in enumerate(self.lines) if line.number in span]
            ending[max(places, default=0)].append(number)
        return ending

    def _may_exceed(self, number: int, rule: Compiled) -> bool:
        """Whether what is off a group can be more than its pieces are worth."""
        if not isinstance(rule.effect, GroupOff):
            return False
        if rule.base == UNIT_AMOUNT:
            return True
        least = 0
        for slot in self._slots:
            if slot.rule == number:
                least += slot.pieces * min(line.price for line in self.lines if line.number in slot.lines)
        return rule.effect.off_fen > least

    def _mixed(self) -> bool:
        """Whether a group can hold portions that are counted differently: then its shares depend on each of them."""
        masks: dict[Compiled, int] = {}
        return any(
            masks.setdefault(part.group, part.mask) != part.mask
            for ways in self._ways
            for way in ways
            for part in way.parts
            if part.group is not None
        )

    def cheapest(self) -> Choice:
        """The lowest amount that it can come to. Raises TooMany."""
        best: Choice | None = None
        for state in self._states([_lowest(ways) for ways in self._ways], self._lowest_key):
            choice = self._close(state)
            if best is None or _order(choice) < _order(best):
                best = choice
        assert best is not None  # noqa: S101 - without any group is a choice
        return best

    def choices(self) -> list[Choice]:
        """Every choice whose amounts or masks differ from all others'. Raises TooMany."""
        found: dict[object, Choice] = {}
        for state in self._states(self._ways, self._whole_key):
            _keep(found, self._close(state), detail=self._detail)
        return sorted(found.values(), key=_order)

    def _lowest_key(self, state: _State) -> tuple[object, object]:
        """States that are the same but for what they come to, and what that is: less all that groups will take off but
        the price of each."""
        saved = 0
        bounded = []
        for number, rule in enumerate(self._rules):
            if isinstance(rule.effect, GroupPrice):
                saved += state.worth[number]
            elif number in self._bounded:
                bounded.append(state.worth[number])
        least = state.total - state.done - saved - sum(state.off)
        return (state.counts, state.used, state.held, tuple(bounded)), least

    def _whole_key(self, state: _State) -> tuple[object, object]:
        if self._detail:
            return state, 0
        return (state.counts, state.used, state.sums, state.worth, state.off, state.held), state.quota

    def _states(
        self, by_line: Sequence[Sequence[Way]], key: Callable[[_State], tuple[object, object]]
    ) -> Iterable[_State]:
        """All ways through the lines; of those with one key the first of the lowest."""
        groups = len(self._rules)
        states = [_State((0,) * len(self._slots), (0,) * len(self._room), 0, (), (0,) * groups, (0,) * groups)]
        for ways, ending, used_up in zip(by_line, self._ending, self._used_up, strict=True):
            found: dict[object, tuple[object, _State]] = {}
            for state in states:
                for after in self._extend(state, ways):
                    if ending and not all([self._finish(after, number) for number in ending]):
                        continue
                    if used_up:
                        after.used = _cleared(after.used, used_up)
                    same, rank = key(after)
                    kept = found.get(same)
                    if kept is None or rank < kept[0]:  # type: ignore[operator]  # of one key, and so of one type
                        found[same] = (rank, after)
            states = [state for _, state in found.values()]
        return states

    def _most_pieces(self) -> list[int]:
        """Pieces that each slot may hold: no more groups than pieces and `times` allow."""
        most = []
        for slot in self._slots:
            pieces = sum(line.units for line in self.lines if line.number in slot.lines)
            groups = pieces // slot.pieces
            times = self._times[slot.rule]
            most.append(slot.pieces * (groups if times is None else min(groups, times)))
        return most

    def _extend(self, state: _State, ways: Iterable[Way]) -> Iterable[_State]:
        for way in ways:
            counts = tuple([a + b for a, b in zip(state.counts, way.counts, strict=True)])
            if any([a > b for a, b in zip(counts, self._most, strict=True)]):
                continue
            used = tuple([a + b for a, b in zip(state.used, way.used, strict=True)])
            if any([a > b for a, b in zip(used, self._room, strict=True)]):
                continue
            self._budget.take_state()
            after = _State(counts, used, state.total + way.total, state.sums, state.worth, state.off)
            after.before = state
            after.way = way
            after.held = state.held
            after.done = state.done
            after.quota = state.quota or any(way.used)
            if any(way.counts):
                self._group(after, state.counts)
            if not self._detail:
                after.sums = _added(state.sums, way)
            yield after

    def _group(self, state: _State, before: Counts) -> None:
        """What the pieces that the last line gives to groups are worth, and what rates take of them."""
        worth, off = list(state.worth), list(state.off)
        way = state.way
        assert way is not None  # noqa: S101 - the one that gave them
        for slot in self._slots:
            count = way.counts[slot.number]
            if count:
                value = way.worth if slot.unit_based else way.line.price
                worth[slot.rule] += count * value
                effect = slot.compiled.effect
                if slot.rule in self._joint:
                    state.held += (way.line.number, slot.number, count, value)
                elif isinstance(effect, GroupRate):
                    first = before[slot.number]
                    reduced = [at for at in range(first, first + count) if _is_reduced(effect, slot.pieces, at)]
                    off[slot.rule] += len(reduced) * (value - (value * effect.rate_bp + 5000) // 10000)
        state.worth = tuple(worth)
        state.off = tuple(off)

    def _finish(self, state: _State, number: int) -> bool:
        """Settle a rule of which all lines are in a state; whether its groups are whole and take something off."""
        slots = [slot for slot in self._slots if slot.rule == number]
        times, left = divmod(state.counts[slots[0].number], slots[0].pieces)
        if left or any([state.counts[slot.number] != times * slot.pieces for slot in slots[1:]]):
            return False
        if not times:
            return True
        off = self._takes(state, number, times)
        if off <= 0:
            return False
        state.done += off
        state.counts = _cleared(state.counts, [slot.number for slot in slots])
        state.worth = _cleared(state.worth, [number])
        state.off = _cleared(state.off, [number])
        if not self._detail:
            state.sums = _closed(state.sums, self._rules[number].index, off)
        return True

    def _takes(self, state: _State, number: int, times: int) -> int:
        effect = self._rules[number].effect
        if isinstance(effect, GroupPrice):
            return state.worth[number] - times * effect.price_fen
        if isinstance(effect, GroupOff):
            return min(state.worth[number], times * effect.off_fen)
        if number not in self._joint:
            return state.off[number]
        off = self._off(number, times, state.ways())
        mine = {slot.number for slot in self._slots if slot.rule == number}
        held = [state.held[at : at + 4] for at in range(0, len(state.held), 4)]
        state.held = tuple([one for piece in held if piece[1] not in mine for one in piece])
        return off

    def _close(self, state: _State) -> Choice:
        """The choice of a state, with what its groups take off."""
        ways = state.ways()
        taken = []
        for number, rule in enumerate(self._rules):
            slot = next(slot for slot in self._slots if slot.rule == number)
            times = sum([way.counts[slot.number] for way in ways]) // slot.pieces
            if times:
                taken.append((rule, self._off(number, times, ways)))
        return Choice(_settled(ways, taken))

    def _off(self, rule: int, times: int, ways: Sequence[Way]) -> int:
        compiled = self._rules[rule]
        held = [_ranked(slot, ways, compiled.base == UNIT_AMOUNT) for slot in self._slots if slot.rule == rule]
        sizes = [slot.pieces for slot in self._slots if slot.rule == rule]
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


def _is_reduced(effect: GroupRate, size: int, place: int) -> bool:
    """Whether a rate is for the piece at a place in rank, where groups have `size` pieces of one slot."""
    return effect.cheapest is None or place % size >= size - effect.cheapest


def _of_cheapest(rule: Compiled) -> bool:
    return isinstance(rule.effect, GroupRate) and rule.effect.cheapest is not None


def _slot_count(slots: Sequence[Slot], rule: int) -> int:
    return sum(slot.rule == rule for slot in slots)


def _added(sums: Sums, way: Way) -> Sums:
    """Sums by who counts a portion, with those of one more line."""
    added = {(mask, group): amounts for mask, group, *amounts in sums}
    for part in way.parts:
        key = (part.mask, -1 if part.group is None else part.group.index)
        unit, group, full, pieces = added.get(key, (0, 0, 0, 0))
        added[key] = [unit + part.unit_fen, group + part.unit_fen, full + part.list_fen, pieces + part.pieces]
    return tuple(sorted([(*key, *amounts) for key, amounts in added.items()]))


def _closed(sums: Sums, group: int, off: int) -> Sums:
    """The sums with those of a group, less what it takes off, among what is in no group."""
    added = {(mask, index): amounts for mask, index, *amounts in sums}
    for mask, index in list(added):
        if index == group:
            mine = added.pop((mask, index))
            mine[1] -= min(off, mine[0])
            others = added.get((mask, -1), [0, 0, 0, 0])
            added[mask, -1] = [a + b for a, b in zip(mine, others, strict=True)]
    return tuple(sorted([(*key, *amounts) for key, amounts in added.items()]))


def _cleared(counts: Counts, places: Sequence[int]) -> Counts:
    return tuple([0 if at in places else count for at, count in enumerate(counts)])


def _arranged(lines: Sequence[Merged], slots: Sequence[Slot]) -> list[Merged]:
    """In rank, where a rate depends on it; else lines that the same rules link after each other, so that few rules are
    open at a time."""
    if any(_of_cheapest(slot.compiled) and len(slot.lines) > 1 for slot in slots):
        return sorted(lines, key=_rank)
    return sorted(
        lines, key=lambda line: (min((s.number for s in slots if line.number in s.lines), default=-1), line.line_id)
    )


def _rank(line: Merged) -> tuple[int, str]:
    return -line.price, line.line_id


def _order(choice: Choice) -> tuple[int, bool, list[int]]:
    return choice.amount, choice.quota, _rules(choice.parts)


Rank = tuple[int, str, int]


def _ranked(slot: Slot, ways: Sequence[Way], unit_based: bool) -> list[tuple[Rank, int]]:
    """The pieces of a slot, the dearest by list price first, with what each is worth."""
    pieces: list[tuple[Rank, int]] = []
    for way in sorted(ways, key=lambda way: _rank(way.line)):
        count = way.counts[slot.number]
        if count:
            value = way.worth if unit_based else way.line.price
            pieces += [((-way.line.price, way.line.line_id, slot.number), value)] * count
    return pieces


def _settled(ways: Sequence[Way], taken: Sequence[tuple[Compiled, int]]) -> list[Part]:
    """The parts of all lines, in the order of lines, with what groups take off; those of a group are copies."""
    by_line = sorted(ways, key=lambda way: way.line.number)
    parts = [_copied(part) if part.group is not None else part for way in by_line for part in way.parts]
    for rule, off in taken:
        held = [part for part in parts if part.group is rule]
        amounts = [part.unit_fen for part in held]
        whole = sum(amounts)
        if whole:
            for part, shared in zip(held, share(min(off, whole), amounts), strict=True):
                part.groups_fen -= shared
    return parts


def _copied(part: Part) -> Part:
    copy = Part(
        part.line, part.units, part.pieces, part.list_fen, part.unit_fen, part.mask, part.unit, quota=part.quota
    )
    copy.group = part.group
    return copy


def _distinct(ways: Iterable[Way]) -> list[Way]:
    """One of those that are the same to everything that follows."""
    found: dict[object, Way] = {}
    for way in ways:
        key = (way.counts, way.used, way.worth, tuple([(part.unit_fen, part.mask, part.group) for part in way.parts]))
        kept = found.get(key)
        if kept is None or _rules(way.parts) < _rules(kept.parts):
            found[key] = way
    return list(found.values())


def _lowest(ways: Sequence[Way]) -> list[Way]:
    """Of ways that give groups the same, the lowest."""
    found: dict[object, Way] = {}
    for way in ways:
        in_unit = any([part.group is not None and part.group.base == UNIT_AMOUNT for part in way.parts])
        key = (way.counts, way.used, way.worth if in_unit else 0)
        kept = found.get(key)
        if kept is None or (way.total, _rules(way.parts)) < (kept.total, _rules(kept.parts)):
            found[key] = way
    return list(found.values())


def _keep(found: dict[object, Choice], choice: Choice, *, detail: bool) -> None:
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
    if kept is None or (choice.quota, _rules(choice.parts)) < (kept.quota, _rules(kept.parts)):
        found[key] = choice


def _rules(parts: Sequence[Part]) -> list[int]:
    indices = {rule.index for part in parts for rule in part.unit}
    indices.update(part.group.index for part in parts if part.group is not None)
    return sorted(indices)

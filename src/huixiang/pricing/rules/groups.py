"""Lines that groups, shared quotas or add-ons link: everything they can come to, together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from huixiang.pricing.model.effects import GroupOff, GroupPrice, GroupRate
from huixiang.pricing.rules.budget import Budget
from huixiang.pricing.rules.compiled import UNIT_AMOUNT, Compiled
from huixiang.pricing.rules.grouped import (
    distinct,
    gives,
    group_off,
    in_order,
    keep,
    lowest,
    lowest_by,
    order_of,
    rank,
    settled,
)
from huixiang.pricing.rules.merge import Merged
from huixiang.pricing.rules.part import Choice
from huixiang.pricing.rules.states import State, added, cleared, closed
from huixiang.pricing.rules.ways import Counts, Slot, Way


class Linked:
    """A component of several lines, or of one that can be cut. `rounds`: whether how an amount is spread over portions
    can matter to a fen."""

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
        self._ways = [distinct(ways(line)) for line in self.lines]
        self._joint = frozenset(
            number for number, rule in enumerate(rules) if _of_cheapest(rule) and _slot_count(slots, number) > 1
        )
        self._bounded = frozenset(number for number, rule in enumerate(rules) if self._may_exceed(number, rule))
        self._unit_based = any(rule.base == UNIT_AMOUNT for rule in rules)
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
        for state in self._states([lowest(ways) for ways in self._ways], self._lowest_key):
            choice = self._close(state)
            if best is None or order_of(choice) < order_of(best):
                best = choice
        assert best is not None  # noqa: S101 - without any group is a choice
        return best

    def choices(self, least: int, width: int | None) -> list[Choice]:
        """Every choice whose amounts or masks differ from all others', up to `width` above the lowest amount `least`;
        without a width all. Raises TooMany."""
        found: dict[object, Choice] = {}
        most = None if width is None else least + width
        for state in self._states(self._ways, self._whole_key, most):
            keep(found, self._close(state), detail=self._detail)
        return sorted(found.values(), key=order_of)

    def alternatives(self, least: int, width: int) -> list[list[list[Choice]]]:
        """Every way to give groups and quotas what they take that may come to no more than `width` above the lowest
        amount `least`: by line the choices that are left under it, each line's by itself. Raises TooMany."""
        found = []
        for state in self._states([lowest_by(ways, gives) for ways in self._ways], _by_itself, least + width):
            choices = self._apart(state.ways())
            self._budget.take(sum([len(some) for some in choices]))
            if sum([some[0].amount for some in choices]) <= least + width:
                found.append((order_of(self._close(state)), choices))
        found.sort(key=lambda one: one[0])
        return [choices for _, choices in found]

    def _apart(self, ways: Sequence[Way]) -> list[list[Choice]]:
        """The choices of each line, where it gives groups and quotas what a way says: what groups take is settled."""
        held = settled(ways, self._taken(ways))
        found = []
        for line, way, every in zip(self.lines, ways, self._ways, strict=True):
            grouped = [part for part in held if part.line == line.number and part.group is not None]
            mine: dict[object, Choice] = {}
            for other in every:
                if gives(other) == gives(way):
                    rest = [part for part in other.parts if part.group is None]
                    keep(mine, Choice(in_order(grouped, rest)), detail=True)
            found.append(sorted(mine.values(), key=order_of))
        return found

    def _lowest_key(self, state: State) -> tuple[object, object]:
        """States that are the same but for what they come to, and what that is: less all that groups will take off but
        the price of each."""
        saved = 0
        bounded = [*state.gap]
        for number, rule in enumerate(self._rules):
            if isinstance(rule.effect, GroupPrice):
                saved += state.worth[number]
            elif number in self._bounded:
                bounded.append(state.worth[number])
        least = state.total - state.done - saved - sum(state.off)
        return (state.counts, state.used, state.held, tuple(bounded)), least

    def _whole_key(self, state: State) -> tuple[object, object]:
        if self._detail:
            return state, 0
        return (state.counts, state.used, state.sums, state.worth, state.off, state.held), state.quota

    def _states(
        self,
        by_line: Sequence[Sequence[Way]],
        key: Callable[[State], tuple[object, object]],
        most: int | None = None,
    ) -> Iterable[State]:
        """All ways through the lines that may come to no more than `most`; of those with one key the first of the
        lowest."""
        rest = [0]
        for ways in reversed(by_line):
            rest.append(rest[-1] + min([self._least_of(way) for way in ways]))
        rest.reverse()
        groups = len(self._rules)
        states = [State((0,) * len(self._slots), (0,) * len(self._room), 0, (), (0,) * groups, (0,) * groups)]
        for ways, ending, used_up, later in zip(by_line, self._ending, self._used_up, rest[1:], strict=True):
            found: dict[object, tuple[object, State]] = {}
            for state in states:
                for after in self._extend(state, ways):
                    if ending and not all(self._finish(after, number) for number in ending):
                        continue
                    if most is not None and after.total - after.done - sum(after.worth) + later > most:
                        continue
                    if used_up:
                        after.used = cleared(after.used, used_up)
                    same, rank = key(after)
                    kept = found.get(same)
                    if kept is None or rank < kept[0]:  # type: ignore[operator]  # of one key, and so of one type
                        found[same] = (rank, after)
            states = [state for _, state in found.values()]
        return states

    def _least_of(self, way: Way) -> int:
        """A way's fen if groups took all that its pieces in them are worth."""
        worth = sum(
            [way.counts[slot.number] * (way.worth if slot.unit_based else way.line.price) for slot in self._slots]
        )
        return way.total - worth

    def _most_pieces(self) -> list[int]:
        """Pieces that each slot may hold: no more groups than pieces and `times` allow."""
        most = []
        for slot in self._slots:
            pieces = sum(line.units for line in self.lines if line.number in slot.lines)
            groups = pieces // slot.pieces
            times = self._times[slot.rule]
            most.append(slot.pieces * (groups if times is None else min(groups, times)))
        return most

    def _extend(self, state: State, ways: Iterable[Way]) -> Iterable[State]:
        for way in ways:
            counts = tuple([a + b for a, b in zip(state.counts, way.counts, strict=True)])
            if any(a > b for a, b in zip(counts, self._most, strict=True)):
                continue
            used = tuple([a + b for a, b in zip(state.used, way.used, strict=True)])
            if any(a > b for a, b in zip(used, self._room, strict=True)):
                continue
            self._budget.take(1)
            after = State(counts, used, state.total + way.total, state.sums, state.worth, state.off)
            after.before = state
            after.way = way
            after.held = state.held
            after.done = state.done
            after.gap = state.gap
            after.quota = state.quota or any(way.used)
            if any(way.counts):
                self._group(after, state.counts)
            if not self._detail:
                after.sums = added(state.sums, way)
            yield after

    def _group(self, state: State, before: Counts) -> None:
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
        if self._unit_based:
            gap = list(state.gap or [0] * len(worth))
            for slot in self._slots:
                if slot.unit_based:
                    gap[slot.rule] += way.counts[slot.number] * way.worth
            for part in way.parts:
                if part.group is not None and part.group.base == UNIT_AMOUNT:
                    gap[self._rules.index(part.group)] -= part.unit_fen
            state.gap = tuple(gap)

    def _finish(self, state: State, number: int) -> bool:
        """Settle a rule of which all lines are in a state; whether its groups are whole and take something off."""
        slots = [slot for slot in self._slots if slot.rule == number]
        times, left = divmod(state.counts[slots[0].number], slots[0].pieces)
        if left or any(state.counts[slot.number] != times * slot.pieces for slot in slots[1:]):
            return False
        if not times:
            return True
        off = self._takes(state, number, times)
        if state.gap:
            off = min(off, state.worth[number] - state.gap[number])
        if off <= 0:
            return False
        state.done += off
        state.counts = cleared(state.counts, [slot.number for slot in slots])
        state.worth = cleared(state.worth, [number])
        state.off = cleared(state.off, [number])
        state.gap = cleared(state.gap, [number])
        if not self._detail:
            state.sums = closed(state.sums, self._rules[number].index, off)
        return True

    def _takes(self, state: State, number: int, times: int) -> int:
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

    def _close(self, state: State) -> Choice:
        """The choice of a state, with what its groups take off."""
        ways = state.ways()
        return Choice(settled(ways, self._taken(ways)))

    def _taken(self, ways: Sequence[Way]) -> list[tuple[Compiled, int]]:
        """What each group rule takes off."""
        taken = []
        for number, rule in enumerate(self._rules):
            slot = next(slot for slot in self._slots if slot.rule == number)
            times = sum([way.counts[slot.number] for way in ways]) // slot.pieces
            if times:
                taken.append((rule, self._off(number, times, ways)))
        return taken

    def _off(self, number: int, times: int, ways: Sequence[Way]) -> int:
        return group_off(self._rules[number], [slot for slot in self._slots if slot.rule == number], times, ways)


def _by_itself(state: State) -> tuple[object, object]:
    return id(state), 0


def _is_reduced(effect: GroupRate, size: int, place: int) -> bool:
    """Whether a rate is for the piece at a place in rank, where groups have `size` pieces of one slot."""
    return effect.cheapest is None or place % size >= size - effect.cheapest


def _of_cheapest(rule: Compiled) -> bool:
    return isinstance(rule.effect, GroupRate) and rule.effect.cheapest is not None


def _slot_count(slots: Sequence[Slot], rule: int) -> int:
    return sum(slot.rule == rule for slot in slots)


def _arranged(lines: Sequence[Merged], slots: Sequence[Slot]) -> list[Merged]:
    """In rank, where a rate depends on it; else lines that the same rules link after each other, so that few rules are
    open at a time."""
    if any(_of_cheapest(slot.compiled) and len(slot.lines) > 1 for slot in slots):
        return sorted(lines, key=rank)
    return sorted(
        lines, key=lambda line: (min((s.number for s in slots if line.number in s.lines), default=-1), line.line_id)
    )

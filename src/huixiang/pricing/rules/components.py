"""The lines of a quote as components: what can be priced apart from everything else, up to its groups."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.pricing.model.effects import AddOn
from huixiang.pricing.rules.compiled import Compiled
from huixiang.pricing.rules.groups import Linked, TooMany
from huixiang.pricing.rules.merge import Merged
from huixiang.pricing.rules.part import Choice
from huixiang.pricing.rules.plain import Pricer
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.upper import Upper
from huixiang.pricing.rules.ways import Cutter, Slot


class Component:
    """Lines that are priced together. `cheapest`: the lowest choice; `choices` are all, made when they are asked for."""

    __slots__ = ("_choices", "_line", "_pricer", "cheapest")

    def __init__(
        self, cheapest: Choice, choices: list[Choice] | None, pricer: Pricer | None = None, line: Merged | None = None
    ) -> None:
        self.cheapest = cheapest
        self._choices = choices
        self._pricer = pricer
        self._line = line

    @property
    def single(self) -> bool:
        """A line that stands alone."""
        return self._line is not None

    @property
    def choices(self) -> list[Choice]:
        """Sorted by amount."""
        if self._choices is None:
            assert self._pricer is not None  # noqa: S101 - where choices are left open
            assert self._line is not None  # noqa: S101 - the same
            self._choices = self._pricer.choices(self._line)
        return self._choices


class Components:
    """All components of a quote, where some rules are banned and some add-ons are sold. nodes: states that were made;
    whole: nothing was left out for want of nodes."""

    def __init__(
        self, quote: Quote, add_ons: Sequence[Upper] = (), banned: frozenset[int] = frozenset(), limit: int = 20_000
    ) -> None:
        self._quote = quote
        self._pricer = pricer = Pricer(quote, banned)
        self._limit = limit
        self.nodes = 0
        self.whole = True
        links = self._links([upper.rule for upper in add_ons])
        self.all: list[Component] = []
        linked = {number for lines, _ in links for number in lines}
        for line in quote.lines:
            if line.number not in linked:
                self.all.append(Component(Choice([pricer.cheapest(line)]), None, pricer, line))
        for lines, rules in links:
            self._link([quote.lines[number] for number in sorted(lines)], rules)

    def _links(self, add_ons: Sequence[Compiled]) -> list[tuple[set[int], list[Compiled]]]:
        """Lines that one rule can take parts of, joined where they overlap."""
        joined: list[tuple[set[int], list[Compiled]]] = []
        for rule, numbers in self._takers(add_ons):
            lines, rules = set(numbers), [rule]
            apart = []
            for other in joined:
                if lines.isdisjoint(other[0]):
                    apart.append(other)
                else:
                    lines |= other[0]
                    rules += other[1]
            joined = [*apart, (lines, rules)]
        return joined

    def _takers(self, add_ons: Sequence[Compiled]) -> list[tuple[Compiled, list[int]]]:
        quote, ok = self._quote, self._pricer.ok
        found: list[tuple[Compiled, list[int]]] = []
        groups = dict.fromkeys(rule for line in quote.lines for rule in line.touching.groups)
        for rule in (*groups, *quote.rule_set.general_groups):
            if ok[rule.index]:
                lines = self._group_lines(rule)
                if lines:
                    found.append((rule, lines))
        if quote.rule_set.has_quotas:
            quotas = dict.fromkeys(rule for line in quote.lines for rule in self._pricer.candidates(line) if rule.quota)
            for rule in quotas:
                found.append((rule, [line.number for line in quote.lines if rule in self._pricer.candidates(line)]))
        for rule in add_ons:
            sold = [line.number for line in quote.lines if line.by_piece and line.touching.is_sold(rule)]
            if sold:
                found.append((rule, sold))
        return found

    def _group_lines(self, rule: Compiled) -> list[int]:
        """The lines that a group rule can take pieces of; none where they do not make one group."""
        lines = []
        pieces = [0] * len(rule.slots)
        for line in self._quote.lines:
            slots = line.touching.slots_of(rule) if line.by_piece else ()
            if slots:
                lines.append(line.number)
                for slot in slots:
                    pieces[slot] += line.units
        enough = all(have >= need for have, (_, need) in zip(pieces, rule.slots, strict=True))
        return lines if enough else []

    def _link(self, lines: Sequence[Merged], rules: Sequence[Compiled]) -> None:
        choices = self._choices(lines, rules)
        if choices is None:
            # Too many to look at: each line by itself, without what would have linked them.
            self.whole = False
            for line in lines:
                self.all.append(Component(Choice([self._pricer.cheapest(line)]), None, self._pricer, line))
            return
        self.all.append(Component(choices[0], choices))

    def _choices(self, lines: Sequence[Merged], rules: Sequence[Compiled]) -> list[Choice] | None:
        groups = [rule for rule in rules if rule.slots]
        quotas = [rule for rule in rules if not rule.slots]
        slots: list[Slot] = []
        for number, rule in enumerate(groups):
            for at, (_, pieces) in enumerate(rule.slots):
                inside = frozenset(line.number for line in lines if at in line.touching.slots_of(rule))
                slots.append(Slot(len(slots), number, rule, pieces, inside))
        room = {rule: (number, self._room(rule)) for number, rule in enumerate(quotas)}
        linked = Linked(
            lines,
            slots,
            groups,
            [getattr(rule.rule, "times", None) for rule in groups],
            tuple(left for _, left in room.values()),
            limit=self._limit - self.nodes,
        )
        by_number = {line.number: line for line in lines}
        width = len(self._quote.lines)
        cutter = Cutter(
            slots,
            room,
            [self._pricer.candidates(by_number[at]) if at in by_number else () for at in range(width)],
            [self._pricer.on_top(by_number[at]) if at in by_number else () for at in range(width)],
            [self._sold(by_number[at], quotas) if at in by_number else () for at in range(width)],
        )
        try:
            return linked.choices(cutter, [line.mask for line in self._quote.lines], self._quote.drop)
        except TooMany:
            return None
        finally:
            self.nodes += linked.states

    def _room(self, rule: Compiled) -> int:
        if isinstance(rule.effect, AddOn):
            return rule.effect.pieces
        pieces = self._quote.room(rule).pieces
        return 1 << 62 if pieces is None else pieces

    @staticmethod
    def _sold(line: Merged, rules: Sequence[Compiled]) -> list[tuple[Compiled, int]]:
        return [
            (rule, rule.effect.price_fen)
            for rule in rules
            if isinstance(rule.effect, AddOn) and line.by_piece and line.touching.is_sold(rule)
        ]

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

    __slots__ = ("_choices", "_line", "_linked", "_pricer", "cheapest", "whole")

    def __init__(
        self, cheapest: Choice, pricer: Pricer | None = None, line: Merged | None = None, linked: Linked | None = None
    ) -> None:
        self.cheapest = cheapest
        self._choices: list[Choice] | None = None
        self._pricer = pricer
        self._line = line
        self._linked = linked
        self.whole = True

    @property
    def lines(self) -> Sequence[Merged]:
        if self._line is not None:
            return [self._line]
        assert self._linked is not None  # noqa: S101 - what is not a line is linked
        return self._linked.lines

    @property
    def single(self) -> bool:
        """A line that stands alone."""
        return self._line is not None

    @property
    def choices(self) -> list[Choice]:
        """Sorted by amount. Where there are too many to look at, the cheapest alone, and it is not `whole`."""
        if self._choices is None:
            if self._pricer is not None and self._line is not None:
                self._choices = self._pricer.choices(self._line)
            else:
                assert self._linked is not None  # noqa: S101 - what is not a line is linked
                try:
                    self._choices = self._linked.choices()
                except TooMany:
                    self._choices = [self.cheapest]
                    self.whole = False
        return self._choices


class Components:
    """All components of a quote, where some rules are banned and some add-ons are sold. whole: no group was left out for
    want of nodes; all_whole: nor any choice that was asked for."""

    def __init__(
        self, quote: Quote, add_ons: Sequence[Upper] = (), banned: frozenset[int] = frozenset(), limit: int = 20_000
    ) -> None:
        self._quote = quote
        self._pricer = pricer = Pricer(quote, banned)
        self._limit = limit
        self._links_made: list[Linked] = []
        self.whole = True
        links = self._links([upper.rule for upper in add_ons])
        self.all: list[Component] = []
        linked = {number for lines, _ in links for number in lines}
        for line in quote.lines:
            if line.number not in linked:
                self.all.append(Component(Choice([pricer.cheapest(line)]), pricer, line))
        for lines, rules in links:
            self._link([quote.lines[number] for number in sorted(lines)], rules)

    @property
    def nodes(self) -> int:
        """States that were made so far."""
        return sum([linked.states for linked in self._links_made])

    @property
    def all_whole(self) -> bool:
        return self.whole and all([component.whole for component in self.all])

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
        linked = self._linked(lines, rules)
        try:
            self.all.append(Component(linked.cheapest(), linked=linked))
        except TooMany:
            # Each line by itself, without what would have linked them.
            self.whole = False
            self.all += [Component(Choice([self._pricer.cheapest(line)]), self._pricer, line) for line in lines]
        self._links_made.append(linked)

    def _linked(self, lines: Sequence[Merged], rules: Sequence[Compiled]) -> Linked:
        groups = [rule for rule in rules if rule.slots]
        quotas = [rule for rule in rules if not rule.slots]
        slots: list[Slot] = []
        for number, rule in enumerate(groups):
            for at, (_, pieces) in enumerate(rule.slots):
                inside = frozenset(line.number for line in lines if at in line.touching.slots_of(rule))
                slots.append(Slot(len(slots), number, rule, pieces, inside))
        room = {rule: (number, self._room(rule)) for number, rule in enumerate(quotas)}
        by_number = {line.number: line for line in lines}
        width = len(self._quote.lines)
        cutter = Cutter(
            slots,
            room,
            [self._pricer.candidates(by_number[at]) if at in by_number else () for at in range(width)],
            [self._pricer.on_top(by_number[at]) if at in by_number else () for at in range(width)],
            [self._sold(by_number[at], quotas) if at in by_number else () for at in range(width)],
        )
        drop = self._quote.drop
        return Linked(
            lines,
            slots,
            groups,
            [getattr(rule.rule, "times", None) for rule in groups],
            tuple(left for _, left in room.values()),
            lambda line: cutter.ways(line, line.mask, drop),
            rounds=self._quote.rounds,
            limit=self._limit,
        )

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

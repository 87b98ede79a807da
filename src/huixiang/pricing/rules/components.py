"""The lines of a quote as components: what can be priced apart from everything else, up to its groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from huixiang.pricing.model.effects import AddOn
from huixiang.pricing.rules.budget import Budget, TooMany
from huixiang.pricing.rules.bundles import Bundles, bundles_of
from huixiang.pricing.rules.compiled import Compiled
from huixiang.pricing.rules.groups import Linked
from huixiang.pricing.rules.merge import Merged
from huixiang.pricing.rules.part import Choice, Part
from huixiang.pricing.rules.plain import Pricer
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.upper import Upper
from huixiang.pricing.rules.ways import Cutter, Slot


class Component:
    """Lines that are priced together. `cheapest`: the lowest choice; `choices`: all, made when they are asked for."""

    __slots__ = ("_choices", "_line", "_linked", "_pricer", "_width", "cheapest", "whole")

    def __init__(
        self, cheapest: Choice, pricer: Pricer | None = None, line: Merged | None = None, linked: Linked | None = None
    ) -> None:
        self.cheapest = cheapest
        self._choices: list[Choice] | None = None
        self._pricer = pricer
        self._line = line
        self._linked = linked
        self._width: int | None = None
        self.whole = True

    def look_within(self, width: int) -> None:
        """Choices that cost more than `width` beyond the cheapest are of no use: linked lines need not make them."""
        if self._linked is not None and self._width is not None and width > self._width:
            self._choices = None
        if self._choices is None:
            self._width = width

    @property
    def lines(self) -> Sequence[Merged]:
        if self._line is not None:
            return [self._line]
        assert self._linked is not None  # noqa: S101 - what is not a line is linked
        return self._linked.lines

    @property
    def single(self) -> bool:
        """A line that stands alone, with all its prices."""
        return self._line is not None

    @property
    def many(self) -> bool:
        """Lines that are linked, whose choices were not asked for."""
        return self._choices is None and self._linked is not None and len(self._linked.lines) > 1

    @property
    def choices(self) -> list[Choice]:
        """Sorted by amount. Where there are too many to look at, the cheapest alone, and it is not `whole`."""
        if self._choices is None:
            if self._pricer is not None and self._line is not None:
                self._choices = self._pricer.choices(self._line)
            else:
                assert self._linked is not None  # noqa: S101 - what is not a line is linked
                try:
                    self._choices = self._linked.choices(self.cheapest.amount, self._width)
                except TooMany:
                    self._choices = [self.cheapest]
                    self.whole = False
        return self._choices

    def with_rule(self, rule: Compiled) -> Component | None:
        """The same with only the choices that have a unit or group rule in them; of linked lines, of those kept."""
        if self._pricer is not None and self._line is not None:
            choices = self._pricer.choices(self._line, rule)
        else:
            choices = [choice for choice in self.choices if any(_has(part, rule) for part in choice.parts)]
        return Restricted(self.lines, choices) if choices else None

    def alternatives(self, width: int) -> Sequence[Sequence[Component]]:
        """Linked lines taken apart: every way to give groups and quotas what they take, the cheapest first, and under
        each the lines by themselves; those up to `width` above the cheapest. Raises TooMany."""
        assert self._linked is not None  # noqa: S101 - what is not a line is linked
        return [
            [Restricted([line], choices) for line, choices in zip(self._linked.lines, apart, strict=True)]
            for apart in self._linked.alternatives(self.cheapest.amount, width)
        ]

    def amounts(self) -> set[int]:
        """All that they can come to."""
        return {choice.amount for choice in self.choices}

    def at(self, amount: int) -> Sequence[Part]:
        """The parts that come to just that."""
        if amount == self.cheapest.amount:
            return self.cheapest.parts
        return next(choice for choice in self.choices if choice.amount == amount).parts


class Restricted(Component):
    """Lines with some of their choices alone, the cheapest first."""

    __slots__ = ("_lines",)

    def __init__(self, lines: Sequence[Merged], choices: list[Choice]) -> None:
        super().__init__(choices[0])
        self._lines = lines
        self._choices = choices

    @property
    def lines(self) -> Sequence[Merged]:
        return self._lines


class Bundled(Component):
    """Lines linked by plain bundles, where nothing but sums matters."""

    __slots__ = ("_bundles",)

    def __init__(self, bundles: Bundles) -> None:
        super().__init__(bundles.cheapest())
        self._bundles = bundles

    @property
    def lines(self) -> Sequence[Merged]:
        return self._bundles.lines

    @property
    def choices(self) -> list[Choice]:
        return [Choice(self._bundles.at(amount)) for amount in sorted(self._bundles.amounts())]

    def amounts(self) -> set[int]:
        return self._bundles.amounts()

    def at(self, amount: int) -> Sequence[Part]:
        return self.cheapest.parts if amount == self.cheapest.amount else self._bundles.at(amount)


def _has(part: Part, rule: Compiled) -> bool:
    return part.group is rule or rule in part.unit


class Components:
    """All components of a quote, where some rules are banned and some add-ons are sold. alone: the lowest prices of the
    lines that stand alone; linked: the components of the others. whole: no group was left out for want of nodes;
    all_whole: nor any choice that was asked for. only_sums: nothing matters but what all lines come to."""

    only_sums: ClassVar[bool] = False

    def __init__(
        self, quote: Quote, budget: Budget, add_ons: Sequence[Upper] = (), banned: frozenset[int] = frozenset()
    ) -> None:
        self._quote = quote
        self.pricer = pricer = Pricer(quote, banned)
        self._budget = budget
        self.banned = banned
        self._all: list[Component] | None = None
        self.whole = True
        self.linked: list[Component] = []
        self.free: Sequence[Merged] = quote.lines
        if quote.stock.enough or quote.rule_set.has_quotas or add_ons:
            self._link_all(self._takers([upper.rule for upper in add_ons]))
        self.alone = pricer.all_cheapest(self.free)

    @property
    def all(self) -> list[Component]:
        """Every line is in one of them. Made when asked for: mostly the lowest prices are all there is to know."""
        if self._all is None:
            alone = [
                Component(Choice([part]), self.pricer, line) for part, line in zip(self.alone, self.free, strict=True)
            ]
            self._all = alone + self.linked
        return self._all

    @property
    def all_whole(self) -> bool:
        return self.whole and all(component.whole for component in self.linked)

    def _takers(self, add_ons: Sequence[Compiled]) -> list[tuple[Compiled, list[int]]]:
        """Rules that can take a part of a line, and the lines."""
        quote, ok = self._quote, self.pricer.ok
        stock = quote.stock
        found = [(rule, [line.number for line in stock.serving(rule)]) for rule in stock.enough if ok[rule.index]]
        if quote.rule_set.has_quotas:
            quotas: dict[Compiled, list[int]] = {}
            for line in quote.lines:
                for rule in self.pricer.candidates(line):
                    if rule.quota:
                        quotas.setdefault(rule, []).append(line.number)
            found += quotas.items()
        for rule in add_ons:
            sold = [line.number for line in quote.lines if line.by_piece and line.touching.is_sold(rule)]
            if sold:
                found.append((rule, sold))
        return found

    def _link_all(self, takers: Sequence[tuple[Compiled, list[int]]]) -> None:
        links = _joined(takers)
        numbers = {number for lines, _ in links for number in lines}
        self.free = [line for line in self.free if line.number not in numbers]
        for lines, rules in links:
            self._link([self._quote.lines[number] for number in sorted(lines)], rules)

    def _link(self, lines: Sequence[Merged], rules: Sequence[Compiled]) -> None:
        bundles = bundles_of(lines, rules, self.pricer) if self.only_sums else None
        if bundles is not None:
            self.linked.append(Bundled(bundles))
            return
        linked = self._linked(lines, rules)
        try:
            self.linked.append(Component(linked.cheapest(), linked=linked))
        except TooMany:
            # Each line by itself, without what would have linked them.
            self.whole = False
            alone = Pricer(self._quote, self.banned | {rule.index for rule in rules})
            self.linked += [Component(Choice([alone.cheapest(line)]), alone, line) for line in lines]

    def _linked(self, lines: Sequence[Merged], rules: Sequence[Compiled]) -> Linked:
        groups = [rule for rule in rules if rule.slots]
        quotas = [rule for rule in rules if not rule.slots]
        slots: list[Slot] = []
        for number, rule in enumerate(groups):
            for at, (_, pieces) in enumerate(rule.slots):
                inside = frozenset(line.number for line in lines if at in line.touching.slots_of(rule))
                slots.append(Slot(len(slots), number, rule, pieces, inside))
        room = {rule: (number, self._room(rule)) for number, rule in enumerate(quotas)}
        width = len(self._quote.lines)
        candidates: list[Sequence[Compiled]] = [()] * width
        on_top: list[Sequence[Compiled]] = [()] * width
        sold: list[Sequence[tuple[Compiled, int]]] = [()] * width
        for line in lines:
            candidates[line.number] = self.pricer.candidates(line)
            on_top[line.number] = self.pricer.on_top(line)
            sold[line.number] = self._sold(line, quotas)
        cutter = Cutter(slots, room, candidates, on_top, sold)
        drop = self._quote.drop
        return Linked(
            lines,
            slots,
            groups,
            [getattr(rule.rule, "times", None) for rule in groups],
            tuple(left for _, left in room.values()),
            lambda line: cutter.ways(line, line.mask, drop),
            rounds=self._quote.rounds,
            budget=self._budget,
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


class Sums(Components):
    """The same where nothing matters but what all lines come to, so that plain bundles can be reckoned as such."""

    only_sums = True


def _joined(takers: Sequence[tuple[Compiled, list[int]]]) -> list[tuple[set[int], list[Compiled]]]:
    """Lines that one rule can take parts of, joined where they overlap."""
    joined: list[tuple[set[int], list[Compiled]]] = []
    for rule, numbers in takers:
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

"""What parts come to, by which rules above the groups may count them: what bounds are reckoned from."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from huixiang.pricing.rules.compiled import GROUP_AMOUNT, LIST, UNIT_AMOUNT
from huixiang.pricing.rules.components import Component
from huixiang.pricing.rules.merge import Merged
from huixiang.pricing.rules.part import Choice
from huixiang.pricing.rules.quote import Quote

PIECES = 3
COLUMNS = (LIST, UNIT_AMOUNT, GROUP_AMOUNT, PIECES)
Vector = list[tuple[int, tuple[int, int, int, int], int]]
"""Of a choice: for each class of its parts the columns, and how many parts they are."""


class Block:
    """A component whose choices can move fen from one class to another: what it comes to at the cheapest, and of each
    class the fen that it has at least and at most."""

    __slots__ = ("amount", "high", "low")

    def __init__(self, amount: int, low: dict[int, int], high: dict[int, int]) -> None:
        self.amount = amount
        self.low = low
        self.high = high

    def counted(self, classes: Container[int]) -> int:
        """Fen at most of some classes, less what they cost beyond the cheapest: what is beside them is not theirs."""
        inside, beside = 0, 0
        for number, fen in self.high.items():
            if number in classes:
                inside += fen
            else:
                beside += self.low[number]
        return min(inside, self.amount - beside)


class Tally:
    """low, high: by column and class, what a selection comes to at least and at most; fen of the latter less what they
    cost beyond the cheapest selection. parts: how many a class has at most; room: fen by which what it comes to can
    grow, for what that costs. Blocks are in `low` and in `high`, but what they come to after groups together is less
    than these say."""

    __slots__ = ("blocks", "high", "low", "parts", "room")

    def __init__(self, classes: int) -> None:
        self.low = [[0] * classes for _ in COLUMNS]
        self.high = [[0] * classes for _ in COLUMNS]
        self.parts = [0] * classes
        self.room = [0] * classes
        self.blocks: list[Block] = []

    def copy(self) -> Tally:
        """The same, to be added to."""
        copied = Tally(0)
        copied.low = [column[:] for column in self.low]
        copied.high = [column[:] for column in self.high]
        copied.parts = self.parts[:]
        copied.room = self.room[:]
        copied.blocks = self.blocks[:]
        return copied

    def add(self, vector: Vector) -> None:
        """What is known to be in the selection."""
        for number, columns, parts in vector:
            for column, amount in enumerate(columns):
                self.low[column][number] += amount
                self.high[column][number] += amount
            self.parts[number] += parts

    def add_block(self, block: Block) -> None:
        self.blocks.append(block)
        for number, fen in block.high.items():
            self.low[GROUP_AMOUNT][number] += block.low[number]
            self.high[GROUP_AMOUNT][number] += fen

    def goods(self, classes: Sequence[int]) -> int:
        """Fen after groups at most, of some classes."""
        high = self.high[GROUP_AMOUNT]
        total = sum([high[number] for number in classes])
        for block in self.blocks:
            inside = [fen for number, fen in block.high.items() if number in classes]
            if inside:
                total += block.counted(classes) - sum(inside)
        return total


class Classes:
    """Parts with one mask are one class; all that parts of a quote can have are numbered once for all its bounds."""

    def __init__(self, quote: Quote) -> None:
        self._quote = quote
        # Add-ons are counted by none.
        self.masks: list[int] = [0]
        self._numbers = {0: 0}
        self._of_line: list[list[int]] = [[self._number(mask) for mask in self._masks(line)] for line in quote.lines]
        self._vectors: dict[Choice, Vector] = {}

    def _number(self, mask: int) -> int:
        known = self._numbers.get(mask)
        if known is None:
            known = self._numbers[mask] = len(self.masks)
            self.masks.append(mask)
        return known

    def _masks(self, line: Merged) -> list[int]:
        """The masks that parts of a line may have: what prices it can keep it from being counted."""
        quote, mask, touching = self._quote, line.mask, line.touching
        drop, ok, rule_set = quote.drop, quote.ok, quote.rule_set
        found = {mask: None}
        if drop:
            prices = (*touching.unit, *quote.unit, *touching.on_top, *rule_set.general_on_top)
            for rule in (*prices, *[one[0] for one in touching.served], *rule_set.general_groups):
                if rule.stacking in drop and ok[rule.index]:
                    found.update({one & ~drop[rule.stacking]: None for one in [*found]})
        return [*found]

    def vector(self, choice: Choice) -> Vector:
        known = self._vectors.get(choice)
        if known is None:
            sums: dict[int, list[int]] = {}
            for part in choice.parts:
                one = sums.setdefault(self._numbers[part.mask], [0, 0, 0, 0, 0])
                one[LIST] += part.list_fen
                one[UNIT_AMOUNT] += part.unit_fen
                one[GROUP_AMOUNT] += part.groups_fen
                one[PIECES] += part.pieces
                one[4] += 1
            known = self._vectors[choice] = [
                (number, (one[LIST], one[UNIT_AMOUNT], one[GROUP_AMOUNT], one[PIECES]), one[4])
                for number, one in sums.items()
            ]
        return known

    def of_selection(self, selection: Iterable[Choice]) -> Tally:
        tally = Tally(len(self.masks))
        for choice in selection:
            tally.add(self.vector(choice))
        return tally

    def add_lines(self, tally: Tally, components: Sequence[Component], *, selling: bool) -> Tally:
        """Before any choice but the cheapest is made; the tally, with them. selling: parts may be sold as add-ons."""
        for component in components:
            if component.many:
                numbers = [self._of_line[line.number] for line in component.lines]
                _add_lines(tally, component, numbers, selling=selling)
            elif self._steady(component):
                (line,) = component.lines
                tally.add(self.vector(component.cheapest))
                tally.room[self._of_line[line.number][0]] += line.amount - component.cheapest.amount
            else:
                self._add_choices(tally, component.choices)
        return tally

    def _steady(self, component: Component) -> bool:
        """A line that stands alone, all of which one mask counts whatever its price."""
        return component.single and len(self._of_line[component.lines[0].number]) == 1

    def kinds(self, component: Component, width: int) -> list[list[Choice]]:
        """The choices of a component by all else than what one class of theirs comes to."""
        if self._steady(component):
            return []
        found: dict[object, list[Choice]] = {}
        for choice in component.choices:
            if choice.amount <= component.cheapest.amount + width:
                vector = self.vector(choice)
                key = tuple([(number, columns[LIST], columns[PIECES]) for number, columns, _ in vector])
                found.setdefault(key, []).append(choice)
        kinds: list[list[Choice]] = []
        for choices in found.values():
            kinds += [choices] if self.is_plain(choices) else [[choice] for choice in choices]
        return kinds

    def is_plain(self, choices: Sequence[Choice]) -> bool:
        """Whether they differ only in what one class comes to."""
        vectors = [self.vector(choice) for choice in choices]
        first = vectors[0]
        moving = set()
        for choice, vector in zip(choices, vectors, strict=True):
            if [number for number, _, _ in vector] != [number for number, _, _ in first]:
                return False
            for (number, columns, _), (_, was, _) in zip(vector, first, strict=True):
                if columns != was:
                    moving.add(number)
                    if columns[UNIT_AMOUNT] - was[UNIT_AMOUNT] != choice.amount - choices[0].amount:
                        return False
        return len(moving) < 2

    def moving(self, choices: Sequence[Choice]) -> int:
        """The class in which plain choices differ, if in any."""
        first = self.vector(choices[0])
        pairs = zip(first, self.vector(choices[-1]), strict=True)
        return next((number for (number, was, _), (_, now, _) in pairs if was != now), first[0][0])

    def of_choices(self, by_component: Sequence[Sequence[Choice]]) -> Tally:
        """Over these choices of each component, the cheapest first."""
        tally = Tally(len(self.masks))
        for choices in by_component:
            self._add_choices(tally, choices)
        return tally

    def _add_choices(self, tally: Tally, choices: Sequence[Choice]) -> None:
        if len(choices) == 1:
            tally.add(self.vector(choices[0]))
        else:
            least = choices[0].amount
            _spread(tally, least, [(choice.amount - least, self.vector(choice)) for choice in choices])


def _add_lines(tally: Tally, component: Component, numbers: Sequence[Sequence[int]], *, selling: bool) -> None:
    """What lines come to whose choices are not known."""
    amount = component.cheapest.amount
    whole = sum([line.amount for line in component.lines])
    low: dict[int, int] = {}
    high: dict[int, int] = {}
    for mine, line in zip(numbers, component.lines, strict=True):
        # The others cost no more than their list price, and all together no less than the cheapest.
        least = max(0, amount - whole + line.amount) if len(mine) == 1 and not selling else 0
        for number in mine:
            low[number] = low.get(number, 0) + least
            high[number] = high.get(number, 0) + line.amount
            if least:
                tally.low[UNIT_AMOUNT][number] += least
                tally.low[LIST][number] += line.amount
            tally.room[number] += whole - amount
            tally.high[UNIT_AMOUNT][number] += line.amount
            tally.high[LIST][number] += line.amount
            tally.high[PIECES][number] += line.units if line.by_piece else 0
            tally.parts[number] += max(1, line.units)
    if len(high) == 1 and not selling:
        (number,) = high
        low[number] = high[number] = amount
    tally.add_block(Block(amount, low, high))


def _spread(tally: Tally, amount: int, choices: Sequence[tuple[int, Vector]]) -> None:
    """Add the least and the most that any of some choices has of each class; each with what it costs more."""
    low: dict[int, list[int]] = {}
    high: dict[int, list[int]] = {}
    parts: dict[int, int] = {}
    seen: dict[int, int] = {}
    for extra, vector in choices:
        for number, columns, count in vector:
            seen[number] = seen.get(number, 0) + 1
            parts[number] = max(parts.get(number, 0), count)
            less = [columns[LIST], columns[UNIT_AMOUNT] - extra, columns[GROUP_AMOUNT] - extra, columns[PIECES]]
            if number in low:
                low[number] = list(map(min, low[number], columns))
                high[number] = list(map(max, high[number], less))
            else:
                low[number], high[number] = list(columns), less
    for number, count in parts.items():
        tally.parts[number] += count
        tally.room[number] += choices[-1][0]
        if seen[number] < len(choices):
            low[number] = [0] * len(COLUMNS)
        for column in (LIST, UNIT_AMOUNT, PIECES):
            tally.low[column][number] += low[number][column]
            tally.high[column][number] += max(0, high[number][column])
    fen = {number: columns[GROUP_AMOUNT] for number, columns in low.items()}
    tally.add_block(Block(amount, fen, {number: max(0, columns[GROUP_AMOUNT]) for number, columns in high.items()}))

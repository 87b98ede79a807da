"""What lines can cost above the least, and how to come to just so much more: bits of one long integer for each line."""

from __future__ import annotations

from collections.abc import Collection

from huixiang.pricing.rules.components import Components
from huixiang.pricing.rules.part import Part


class Extras:
    """The sums of extras up to a width. Lines that stand alone come first, then components; they are looked at from the
    last on, and only as many as it takes: most sums are reached by a few lines."""

    def __init__(self, components: Components, width: int) -> None:
        self._components = components
        self._width = width
        self._full = (1 << (width + 1)) - 1
        self._left = len(components.alone) + len(components.linked)
        self._looked: list[tuple[int, Collection[int]]] = []  # the lowest fen of each, and all that it can come to
        self._sums = [1]

    def _look_at_one_more(self) -> None:
        self._left = at = self._left - 1
        components, width = self._components, self._width
        alone = len(components.alone)
        amounts: Collection[int]
        if at < alone:
            line, least = components.free[at], components.alone[at].unit_fen
            amounts = components.pricer.prices(line, line.units)
        else:
            component = components.linked[at - alone]
            least, amounts = component.cheapest.amount, sorted(component.amounts())
        bits = last = self._sums[-1]
        for amount in amounts:
            if least < amount <= least + width:
                bits |= last << amount - least
        self._looked.append((least, amounts))
        self._sums.append(bits & self._full)

    def least(self, extra: int) -> int | None:
        """The least that can be reached from `extra` on, within the width."""
        while not self._sums[-1] >> extra & 1:
            if not self._left:
                bits = self._sums[-1] >> extra
                return extra + (bits & -bits).bit_length() - 1 if bits else None
            self._look_at_one_more()
        return extra

    def parts(self, extra: int) -> list[Part]:
        """The parts of a selection that comes to just so much more than the cheapest; it is one that `least` found."""
        components = self._components
        found = list(components.alone)
        alone = len(found)
        more = [0] * len(components.linked)
        for count in range(len(self._looked), 0, -1):
            rest = self._sums[count - 1]
            if rest >> extra & 1:
                continue  # those to come make it up
            least, amounts = self._looked[count - 1]
            step = next(
                one - least for one in amounts if least < one <= least + extra and rest >> extra - one + least & 1
            )
            extra -= step
            at = alone + len(more) - count
            if at < alone:
                line = components.free[at]
                found[at] = components.pricer.at(line, line.units, least + step)
            else:
                more[at - alone] = step
        for component, step in zip(components.linked, more, strict=True):
            found += component.at(component.cheapest.amount + step)
        return found

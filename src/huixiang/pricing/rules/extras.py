"""What lines can cost above the least, and how to come to just so much more: bits of one long integer for each line."""

from __future__ import annotations

from huixiang.pricing.rules.components import Components
from huixiang.pricing.rules.part import Part


class Extras:
    """The sums of extras up to a width. Lines that stand alone come first, then components."""

    def __init__(self, components: Components, width: int) -> None:
        self._components = components
        pricer = components.pricer
        self._steps: list[list[int]] = []
        for part, line in zip(components.alone, components.free, strict=True):
            least = part.unit_fen
            most = least + width
            self._steps.append([one - least for one in pricer.prices(line, line.units) if least < one <= most])
        for component in components.linked:
            least = component.cheapest.amount
            self._steps.append([one - least for one in sorted(component.amounts()) if least < one <= least + width])
        self._sums = self._reached((1 << (width + 1)) - 1)

    def _reached(self, full: int) -> list[int]:
        """Of the lines from each on."""
        sums = [1]
        for steps in reversed(self._steps):
            bits = last = sums[-1]
            for step in steps:
                bits |= last << step
            sums.append(bits & full)
        sums.reverse()
        return sums

    def least(self, extra: int) -> int | None:
        """The least that can be reached from `extra` on, within the width."""
        bits = self._sums[0] >> extra
        return extra + (bits & -bits).bit_length() - 1 if bits else None

    def parts(self, extra: int) -> list[Part]:
        """The parts of a selection that comes to just so much more than the cheapest; it has to be reachable."""
        components = self._components
        found = list(components.alone)
        alone = len(found)
        more = [0] * len(components.linked)
        for at, steps in enumerate(self._steps):
            if not extra:
                break
            rest = self._sums[at + 1]
            if rest >> extra & 1:
                continue  # those to come make it up
            step = next(step for step in steps if step <= extra and rest >> (extra - step) & 1)
            extra -= step
            if at < alone:
                line = components.free[at]
                found[at] = components.pricer.at(line, line.units, found[at].unit_fen + step)
            else:
                more[at - alone] = step
        for component, step in zip(components.linked, more, strict=True):
            found += component.at(component.cheapest.amount + step)
        return found

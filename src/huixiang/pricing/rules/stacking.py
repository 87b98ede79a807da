"""What may stand together: exclusions and maxima of a programme, ready to be asked."""

from __future__ import annotations

from collections import defaultdict

from huixiang.pricing.model.rules import LAYERS, Promotions


class Stacking:
    """on_line, on_order: the classes that a class excludes, itself among them where it says so."""

    def __init__(self, promotions: Promotions) -> None:
        self.on_line: dict[str, frozenset[str]] = {}
        self.on_order: dict[str, frozenset[str]] = {}
        for kind, table in (("line", self.on_line), ("order", self.on_order)):
            pairs: dict[str, set[str]] = defaultdict(set)
            for one in promotions.exclusions:
                if one.on == kind:
                    pairs[one.first].add(one.second)
                    pairs[one.second].add(one.first)
            table.update({name: frozenset(others) for name, others in pairs.items()})
        self.of_class: dict[str, int] = {}
        self.of_layer: dict[int, int] = {}
        for limit in promotions.maxima:
            if limit.by == "class":
                self.of_class[limit.of] = min(limit.at_most, self.of_class.get(limit.of, limit.at_most))
            else:
                layer = [*LAYERS].index(limit.of)  # type: ignore[arg-type]  # by layer, so one of them
                self.of_layer[layer] = min(limit.at_most, self.of_layer.get(layer, limit.at_most))

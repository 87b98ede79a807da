"""Unit prices in the solver's model: one way to price each line is chosen, out of all that there are."""

from __future__ import annotations

from collections.abc import Sequence

from ortools.sat.python import cp_model

from huixiang.pricing.model.rules import UnitRule
from tests.pricing.judges.availability import Merged
from tests.pricing.judges.modelled import Modelled, Piece
from tests.pricing.judges.selections import on_top
from tests.pricing.judges.sharing import Amount
from tests.pricing.judges.unit_prices import Part, line_prices


def choose_prices(modelled: Modelled, pieces_of: Sequence[Sequence[Amount]]) -> None:
    """pieces_of: of each line, what each group rule holds."""
    units = [offer for offer in modelled.offers if isinstance(offer.rule, UnitRule)]
    holding: dict[str, list[cp_model.IntVar]] = {}
    quotas: dict[str, list[Amount]] = {}
    for number, line in enumerate(modelled.lines):
        scoped = [offer for offer in units if number in offer.lines]
        prices = [offer for offer in scoped if not on_top(offer)]
        tops = [offer for offer in scoped if on_top(offer)]
        lefts = range(line.pieces + 1) if pieces_of[number] else [line.pieces or 1]
        ways = [(left, way) for left in lefts for way in line_prices(line, left, (), prices, tops)]
        chosen = [modelled.make.truth() for _ in ways]
        modelled.model.add_exactly_one(chosen)
        if line.pieces:
            left = sum(truth * left for truth, (left, _) in zip(chosen, ways, strict=True))
            modelled.model.add(left + sum(pieces_of[number]) == line.pieces)
        for truth, (_, way) in zip(chosen, ways, strict=True):
            for code in way.rules:
                holding.setdefault(code, []).append(truth)
            for code, pieces in way.used:
                quotas.setdefault(code, []).append(truth * pieces)
        add_portion(modelled, number, line, [(truth, way.quota) for truth, (_, way) in zip(chosen, ways, strict=True)])
        add_portion(modelled, number, line, [(truth, way.rest) for truth, (_, way) in zip(chosen, ways, strict=True)])
    for code, truths in holding.items():
        modelled.applied.append((code, modelled.make.any_of(truths)))
    for offer in units:
        if offer.quota is not None and offer.rule.code in quotas:
            modelled.model.add(sum(quotas[offer.rule.code]) <= offer.quota)


def add_portion(
    modelled: Modelled, number: int, line: Merged, parts: Sequence[tuple[cp_model.IntVar, Part | None]]
) -> None:
    """parts: one for each way, with the truth that it is chosen; None where that way has no such portion."""
    there = [(truth, part) for truth, part in parts if part is not None]
    if not there:
        return
    holders = {code for _, part in there for code in part.holders}
    modelled.portions.append(
        Piece(
            number,
            sum(truth * part.pieces for truth, part in there) if line.pieces else 0,
            sum(truth * part.list_fen for truth, part in there),
            sum(truth * part.unit_fen for truth, part in there),
            max(part.list_fen for _, part in there),
            [
                (code, modelled.make.any_of([truth for truth, part in there if code in part.holders]))
                for code in sorted(holders)
            ],
        )
    )

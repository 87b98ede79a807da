"""Constraints that the solver's model is made of: truths, minima, divisions, and shares by largest remainder."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from ortools.sat.python import cp_model

Amount = Any  # an int or a linear expression of the solver


class Maker:
    def __init__(self) -> None:
        self.model = cp_model.CpModel()

    def number(self, least: int, most: int) -> cp_model.IntVar:
        return self.model.new_int_var(least, most, "")

    def truth(self) -> cp_model.IntVar:
        return self.model.new_bool_var("")

    def constant(self, *, value: bool) -> cp_model.IntVar:
        found = self.truth()
        self.model.add(found == int(value))
        return found

    def set_to(self, amount: Amount, most: int) -> cp_model.IntVar:
        """A number that is never below 0."""
        found = self.number(0, most)
        self.model.add(found == amount)
        return found

    def both(self, first: cp_model.IntVar, second: cp_model.IntVar) -> cp_model.IntVar:
        found = self.truth()
        self.model.add_bool_and([first, second]).only_enforce_if(found)
        self.model.add_bool_or([~first, ~second, found])
        return found

    def any_of(self, truths: Sequence[cp_model.IntVar]) -> cp_model.IntVar:
        if len(truths) == 1:
            return truths[0]
        found = self.truth()
        self.model.add_max_equality(found, truths)
        return found

    def none_of(self, truths: Sequence[Any]) -> cp_model.IntVar:
        found = self.truth()
        self.model.add_bool_or([*truths, found])
        for truth in truths:
            self.model.add_implication(found, ~truth)
        return found

    def lowest(self, first: Amount, second: Amount, most: int) -> cp_model.IntVar:
        found = self.number(0, most)
        self.model.add_min_equality(found, [first, second])
        return found

    def highest(self, first: Amount, second: Amount, most: int) -> cp_model.IntVar:
        found = self.number(0, most)
        self.model.add_max_equality(found, [first, second])
        return found

    def if_else(self, truth: Any, amount: Amount, most: int) -> cp_model.IntVar:
        """The amount where it is true, else 0."""
        found = self.number(0, most)
        self.model.add(found == amount).only_enforce_if(truth)
        self.model.add(found == 0).only_enforce_if(~truth)
        return found

    def divided(self, amount: Amount, by: int) -> cp_model.IntVar:
        """Rounded down."""
        found = self.number(0, 10**9)
        self.model.add(amount - by * found >= 0)
        self.model.add(amount - by * found <= by - 1)
        return found

    def reached(self, reach: cp_model.IntVar, places: Sequence[int]) -> list[cp_model.IntVar]:
        """For each place in ascending order, whether it is the highest that is reached."""
        passed = []
        for place in places:
            truth = self.truth()
            self.model.add(reach >= place).only_enforce_if(truth)
            self.model.add(reach < place).only_enforce_if(~truth)
            passed.append(truth)
        return [self.none_of([~one, after]) for one, after in pairwise(passed)] + passed[-1:]

    def shares(self, total: Amount, weights: Sequence[tuple[Amount, int]]) -> list[Amount]:
        """Largest remainder; weights with the most that each can be, those that win a tie first."""
        most = sum(bound for _, bound in weights)
        if len(weights) == 1:
            return [total]
        whole = self.set_to(sum(weight for weight, _ in weights), most)
        divisor = self.highest(whole, 1, max(1, most))
        all_of_it = self.set_to(total, most)
        floors, keys, extras = [], [], []
        for place, (amount, bound) in enumerate(weights):
            weight = self.set_to(amount, bound)
            product = self.number(0, most * bound)
            self.model.add_multiplication_equality(product, [all_of_it, weight])
            floor = self.number(0, bound)
            covered = self.number(0, most * bound)
            self.model.add_multiplication_equality(covered, [divisor, floor])
            rest = self.number(0, most)
            self.model.add(rest == product - covered)
            self.model.add(rest <= divisor - 1)
            floors.append(floor)
            keys.append(rest * len(weights) + (len(weights) - 1 - place))
            extras.append(self.truth())
            self.model.add(floor + extras[-1] <= weight)
        self.model.add(sum(floors) + sum(extras) == all_of_it)
        limit = self.number(0, (most + 2) * len(weights))
        for key, extra in zip(keys, extras, strict=True):
            self.model.add(key >= limit).only_enforce_if(extra)
            self.model.add(key < limit).only_enforce_if(~extra)
        return [floor + extra for floor, extra in zip(floors, extras, strict=True)]

    def solve(self, effort: float) -> int | None:
        """The proven minimum; None where it was not found with so much effort, which no clock measures."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        solver.parameters.max_deterministic_time = effort
        solver.parameters.cp_model_probing_level = 0  # models of one basket are too small for it to pay
        status = solver.solve(self.model)
        assert status != cp_model.INFEASIBLE, "no combination is allowed, not even none"
        assert status != cp_model.MODEL_INVALID, self.model.validate()
        return round(solver.objective_value) if status == cp_model.OPTIMAL else None

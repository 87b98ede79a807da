"""What must hold of rule documents beyond their types. Raises InvalidInput with the path of the first thing wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from huixiang.conditions.check import check
from huixiang.conditions.model import ALWAYS, Condition
from huixiang.kernel.errors import InvalidInput
from huixiang.points.model.earning import CONSUMPTION, CapRule, EarningRules, Expiry
from huixiang.points.model.earning_conditions import ALLOWED, KNOWN, asks_for_a_history
from huixiang.points.model.spending import RateRaise, SpendingRules
from huixiang.points.rules.validity import lasts_a_year


def check_earning(rules: EarningRules) -> None:
    """A document of kind `earning`."""
    _no_code_twice("$.multipliers", [multiplier.code for multiplier in rules.multipliers])
    for place, multiplier in enumerate(rules.multipliers):
        _check_condition(f"$.multipliers[{place}].when", multiplier.when)
    _no_code_twice("$.exclusions", [exclusion.code for exclusion in rules.exclusions])
    for place, exclusion in enumerate(rules.exclusions):
        if exclusion.when == ALWAYS:
            raise _wrong(f"$.exclusions[{place}].when", "must name a condition, or nothing at all earns")
        _check_condition(f"$.exclusions[{place}].when", exclusion.when)
    _no_code_twice("$.behaviours", [behaviour.code for behaviour in rules.behaviours])
    for place, behaviour in enumerate(rules.behaviours):
        if behaviour.code == CONSUMPTION:
            raise _wrong(f"$.behaviours[{place}].code", f"{CONSUMPTION} is what orders earn by")
    _no_code_twice("$.caps", [cap.code for cap in rules.caps])
    known = {CONSUMPTION, *(behaviour.code for behaviour in rules.behaviours)}
    for place, cap in enumerate(rules.caps):
        _check_causes(f"$.caps[{place}].causes", cap, known)
    _check_expiry("$.expiry", rules.expiry)
    for place, exception in enumerate(rules.expiries):
        if exception.cause is None and exception.tier is None:
            raise _wrong(f"$.expiries[{place}]", "needs a cause or a tier; what holds for all stands in expiry")
        _check_expiry(f"$.expiries[{place}].expiry", exception.expiry)


def check_spending(rules: SpendingRules) -> None:
    """A document of kind `spending`."""
    if rules.minimum % rules.step:
        raise _wrong("$.minimum", f"must be a multiple of the step, {rules.step}")
    _no_code_twice("$.raises", [rate.code for rate in rules.raises])
    for place, rate in enumerate(rules.raises):
        _check_raise(f"$.raises[{place}]", rate, rules.rate.fen)


def _check_raise(path: str, rate: RateRaise, base_fen: int) -> None:
    if rate.fen < base_fen:
        raise _wrong(f"{path}.fen", f"must not be below the base rate's {base_fen}")
    when = rate.when
    if when.first_day and when.last_day and when.last_day < when.first_day:
        raise _wrong(f"{path}.when.to", "must not be before from")


def _no_code_twice(path: str, codes: Sequence[str]) -> None:
    for place, code in enumerate(codes):
        if code in codes[:place]:
            raise _wrong(f"{path}[{place}].code", f"{code} is used before")


def _check_condition(path: str, when: Condition) -> None:
    for problem in check(when, KNOWN, ALLOWED):
        raise _wrong(f"{path}{problem.path.removeprefix('$')}", problem.problem)
    if (history := asks_for_a_history(when)) is not None:
        raise _wrong(f"{path}{history.removeprefix('$')}", "what was bought before is not known when an order earns")


def _check_causes(path: str, cap: CapRule, known: Iterable[str]) -> None:
    if not isinstance(cap.causes, list):
        return
    if not cap.causes:
        raise _wrong(path, "must name a cause; left out, the cap counts all")
    for place, cause in enumerate(cap.causes):
        if cause not in known:
            raise _wrong(f"{path}[{place}]", f"nothing here earns by {cause}")


def _check_expiry(path: str, expiry: Expiry) -> None:
    if not lasts_a_year(expiry) and expiry.reason is None:
        raise _wrong(f"{path}.reason", "needed where points may last less than 12 months; members read it beforehand")


def _wrong(path: str, problem: str) -> InvalidInput:
    return InvalidInput(path=path, problem=problem)

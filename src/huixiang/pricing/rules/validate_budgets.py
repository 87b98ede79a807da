"""What is wrong with the budgets of promotions, and with rules that name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from huixiang.kernel.errors import Problem
from huixiang.pricing.model.rules import BUDGETS_DEEP, Budget, Promotions


def wrong_budgets(promotions: Promotions) -> Iterator[Problem]:
    """Each with its path: codes that two have, names without text, budgets that nobody declares, circles, too deep."""
    budgets: dict[str, Budget] = {}
    first: dict[str, int] = {}
    for place, one in enumerate(promotions.budgets):
        path = f"$.budgets[{place}]"
        for language in ("zh", "en"):
            if not getattr(one.name, language).strip():
                yield Problem(f"{path}.name.{language}", "expected a text, which pages show")
        if first.setdefault(one.code, place) != place:
            there = f"$.budgets[{first[one.code]}]"
            yield Problem(f"{path}.code", f"expected a code of its own, found {one.code}, which {there} has")
        else:
            budgets[one.code] = one
    for place, one in enumerate(promotions.budgets):
        problem = _above(one, budgets)
        if problem is not None:
            yield Problem(f"$.budgets[{place}].within", problem)
    for place, rule in enumerate(promotions.rules):
        if rule.budget is not None and rule.budget not in budgets:
            yield Problem(f"$.rules[{place}].budget", f"expected the code of a budget, found {rule.budget}")


def _above(budget: Budget, budgets: Mapping[str, Budget]) -> str | None:
    """What is wrong with the budgets that one is within."""
    seen = [budget.code]
    code = budget.within
    while code is not None:
        if code not in budgets:
            # Where another budget names it, that one is told.
            return f"expected the code of a budget, found {code}" if len(seen) == 1 else None
        if code in seen:
            return f"expected no circle, found {' within '.join([*seen, code])}"
        seen.append(code)
        code = budgets[code].within
    if len(seen) > BUDGETS_DEEP:
        return f"expected at most {BUDGETS_DEEP} budgets within each other, found {' within '.join(seen)}"
    return None

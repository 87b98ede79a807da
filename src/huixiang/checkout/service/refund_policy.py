"""The rules of refund requests, before they are published."""

from __future__ import annotations

from huixiang.catalogue import service as catalogue
from huixiang.checkout.model.requests import RefundPolicy
from huixiang.conditions import sql
from huixiang.conditions.check import check
from huixiang.conditions.model import Compare
from huixiang.coupons.service.audience import load_registry
from huixiang.kernel.errors import Problem
from huixiang.platform.db import Transaction
from huixiang.rulebook.model import Findings


async def examine(tx: Transaction, policy: RefundPolicy) -> Findings:
    """Conditions ask for what there is; a category that the catalogue does not have is a warning."""
    instant = policy.instant
    if instant is None:
        return Findings()
    registry = await load_registry(tx)
    asked = [("audience", instant.audience)]
    if instant.risk is not None:
        asked.append(("risk", Compare(instant.risk.attribute, "le", instant.risk.at_most)))
    problems = tuple(
        Problem(f"$.instant.{where}{one.path[1:]}", one.problem)
        for where, condition in asked
        for one in (*check(condition, registry), *sql.refusals(condition, registry))
    )
    known = await catalogue.category_paths(tx, instant.not_returnable)
    warnings = tuple(
        Problem(f"$.instant.not_returnable[{number}]", f"the catalogue has no category {code}")
        for number, code in enumerate(instant.not_returnable)
        if code not in known
    )
    return Findings(problems, warnings)

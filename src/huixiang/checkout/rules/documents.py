"""What an operator should know before the rules of fulfilment are published."""

from __future__ import annotations

from huixiang.checkout.model.fulfilment import FulfilmentRules, Policy
from huixiang.kernel.errors import Problem


def warnings_of(rules: FulfilmentRules) -> tuple[Problem, ...]:
    """Of each policy that a buyer may find unfair."""
    said = (("$.policy", rules.policy), ("$.refund_policy", rules.refund_policy))
    return tuple(
        Problem(path, "what comes back depends on the order of the requests: all at once may give back more, or less")
        for path, policy in said
        if policy is Policy.RECKON
    )

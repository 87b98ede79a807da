"""What bulk grants refuse."""

from __future__ import annotations

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text


class GrantUnknown(DomainError):
    """Field: grant_id."""

    code = "grant_unknown"
    status = 404
    title = Text(zh="没有该批量发放", en="No such grant")
    detail = Text(zh="没有批量发放 {grant_id}。", en="There is no bulk grant {grant_id}.")


class GrantStateFixed(DomainError):
    """Fields: state, verb."""

    code = "grant_state_fixed"
    status = 409
    title = Text(zh="批量发放状态不允许", en="Not in this state of the grant")
    detail = Text(zh="状态为 {state} 的批量发放不能：{verb}。", en="A grant that is {state} does not admit: {verb}.")


class GrantEmpty(DomainError):
    """Nobody would get anything."""

    code = "grant_empty"
    status = 409
    title = Text(zh="没有可发放的会员", en="Nobody to grant to")
    detail = Text(zh="名单中没有可以发放的会员。", en="Nobody on the list can be given anything.")


class GrantTooLarge(DomainError):
    """Field: limit."""

    code = "grant_too_large"
    status = 422
    title = Text(zh="名单过大", en="Too many members")
    detail = Text(zh="一次最多发放 {limit} 位会员。", en="A grant has {limit} members at most.")


class GrantBudgetSpent(DomainError):
    """Fields: budget, room, wanted."""

    code = "grant_budget_spent"
    status = 409
    title = Text(zh="预算不足", en="The budget is spent")
    detail = Text(
        zh="预算 {budget} 还剩 {room} 积分，需要 {wanted}。",
        en="The budget {budget} has {room} points left, not {wanted}.",
    )


class GrantGiftUnknown(DomainError):
    """No rule or benefit of that name is in force. Field: gift."""

    code = "grant_gift_unknown"
    status = 409
    title = Text(zh="没有这份赠品", en="Nothing of that name to give")
    detail = Text(zh="目前没有生效的 {gift}。", en="There is no {gift} in force.")

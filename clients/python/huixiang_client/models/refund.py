from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.claw_back_policy import ClawBackPolicy
from ..models.refund_not_reckoned_type_0 import RefundNotReckonedType0

if TYPE_CHECKING:
    from ..models.refunded_line import RefundedLine
    from ..models.reversal import Reversal


T = TypeVar("T", bound="Refund")


@_attrs_define
class Refund:
    """What came back: goods worth `refund_fen`, for which `cash_refund_fen` is to be paid to the member, with the
        points and the growth that they had earned; and beside it `fees_fen` of what delivery and packaging cost.

        points_before, growth_before: of the points and the growth, what something else than a refund had taken back.
        points_short: of the points, those that were not found; under the policy `cash` their worth is off the cash,
    under
        `pending_only` they are let go. points_returned: what was spent on the order and came back. reward: what the
    order
        was rewarded with beside what its lines earned, and points that rules gave with it, taken back with the last of
        them; reward_short: not found of it. gifts_fen: the worth of gifts that were used, off the cash; gifts_held_fen:
        kept back of the cash for gifts that have not come back, below zero where that is over.
        claw_back: that policy; rule_version: of the rules of kind `spending` that said so. not_reckoned: why the order
    goes
        line by line, where its rules say *reckon*.

        Attributes:
            refund_id (UUID):
            order_id (UUID):
            external_id (str):
            reason (str):
            refund_fen (int):
            cash_refund_fen (int):
            gifts_fen (int):
            gifts_held_fen (int):
            fees_fen (int):
            points (int):
            points_before (int):
            points_short (int):
            points_returned (int):
            reward (int):
            reward_short (int):
            growth (int):
            growth_before (int):
            claw_back (ClawBackPolicy): Where a claw-back looks for what neither the earning's own lots nor available points
                could give.

                    DEBT: in pending points, and what is still missing is owed. CASH: in the refund's cash; the outcome's
                `short` says
                    how many points' worth. PENDING_ONLY: in pending points, and what is still missing is let go (`short` too).
            rule_version (int):
            occurred_at (str):
            lines (list[RefundedLine]):
            not_reckoned (None | RefundNotReckonedType0):
            reversal (Reversal): All that a refund undid. `pending` until what concerns others is done too.
    """

    refund_id: UUID
    order_id: UUID
    external_id: str
    reason: str
    refund_fen: int
    cash_refund_fen: int
    gifts_fen: int
    gifts_held_fen: int
    fees_fen: int
    points: int
    points_before: int
    points_short: int
    points_returned: int
    reward: int
    reward_short: int
    growth: int
    growth_before: int
    claw_back: ClawBackPolicy
    rule_version: int
    occurred_at: str
    lines: list[RefundedLine]
    not_reckoned: None | RefundNotReckonedType0
    reversal: Reversal
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        refund_id = str(self.refund_id)

        order_id = str(self.order_id)

        external_id = self.external_id

        reason = self.reason

        refund_fen = self.refund_fen

        cash_refund_fen = self.cash_refund_fen

        gifts_fen = self.gifts_fen

        gifts_held_fen = self.gifts_held_fen

        fees_fen = self.fees_fen

        points = self.points

        points_before = self.points_before

        points_short = self.points_short

        points_returned = self.points_returned

        reward = self.reward

        reward_short = self.reward_short

        growth = self.growth

        growth_before = self.growth_before

        claw_back = self.claw_back.value

        rule_version = self.rule_version

        occurred_at = self.occurred_at

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        not_reckoned: None | str
        if isinstance(self.not_reckoned, RefundNotReckonedType0):
            not_reckoned = self.not_reckoned.value
        else:
            not_reckoned = self.not_reckoned

        reversal = self.reversal.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "refund_id": refund_id,
                "order_id": order_id,
                "external_id": external_id,
                "reason": reason,
                "refund_fen": refund_fen,
                "cash_refund_fen": cash_refund_fen,
                "gifts_fen": gifts_fen,
                "gifts_held_fen": gifts_held_fen,
                "fees_fen": fees_fen,
                "points": points,
                "points_before": points_before,
                "points_short": points_short,
                "points_returned": points_returned,
                "reward": reward,
                "reward_short": reward_short,
                "growth": growth,
                "growth_before": growth_before,
                "claw_back": claw_back,
                "rule_version": rule_version,
                "occurred_at": occurred_at,
                "lines": lines,
                "not_reckoned": not_reckoned,
                "reversal": reversal,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.refunded_line import RefundedLine
        from ..models.reversal import Reversal

        d = dict(src_dict)
        refund_id = UUID(d.pop("refund_id"))

        order_id = UUID(d.pop("order_id"))

        external_id = d.pop("external_id")

        reason = d.pop("reason")

        refund_fen = d.pop("refund_fen")

        cash_refund_fen = d.pop("cash_refund_fen")

        gifts_fen = d.pop("gifts_fen")

        gifts_held_fen = d.pop("gifts_held_fen")

        fees_fen = d.pop("fees_fen")

        points = d.pop("points")

        points_before = d.pop("points_before")

        points_short = d.pop("points_short")

        points_returned = d.pop("points_returned")

        reward = d.pop("reward")

        reward_short = d.pop("reward_short")

        growth = d.pop("growth")

        growth_before = d.pop("growth_before")

        claw_back = ClawBackPolicy(d.pop("claw_back"))

        rule_version = d.pop("rule_version")

        occurred_at = d.pop("occurred_at")

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = RefundedLine.from_dict(lines_item_data)

            lines.append(lines_item)

        def _parse_not_reckoned(data: object) -> None | RefundNotReckonedType0:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                not_reckoned_type_0 = RefundNotReckonedType0(data)

                return not_reckoned_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RefundNotReckonedType0, data)

        not_reckoned = _parse_not_reckoned(d.pop("not_reckoned"))

        reversal = Reversal.from_dict(d.pop("reversal"))

        refund = cls(
            refund_id=refund_id,
            order_id=order_id,
            external_id=external_id,
            reason=reason,
            refund_fen=refund_fen,
            cash_refund_fen=cash_refund_fen,
            gifts_fen=gifts_fen,
            gifts_held_fen=gifts_held_fen,
            fees_fen=fees_fen,
            points=points,
            points_before=points_before,
            points_short=points_short,
            points_returned=points_returned,
            reward=reward,
            reward_short=reward_short,
            growth=growth,
            growth_before=growth_before,
            claw_back=claw_back,
            rule_version=rule_version,
            occurred_at=occurred_at,
            lines=lines,
            not_reckoned=not_reckoned,
            reversal=reversal,
        )

        refund.additional_properties = d
        return refund

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="StatementLine")


@_attrs_define
class StatementLine:
    """A posting as a member reads it. `balance_after` is net of debt, so it may be negative.

    Attributes:
        seq (int):
        kind (str):
        cause (str):
        points (int):
        balance_after (int):
        pending_delta (int):
        held_delta (int):
        debt_delta (int):
        rule (None | str):
        rule_version (int | None):
        order_id (None | UUID):
        occurred_at (str):
        recorded_at (str):
    """

    seq: int
    kind: str
    cause: str
    points: int
    balance_after: int
    pending_delta: int
    held_delta: int
    debt_delta: int
    rule: None | str
    rule_version: int | None
    order_id: None | UUID
    occurred_at: str
    recorded_at: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        seq = self.seq

        kind = self.kind

        cause = self.cause

        points = self.points

        balance_after = self.balance_after

        pending_delta = self.pending_delta

        held_delta = self.held_delta

        debt_delta = self.debt_delta

        rule: None | str
        rule = self.rule

        rule_version: int | None
        rule_version = self.rule_version

        order_id: None | str
        if isinstance(self.order_id, UUID):
            order_id = str(self.order_id)
        else:
            order_id = self.order_id

        occurred_at = self.occurred_at

        recorded_at = self.recorded_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "seq": seq,
                "kind": kind,
                "cause": cause,
                "points": points,
                "balance_after": balance_after,
                "pending_delta": pending_delta,
                "held_delta": held_delta,
                "debt_delta": debt_delta,
                "rule": rule,
                "rule_version": rule_version,
                "order_id": order_id,
                "occurred_at": occurred_at,
                "recorded_at": recorded_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        seq = d.pop("seq")

        kind = d.pop("kind")

        cause = d.pop("cause")

        points = d.pop("points")

        balance_after = d.pop("balance_after")

        pending_delta = d.pop("pending_delta")

        held_delta = d.pop("held_delta")

        debt_delta = d.pop("debt_delta")

        def _parse_rule(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        rule = _parse_rule(d.pop("rule"))

        def _parse_rule_version(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        rule_version = _parse_rule_version(d.pop("rule_version"))

        def _parse_order_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                order_id_type_0 = UUID(data)

                return order_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        order_id = _parse_order_id(d.pop("order_id"))

        occurred_at = d.pop("occurred_at")

        recorded_at = d.pop("recorded_at")

        statement_line = cls(
            seq=seq,
            kind=kind,
            cause=cause,
            points=points,
            balance_after=balance_after,
            pending_delta=pending_delta,
            held_delta=held_delta,
            debt_delta=debt_delta,
            rule=rule,
            rule_version=rule_version,
            order_id=order_id,
            occurred_at=occurred_at,
            recorded_at=recorded_at,
        )

        statement_line.additional_properties = d
        return statement_line

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

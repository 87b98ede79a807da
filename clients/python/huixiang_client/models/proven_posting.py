from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ProvenPosting")


@_attrs_define
class ProvenPosting:
    """The fields of a posting that its hash covers. Bytes are hexadecimal.

    Attributes:
        member_id (UUID):
        book (int):
        seq (int):
        points (int):
        requested (int):
        lapsed (int):
        held_delta (int):
        pending_delta (int):
        debt_delta (int):
        kind (str):
        cause (str):
        counter_account (str):
        budget (None | str):
        rule (None | str):
        rule_version (int | None):
        order_ref (None | UUID):
        occurred_at (str):
        recorded_at (str):
        key (str):
        origin_key (None | str):
        input_hash (str):
        alloc (list[int]):
        opened (list[int]):
    """

    member_id: UUID
    book: int
    seq: int
    points: int
    requested: int
    lapsed: int
    held_delta: int
    pending_delta: int
    debt_delta: int
    kind: str
    cause: str
    counter_account: str
    budget: None | str
    rule: None | str
    rule_version: int | None
    order_ref: None | UUID
    occurred_at: str
    recorded_at: str
    key: str
    origin_key: None | str
    input_hash: str
    alloc: list[int]
    opened: list[int]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        member_id = str(self.member_id)

        book = self.book

        seq = self.seq

        points = self.points

        requested = self.requested

        lapsed = self.lapsed

        held_delta = self.held_delta

        pending_delta = self.pending_delta

        debt_delta = self.debt_delta

        kind = self.kind

        cause = self.cause

        counter_account = self.counter_account

        budget: None | str
        budget = self.budget

        rule: None | str
        rule = self.rule

        rule_version: int | None
        rule_version = self.rule_version

        order_ref: None | str
        if isinstance(self.order_ref, UUID):
            order_ref = str(self.order_ref)
        else:
            order_ref = self.order_ref

        occurred_at = self.occurred_at

        recorded_at = self.recorded_at

        key = self.key

        origin_key: None | str
        origin_key = self.origin_key

        input_hash = self.input_hash

        alloc = self.alloc

        opened = self.opened

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "member_id": member_id,
                "book": book,
                "seq": seq,
                "points": points,
                "requested": requested,
                "lapsed": lapsed,
                "held_delta": held_delta,
                "pending_delta": pending_delta,
                "debt_delta": debt_delta,
                "kind": kind,
                "cause": cause,
                "counter_account": counter_account,
                "budget": budget,
                "rule": rule,
                "rule_version": rule_version,
                "order_ref": order_ref,
                "occurred_at": occurred_at,
                "recorded_at": recorded_at,
                "key": key,
                "origin_key": origin_key,
                "input_hash": input_hash,
                "alloc": alloc,
                "opened": opened,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        member_id = UUID(d.pop("member_id"))

        book = d.pop("book")

        seq = d.pop("seq")

        points = d.pop("points")

        requested = d.pop("requested")

        lapsed = d.pop("lapsed")

        held_delta = d.pop("held_delta")

        pending_delta = d.pop("pending_delta")

        debt_delta = d.pop("debt_delta")

        kind = d.pop("kind")

        cause = d.pop("cause")

        counter_account = d.pop("counter_account")

        def _parse_budget(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        budget = _parse_budget(d.pop("budget"))

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

        def _parse_order_ref(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                order_ref_type_0 = UUID(data)

                return order_ref_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        order_ref = _parse_order_ref(d.pop("order_ref"))

        occurred_at = d.pop("occurred_at")

        recorded_at = d.pop("recorded_at")

        key = d.pop("key")

        def _parse_origin_key(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        origin_key = _parse_origin_key(d.pop("origin_key"))

        input_hash = d.pop("input_hash")

        alloc = cast(list[int], d.pop("alloc"))

        opened = cast(list[int], d.pop("opened"))

        proven_posting = cls(
            member_id=member_id,
            book=book,
            seq=seq,
            points=points,
            requested=requested,
            lapsed=lapsed,
            held_delta=held_delta,
            pending_delta=pending_delta,
            debt_delta=debt_delta,
            kind=kind,
            cause=cause,
            counter_account=counter_account,
            budget=budget,
            rule=rule,
            rule_version=rule_version,
            order_ref=order_ref,
            occurred_at=occurred_at,
            recorded_at=recorded_at,
            key=key,
            origin_key=origin_key,
            input_hash=input_hash,
            alloc=alloc,
            opened=opened,
        )

        proven_posting.additional_properties = d
        return proven_posting

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

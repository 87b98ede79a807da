from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewSpend")


@_attrs_define
class NewSpend:
    """Points to take for something, all or none.

    Attributes:
        points (int): Points.
        cause (str): Why.
        book (str | Unset): A book. Default: 'points'.
        occurred_at (None | str | Unset):
        order_id (None | Unset | UUID):
        budget (None | str | Unset):
        store_id (None | str | Unset):
    """

    points: int
    cause: str
    book: str | Unset = "points"
    occurred_at: None | str | Unset = UNSET
    order_id: None | Unset | UUID = UNSET
    budget: None | str | Unset = UNSET
    store_id: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        points = self.points

        cause = self.cause

        book = self.book

        occurred_at: None | str | Unset
        if isinstance(self.occurred_at, Unset):
            occurred_at = UNSET
        else:
            occurred_at = self.occurred_at

        order_id: None | str | Unset
        if isinstance(self.order_id, Unset):
            order_id = UNSET
        elif isinstance(self.order_id, UUID):
            order_id = str(self.order_id)
        else:
            order_id = self.order_id

        budget: None | str | Unset
        if isinstance(self.budget, Unset):
            budget = UNSET
        else:
            budget = self.budget

        store_id: None | str | Unset
        if isinstance(self.store_id, Unset):
            store_id = UNSET
        else:
            store_id = self.store_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "points": points,
                "cause": cause,
            }
        )
        if book is not UNSET:
            field_dict["book"] = book
        if occurred_at is not UNSET:
            field_dict["occurred_at"] = occurred_at
        if order_id is not UNSET:
            field_dict["order_id"] = order_id
        if budget is not UNSET:
            field_dict["budget"] = budget
        if store_id is not UNSET:
            field_dict["store_id"] = store_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        points = d.pop("points")

        cause = d.pop("cause")

        book = d.pop("book", UNSET)

        def _parse_occurred_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        occurred_at = _parse_occurred_at(d.pop("occurred_at", UNSET))

        def _parse_order_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                order_id_type_0 = UUID(data)

                return order_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        order_id = _parse_order_id(d.pop("order_id", UNSET))

        def _parse_budget(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        budget = _parse_budget(d.pop("budget", UNSET))

        def _parse_store_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        store_id = _parse_store_id(d.pop("store_id", UNSET))

        new_spend = cls(
            points=points,
            cause=cause,
            book=book,
            occurred_at=occurred_at,
            order_id=order_id,
            budget=budget,
            store_id=store_id,
        )

        return new_spend

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewReturn")


@_attrs_define
class NewReturn:
    """Points to give back of what a spend or a capture took. cause: left out, that of what is given back.

    min_days: what would expire sooner comes back as points that last so many days.

    Attributes:
        points (int): Points.
        origin_seq (int): The number of an earlier posting in the same book.
        cause (None | str | Unset):
        book (str | Unset): A book. Default: 'points'.
        occurred_at (None | str | Unset):
        min_days (int | Unset):  Default: 30.
    """

    points: int
    origin_seq: int
    cause: None | str | Unset = UNSET
    book: str | Unset = "points"
    occurred_at: None | str | Unset = UNSET
    min_days: int | Unset = 30

    def to_dict(self) -> dict[str, Any]:
        points = self.points

        origin_seq = self.origin_seq

        cause: None | str | Unset
        if isinstance(self.cause, Unset):
            cause = UNSET
        else:
            cause = self.cause

        book = self.book

        occurred_at: None | str | Unset
        if isinstance(self.occurred_at, Unset):
            occurred_at = UNSET
        else:
            occurred_at = self.occurred_at

        min_days = self.min_days

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "points": points,
                "origin_seq": origin_seq,
            }
        )
        if cause is not UNSET:
            field_dict["cause"] = cause
        if book is not UNSET:
            field_dict["book"] = book
        if occurred_at is not UNSET:
            field_dict["occurred_at"] = occurred_at
        if min_days is not UNSET:
            field_dict["min_days"] = min_days

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        points = d.pop("points")

        origin_seq = d.pop("origin_seq")

        def _parse_cause(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        cause = _parse_cause(d.pop("cause", UNSET))

        book = d.pop("book", UNSET)

        def _parse_occurred_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        occurred_at = _parse_occurred_at(d.pop("occurred_at", UNSET))

        min_days = d.pop("min_days", UNSET)

        new_return = cls(
            points=points,
            origin_seq=origin_seq,
            cause=cause,
            book=book,
            occurred_at=occurred_at,
            min_days=min_days,
        )

        return new_return

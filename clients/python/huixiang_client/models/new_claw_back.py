from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.claw_back_policy import ClawBackPolicy
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewClawBack")


@_attrs_define
class NewClawBack:
    """Points to take back of what was earned; without `origin_seq` a deduction that takes back nothing in particular.

    policy: what becomes of points that are not there: owed (`debt`), due in cash (`cash`), let go (`pending_only`).

    Attributes:
        points (int): Points.
        origin_seq (int | None | Unset):
        cause (None | str | Unset):
        book (str | Unset): A book. Default: 'points'.
        occurred_at (None | str | Unset):
        policy (ClawBackPolicy | Unset): Where a claw-back looks for what neither the earning's own lots nor available
            points could give.

                DEBT: in pending points, and what is still missing is owed. CASH: in the refund's cash; the outcome's
            `short` says
                how many points' worth. PENDING_ONLY: in pending points, and what is still missing is let go (`short` too).
    """

    points: int
    origin_seq: int | None | Unset = UNSET
    cause: None | str | Unset = UNSET
    book: str | Unset = "points"
    occurred_at: None | str | Unset = UNSET
    policy: ClawBackPolicy | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        points = self.points

        origin_seq: int | None | Unset
        if isinstance(self.origin_seq, Unset):
            origin_seq = UNSET
        else:
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

        policy: str | Unset = UNSET
        if not isinstance(self.policy, Unset):
            policy = self.policy.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "points": points,
            }
        )
        if origin_seq is not UNSET:
            field_dict["origin_seq"] = origin_seq
        if cause is not UNSET:
            field_dict["cause"] = cause
        if book is not UNSET:
            field_dict["book"] = book
        if occurred_at is not UNSET:
            field_dict["occurred_at"] = occurred_at
        if policy is not UNSET:
            field_dict["policy"] = policy

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        points = d.pop("points")

        def _parse_origin_seq(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        origin_seq = _parse_origin_seq(d.pop("origin_seq", UNSET))

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

        _policy = d.pop("policy", UNSET)
        policy: ClawBackPolicy | Unset
        if isinstance(_policy, Unset):
            policy = UNSET
        else:
            policy = ClawBackPolicy(_policy)

        new_claw_back = cls(
            points=points,
            origin_seq=origin_seq,
            cause=cause,
            book=book,
            occurred_at=occurred_at,
            policy=policy,
        )

        return new_claw_back

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.member_ref import MemberRef


T = TypeVar("T", bound="NewMerge")


@_attrs_define
class NewMerge:
    """Into whom a member goes, and why.

    Attributes:
        into (MemberRef): One way to name a member: `member_id`, or `number`, or `phone`, or `source` with
            `external_id`.
        reason (str): Why. It names nobody.
    """

    into: MemberRef
    reason: str

    def to_dict(self) -> dict[str, Any]:
        into = self.into.to_dict()

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "into": into,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.member_ref import MemberRef

        d = dict(src_dict)
        into = MemberRef.from_dict(d.pop("into"))

        reason = d.pop("reason")

        new_merge = cls(
            into=into,
            reason=reason,
        )

        return new_merge

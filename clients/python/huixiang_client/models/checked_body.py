from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.checked_body_body import CheckedBodyBody


T = TypeVar("T", bound="CheckedBody")


@_attrs_define
class CheckedBody:
    """A body that is not published, only looked at.

    Attributes:
        body (CheckedBodyBody):
    """

    body: CheckedBodyBody

    def to_dict(self) -> dict[str, Any]:
        body = self.body.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "body": body,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.checked_body_body import CheckedBodyBody

        d = dict(src_dict)
        body = CheckedBodyBody.from_dict(d.pop("body"))

        checked_body = cls(
            body=body,
        )

        return checked_body

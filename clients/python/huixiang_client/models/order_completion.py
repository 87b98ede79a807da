from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="OrderCompletion")


@_attrs_define
class OrderCompletion:
    """paid: what was due has been paid, such as at the door.

    Attributes:
        paid (bool | Unset):  Default: False.
    """

    paid: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        paid = self.paid

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if paid is not UNSET:
            field_dict["paid"] = paid

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        paid = d.pop("paid", UNSET)

        order_completion = cls(
            paid=paid,
        )

        return order_completion

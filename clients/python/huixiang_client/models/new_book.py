from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewBook")


@_attrs_define
class NewBook:
    """A kind of balance to open. It is never changed.

    has_lots: whether its points are spent and can expire; one without only adds up.

    Attributes:
        code (str):
        has_lots (bool | Unset):  Default: True.
    """

    code: str
    has_lots: bool | Unset = True

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        has_lots = self.has_lots

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "code": code,
            }
        )
        if has_lots is not UNSET:
            field_dict["has_lots"] = has_lots

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        code = d.pop("code")

        has_lots = d.pop("has_lots", UNSET)

        new_book = cls(
            code=code,
            has_lots=has_lots,
        )

        return new_book

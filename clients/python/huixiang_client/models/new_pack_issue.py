from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="NewPackIssue")


@_attrs_define
class NewPackIssue:
    """A pack for a member.

    Attributes:
        pack (str): A pack of coupons, by its document.
    """

    pack: str

    def to_dict(self) -> dict[str, Any]:
        pack = self.pack

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "pack": pack,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        pack = d.pop("pack")

        new_pack_issue = cls(
            pack=pack,
        )

        return new_pack_issue

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="NewUpgrade")


@_attrs_define
class NewUpgrade:
    """The tier to buy.

    Attributes:
        tier (str): A tier of the programme above its first.
    """

    tier: str

    def to_dict(self) -> dict[str, Any]:
        tier = self.tier

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "tier": tier,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        tier = d.pop("tier")

        new_upgrade = cls(
            tier=tier,
        )

        return new_upgrade

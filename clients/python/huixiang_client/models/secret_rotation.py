from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="SecretRotation")


@_attrs_define
class SecretRotation:
    """`overlap_s`: for how long requests are signed by the secret before, too.

    Attributes:
        overlap_s (int | Unset):  Default: 86400.
    """

    overlap_s: int | Unset = 86400

    def to_dict(self) -> dict[str, Any]:
        overlap_s = self.overlap_s

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if overlap_s is not UNSET:
            field_dict["overlap_s"] = overlap_s

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        overlap_s = d.pop("overlap_s", UNSET)

        secret_rotation = cls(
            overlap_s=overlap_s,
        )

        return secret_rotation

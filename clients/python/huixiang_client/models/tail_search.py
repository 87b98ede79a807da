from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="TailSearch")


@_attrs_define
class TailSearch:
    """The last digits of a phone, as many as the person says; at least four.

    Attributes:
        tail (str):
    """

    tail: str

    def to_dict(self) -> dict[str, Any]:
        tail = self.tail

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "tail": tail,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        tail = d.pop("tail")

        tail_search = cls(
            tail=tail,
        )

        return tail_search

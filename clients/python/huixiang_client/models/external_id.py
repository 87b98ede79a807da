from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="ExternalId")


@_attrs_define
class ExternalId:
    """What another system calls the member. Unique over all members.

    Attributes:
        source (str): The system that gave an id.
        external_id (str): An id in another system.
    """

    source: str
    external_id: str

    def to_dict(self) -> dict[str, Any]:
        source = self.source

        external_id = self.external_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "source": source,
                "external_id": external_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        source = d.pop("source")

        external_id = d.pop("external_id")

        external_id = cls(
            source=source,
            external_id=external_id,
        )

        return external_id

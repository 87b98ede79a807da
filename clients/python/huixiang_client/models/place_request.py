from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="PlaceRequest")


@_attrs_define
class PlaceRequest:
    """A quote to be honoured. (source, external_id) is the caller's own number for the order, unique. paid: the caller
    has been paid already.

    Attributes:
        token (str):
        source (str):
        external_id (str):
        paid (bool | Unset):  Default: False.
    """

    token: str
    source: str
    external_id: str
    paid: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        token = self.token

        source = self.source

        external_id = self.external_id

        paid = self.paid

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "token": token,
                "source": source,
                "external_id": external_id,
            }
        )
        if paid is not UNSET:
            field_dict["paid"] = paid

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        token = d.pop("token")

        source = d.pop("source")

        external_id = d.pop("external_id")

        paid = d.pop("paid", UNSET)

        place_request = cls(
            token=token,
            source=source,
            external_id=external_id,
            paid=paid,
        )

        return place_request

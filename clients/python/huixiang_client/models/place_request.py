from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="PlaceRequest")


@_attrs_define
class PlaceRequest:
    """A quote to be honoured. (source, external_id) is the caller's own number for the order, unique. paid: the caller
    has been paid already. slot: when it is delivered: the key of a resource of the kind `slot`, a place of which
    the order takes.

    Attributes:
        token (str):
        source (str):
        external_id (str):
        paid (bool | Unset):  Default: False.
        slot (None | str | Unset):
    """

    token: str
    source: str
    external_id: str
    paid: bool | Unset = False
    slot: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        token = self.token

        source = self.source

        external_id = self.external_id

        paid = self.paid

        slot: None | str | Unset
        if isinstance(self.slot, Unset):
            slot = UNSET
        else:
            slot = self.slot

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
        if slot is not UNSET:
            field_dict["slot"] = slot

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        token = d.pop("token")

        source = d.pop("source")

        external_id = d.pop("external_id")

        paid = d.pop("paid", UNSET)

        def _parse_slot(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        slot = _parse_slot(d.pop("slot", UNSET))

        place_request = cls(
            token=token,
            source=source,
            external_id=external_id,
            paid=paid,
            slot=slot,
        )

        return place_request

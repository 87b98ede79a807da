from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="NewEndpoint")


@_attrs_define
class NewEndpoint:
    """
    Attributes:
        name (str): Whose it is.
        url (str): Where requests go: https, on the public internet, on any port.
        events (list[str]): Which events it is told.
    """

    name: str
    url: str
    events: list[str]

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        url = self.url

        events = self.events

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "url": url,
                "events": events,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        name = d.pop("name")

        url = d.pop("url")

        events = cast(list[str], d.pop("events"))

        new_endpoint = cls(
            name=name,
            url=url,
            events=events,
        )

        return new_endpoint

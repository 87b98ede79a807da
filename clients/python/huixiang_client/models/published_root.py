from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PublishedRoot")


@_attrs_define
class PublishedRoot:
    """A root as it is given out. Bytes are hexadecimal.

    Attributes:
        day (datetime.date):
        starts_at (str):
        ends_at (str):
        leaves (int):
        tree (str):
        previous (str):
        root (str):
        key_id (str):
        public_key (str):
        endorsed_by (None | str):
        endorsement (None | str):
        signature (str):
    """

    day: datetime.date
    starts_at: str
    ends_at: str
    leaves: int
    tree: str
    previous: str
    root: str
    key_id: str
    public_key: str
    endorsed_by: None | str
    endorsement: None | str
    signature: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        day = self.day.isoformat()

        starts_at = self.starts_at

        ends_at = self.ends_at

        leaves = self.leaves

        tree = self.tree

        previous = self.previous

        root = self.root

        key_id = self.key_id

        public_key = self.public_key

        endorsed_by: None | str
        endorsed_by = self.endorsed_by

        endorsement: None | str
        endorsement = self.endorsement

        signature = self.signature

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "day": day,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "leaves": leaves,
                "tree": tree,
                "previous": previous,
                "root": root,
                "key_id": key_id,
                "public_key": public_key,
                "endorsed_by": endorsed_by,
                "endorsement": endorsement,
                "signature": signature,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        day = datetime.date.fromisoformat(d.pop("day"))

        starts_at = d.pop("starts_at")

        ends_at = d.pop("ends_at")

        leaves = d.pop("leaves")

        tree = d.pop("tree")

        previous = d.pop("previous")

        root = d.pop("root")

        key_id = d.pop("key_id")

        public_key = d.pop("public_key")

        def _parse_endorsed_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        endorsed_by = _parse_endorsed_by(d.pop("endorsed_by"))

        def _parse_endorsement(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        endorsement = _parse_endorsement(d.pop("endorsement"))

        signature = d.pop("signature")

        published_root = cls(
            day=day,
            starts_at=starts_at,
            ends_at=ends_at,
            leaves=leaves,
            tree=tree,
            previous=previous,
            root=root,
            key_id=key_id,
            public_key=public_key,
            endorsed_by=endorsed_by,
            endorsement=endorsement,
            signature=signature,
        )

        published_root.additional_properties = d
        return published_root

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties

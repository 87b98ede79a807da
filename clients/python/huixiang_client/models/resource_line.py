from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.kind import Kind
from ..models.resource_line_unit import ResourceLineUnit

T = TypeVar("T", bound="ResourceLine")


@_attrs_define
class ResourceLine:
    """A resource, and what is left of it: below zero where the capacity was lowered below what is taken.

    Attributes:
        resource_id (UUID):
        kind (Kind): What a resource is: of each kind something takes parts. Who adds one defines its keys, too.
        key (str):
        unit (ResourceLineUnit):
        capacity (int):
        left (int):
        per_member (int | None):
        opens_at (None | str):
        closes_at (None | str):
        version (int):
    """

    resource_id: UUID
    kind: Kind
    key: str
    unit: ResourceLineUnit
    capacity: int
    left: int
    per_member: int | None
    opens_at: None | str
    closes_at: None | str
    version: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        resource_id = str(self.resource_id)

        kind = self.kind.value

        key = self.key

        unit = self.unit.value

        capacity = self.capacity

        left = self.left

        per_member: int | None
        per_member = self.per_member

        opens_at: None | str
        opens_at = self.opens_at

        closes_at: None | str
        closes_at = self.closes_at

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "resource_id": resource_id,
                "kind": kind,
                "key": key,
                "unit": unit,
                "capacity": capacity,
                "left": left,
                "per_member": per_member,
                "opens_at": opens_at,
                "closes_at": closes_at,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        resource_id = UUID(d.pop("resource_id"))

        kind = Kind(d.pop("kind"))

        key = d.pop("key")

        unit = ResourceLineUnit(d.pop("unit"))

        capacity = d.pop("capacity")

        left = d.pop("left")

        def _parse_per_member(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        per_member = _parse_per_member(d.pop("per_member"))

        def _parse_opens_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        opens_at = _parse_opens_at(d.pop("opens_at"))

        def _parse_closes_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        closes_at = _parse_closes_at(d.pop("closes_at"))

        version = d.pop("version")

        resource_line = cls(
            resource_id=resource_id,
            kind=kind,
            key=key,
            unit=unit,
            capacity=capacity,
            left=left,
            per_member=per_member,
            opens_at=opens_at,
            closes_at=closes_at,
            version=version,
        )

        resource_line.additional_properties = d
        return resource_line

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

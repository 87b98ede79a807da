from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.resource_row_outcome import ResourceRowOutcome


T = TypeVar("T", bound="ResourceBulkOutcome")


@_attrs_define
class ResourceBulkOutcome:
    """How many lines were taken in or there already, how many came too late and were refused, and each line in turn.

    Attributes:
        accepted (int):
        stale (int):
        refused (int):
        rows (list[ResourceRowOutcome]):
    """

    accepted: int
    stale: int
    refused: int
    rows: list[ResourceRowOutcome]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        accepted = self.accepted

        stale = self.stale

        refused = self.refused

        rows = []
        for rows_item_data in self.rows:
            rows_item = rows_item_data.to_dict()
            rows.append(rows_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "accepted": accepted,
                "stale": stale,
                "refused": refused,
                "rows": rows,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.resource_row_outcome import ResourceRowOutcome

        d = dict(src_dict)
        accepted = d.pop("accepted")

        stale = d.pop("stale")

        refused = d.pop("refused")

        rows = []
        _rows = d.pop("rows")
        for rows_item_data in _rows:
            rows_item = ResourceRowOutcome.from_dict(rows_item_data)

            rows.append(rows_item)

        resource_bulk_outcome = cls(
            accepted=accepted,
            stale=stale,
            refused=refused,
            rows=rows,
        )

        resource_bulk_outcome.additional_properties = d
        return resource_bulk_outcome

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

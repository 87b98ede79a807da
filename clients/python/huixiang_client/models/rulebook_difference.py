from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.rulebook_change import RulebookChange


T = TypeVar("T", bound="RulebookDifference")


@_attrs_define
class RulebookDifference:
    """What a body would change. against: the version that it is compared with, None where nothing is in force.
    more: changes that are left out, beyond the first thousand.

    Attributes:
        against (int | None):
        changes (list[RulebookChange]):
        more (int):
    """

    against: int | None
    changes: list[RulebookChange]
    more: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        against: int | None
        against = self.against

        changes = []
        for changes_item_data in self.changes:
            changes_item = changes_item_data.to_dict()
            changes.append(changes_item)

        more = self.more

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "against": against,
                "changes": changes,
                "more": more,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.rulebook_change import RulebookChange

        d = dict(src_dict)

        def _parse_against(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        against = _parse_against(d.pop("against"))

        changes = []
        _changes = d.pop("changes")
        for changes_item_data in _changes:
            changes_item = RulebookChange.from_dict(changes_item_data)

            changes.append(changes_item)

        more = d.pop("more")

        rulebook_difference = cls(
            against=against,
            changes=changes,
            more=more,
        )

        rulebook_difference.additional_properties = d
        return rulebook_difference

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

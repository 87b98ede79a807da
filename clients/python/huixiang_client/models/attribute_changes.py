from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.attribute_changes_attributes import AttributeChangesAttributes


T = TypeVar("T", bound="AttributeChanges")


@_attrs_define
class AttributeChanges:
    """Values to set; null removes one; what is not named stays.

    Attributes:
        attributes (AttributeChangesAttributes):
    """

    attributes: AttributeChangesAttributes

    def to_dict(self) -> dict[str, Any]:
        attributes = self.attributes.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "attributes": attributes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.attribute_changes_attributes import AttributeChangesAttributes

        d = dict(src_dict)
        attributes = AttributeChangesAttributes.from_dict(d.pop("attributes"))

        attribute_changes = cls(
            attributes=attributes,
        )

        return attribute_changes

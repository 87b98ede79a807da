from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.attribute_changes_attributes import AttributeChangesAttributes
    from ..models.given_consent import GivenConsent


T = TypeVar("T", bound="AttributeChanges")


@_attrs_define
class AttributeChanges:
    """Values to set; null, or an empty list, removes one; what is not named stays. `consents` are noted first.

    Attributes:
        attributes (AttributeChangesAttributes):
        consents (list[GivenConsent] | Unset):
    """

    attributes: AttributeChangesAttributes
    consents: list[GivenConsent] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        attributes = self.attributes.to_dict()

        consents: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.consents, Unset):
            consents = []
            for consents_item_data in self.consents:
                consents_item = consents_item_data.to_dict()
                consents.append(consents_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "attributes": attributes,
            }
        )
        if consents is not UNSET:
            field_dict["consents"] = consents

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.attribute_changes_attributes import AttributeChangesAttributes
        from ..models.given_consent import GivenConsent

        d = dict(src_dict)
        attributes = AttributeChangesAttributes.from_dict(d.pop("attributes"))

        _consents = d.pop("consents", UNSET)
        consents: list[GivenConsent] | Unset = UNSET
        if _consents is not UNSET:
            consents = []
            for consents_item_data in _consents:
                consents_item = GivenConsent.from_dict(consents_item_data)

                consents.append(consents_item)

        attribute_changes = cls(
            attributes=attributes,
            consents=consents,
        )

        return attribute_changes

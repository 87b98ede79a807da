from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.state import State

if TYPE_CHECKING:
    from ..models.external_id import ExternalId
    from ..models.member_card_attributes import MemberCardAttributes


T = TypeVar("T", bound="MemberCard")


@_attrs_define
class MemberCard:
    """A member as shown. `display_name` is in full for the member alone, masked for everybody else. `merged_into`: whom
    to ask for instead.

    Attributes:
        member_id (UUID):
        number (str):
        state (State):
        registered_at (str):
        channel (str):
        display_name (None | str):
        phone_masked (None | str):
        external_ids (list[ExternalId]):
        attributes (MemberCardAttributes):
        merged_into (None | UUID):
    """

    member_id: UUID
    number: str
    state: State
    registered_at: str
    channel: str
    display_name: None | str
    phone_masked: None | str
    external_ids: list[ExternalId]
    attributes: MemberCardAttributes
    merged_into: None | UUID
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        member_id = str(self.member_id)

        number = self.number

        state = self.state.value

        registered_at = self.registered_at

        channel = self.channel

        display_name: None | str
        display_name = self.display_name

        phone_masked: None | str
        phone_masked = self.phone_masked

        external_ids = []
        for external_ids_item_data in self.external_ids:
            external_ids_item = external_ids_item_data.to_dict()
            external_ids.append(external_ids_item)

        attributes = self.attributes.to_dict()

        merged_into: None | str
        if isinstance(self.merged_into, UUID):
            merged_into = str(self.merged_into)
        else:
            merged_into = self.merged_into

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "member_id": member_id,
                "number": number,
                "state": state,
                "registered_at": registered_at,
                "channel": channel,
                "display_name": display_name,
                "phone_masked": phone_masked,
                "external_ids": external_ids,
                "attributes": attributes,
                "merged_into": merged_into,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.external_id import ExternalId
        from ..models.member_card_attributes import MemberCardAttributes

        d = dict(src_dict)
        member_id = UUID(d.pop("member_id"))

        number = d.pop("number")

        state = State(d.pop("state"))

        registered_at = d.pop("registered_at")

        channel = d.pop("channel")

        def _parse_display_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        display_name = _parse_display_name(d.pop("display_name"))

        def _parse_phone_masked(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        phone_masked = _parse_phone_masked(d.pop("phone_masked"))

        external_ids = []
        _external_ids = d.pop("external_ids")
        for external_ids_item_data in _external_ids:
            external_ids_item = ExternalId.from_dict(external_ids_item_data)

            external_ids.append(external_ids_item)

        attributes = MemberCardAttributes.from_dict(d.pop("attributes"))

        def _parse_merged_into(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                merged_into_type_0 = UUID(data)

                return merged_into_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        merged_into = _parse_merged_into(d.pop("merged_into"))

        member_card = cls(
            member_id=member_id,
            number=number,
            state=state,
            registered_at=registered_at,
            channel=channel,
            display_name=display_name,
            phone_masked=phone_masked,
            external_ids=external_ids,
            attributes=attributes,
            merged_into=merged_into,
        )

        member_card.additional_properties = d
        return member_card

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

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.shown_attribute_type import ShownAttributeType

if TYPE_CHECKING:
    from ..models.text import Text


T = TypeVar("T", bound="ShownAttribute")


@_attrs_define
class ShownAttribute:
    """An attribute of one member, as somebody may see it. value: null where it is unknown, or `masked`: there is one
        that they may not see. consent: the purpose that has to be consented to, and whether it is. writable: by who
    asks.

        Attributes:
            code (str):
            type_ (ShownAttributeType):
            title (Text): One text in Chinese and English. Both are always there: a screen never falls back to the other
                language.
            purpose (str):
            choices (list[str]):
            consent (None | str):
            consented (bool):
            value (bool | int | list[str] | None | str):
            masked (bool):
            writable (bool):
    """

    code: str
    type_: ShownAttributeType
    title: Text
    purpose: str
    choices: list[str]
    consent: None | str
    consented: bool
    value: bool | int | list[str] | None | str
    masked: bool
    writable: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        type_ = self.type_.value

        title = self.title.to_dict()

        purpose = self.purpose

        choices = self.choices

        consent: None | str
        consent = self.consent

        consented = self.consented

        value: bool | int | list[str] | None | str
        if isinstance(self.value, list):
            value = self.value

        else:
            value = self.value

        masked = self.masked

        writable = self.writable

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "type": type_,
                "title": title,
                "purpose": purpose,
                "choices": choices,
                "consent": consent,
                "consented": consented,
                "value": value,
                "masked": masked,
                "writable": writable,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.text import Text

        d = dict(src_dict)
        code = d.pop("code")

        type_ = ShownAttributeType(d.pop("type"))

        title = Text.from_dict(d.pop("title"))

        purpose = d.pop("purpose")

        choices = cast(list[str], d.pop("choices"))

        def _parse_consent(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        consent = _parse_consent(d.pop("consent"))

        consented = d.pop("consented")

        def _parse_value(data: object) -> bool | int | list[str] | None | str:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                value_type_3 = cast(list[str], data)

                return value_type_3
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(bool | int | list[str] | None | str, data)

        value = _parse_value(d.pop("value"))

        masked = d.pop("masked")

        writable = d.pop("writable")

        shown_attribute = cls(
            code=code,
            type_=type_,
            title=title,
            purpose=purpose,
            choices=choices,
            consent=consent,
            consented=consented,
            value=value,
            masked=masked,
            writable=writable,
        )

        shown_attribute.additional_properties = d
        return shown_attribute

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

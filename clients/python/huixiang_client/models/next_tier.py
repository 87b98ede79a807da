from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.text import Text


T = TypeVar("T", bound="NextTier")


@_attrs_define
class NextTier:
    """The tier above and the growth that is missing to it.

    Attributes:
        code (str):
        name (Text): One text in Chinese and English. Both are always there: a screen never falls back to the other
            language.
        threshold (int):
        missing (int):
    """

    code: str
    name: Text
    threshold: int
    missing: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        name = self.name.to_dict()

        threshold = self.threshold

        missing = self.missing

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "name": name,
                "threshold": threshold,
                "missing": missing,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.text import Text

        d = dict(src_dict)
        code = d.pop("code")

        name = Text.from_dict(d.pop("name"))

        threshold = d.pop("threshold")

        missing = d.pop("missing")

        next_tier = cls(
            code=code,
            name=name,
            threshold=threshold,
            missing=missing,
        )

        next_tier.additional_properties = d
        return next_tier

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

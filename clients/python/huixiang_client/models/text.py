from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Text")


@_attrs_define
class Text:
    """One text in Chinese and English. Both are always there: a screen never falls back to the other language.

    Attributes:
        zh (str):
        en (str):
    """

    zh: str
    en: str

    def to_dict(self) -> dict[str, Any]:
        zh = self.zh

        en = self.en

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "zh": zh,
                "en": en,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        zh = d.pop("zh")

        en = d.pop("en")

        text = cls(
            zh=zh,
            en=en,
        )

        return text

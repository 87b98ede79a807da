from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="NewSwitch")


@_attrs_define
class NewSwitch:
    """
    Attributes:
        part (str): The code of a rule within the document.
        off (bool):
        reason (str): Why, for who reads the history.
    """

    part: str
    off: bool
    reason: str

    def to_dict(self) -> dict[str, Any]:
        part = self.part

        off = self.off

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "part": part,
                "off": off,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        part = d.pop("part")

        off = d.pop("off")

        reason = d.pop("reason")

        new_switch = cls(
            part=part,
            off=off,
            reason=reason,
        )

        return new_switch

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Attempt")


@_attrs_define
class Attempt:
    """One request. `status`: of the answer, null where there was none; `reason`: `ok`, `http_<status>`, or why there
    was no answer; `excerpt`: how the answer began.

    Attributes:
        number (int):
        began_at (str):
        ended_at (str):
        status (int | None):
        reason (str):
        excerpt (str):
    """

    number: int
    began_at: str
    ended_at: str
    status: int | None
    reason: str
    excerpt: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        number = self.number

        began_at = self.began_at

        ended_at = self.ended_at

        status: int | None
        status = self.status

        reason = self.reason

        excerpt = self.excerpt

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "number": number,
                "began_at": began_at,
                "ended_at": ended_at,
                "status": status,
                "reason": reason,
                "excerpt": excerpt,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        number = d.pop("number")

        began_at = d.pop("began_at")

        ended_at = d.pop("ended_at")

        def _parse_status(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        status = _parse_status(d.pop("status"))

        reason = d.pop("reason")

        excerpt = d.pop("excerpt")

        attempt = cls(
            number=number,
            began_at=began_at,
            ended_at=ended_at,
            status=status,
            reason=reason,
            excerpt=excerpt,
        )

        attempt.additional_properties = d
        return attempt

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

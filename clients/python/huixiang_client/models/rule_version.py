from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.rule_version_state import RuleVersionState

T = TypeVar("T", bound="RuleVersion")


@_attrs_define
class RuleVersion:
    """One version of a rule document, without what it says.

    Attributes:
        kind (str):
        code (str):
        version (int):
        hash_ (str):
        state (RuleVersionState):
        valid_from (str):
        valid_to (None | str):
        published_at (None | str):
        published_by (None | str):
        note (None | str):
    """

    kind: str
    code: str
    version: int
    hash_: str
    state: RuleVersionState
    valid_from: str
    valid_to: None | str
    published_at: None | str
    published_by: None | str
    note: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind

        code = self.code

        version = self.version

        hash_ = self.hash_

        state = self.state.value

        valid_from = self.valid_from

        valid_to: None | str
        valid_to = self.valid_to

        published_at: None | str
        published_at = self.published_at

        published_by: None | str
        published_by = self.published_by

        note: None | str
        note = self.note

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "code": code,
                "version": version,
                "hash": hash_,
                "state": state,
                "valid_from": valid_from,
                "valid_to": valid_to,
                "published_at": published_at,
                "published_by": published_by,
                "note": note,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        kind = d.pop("kind")

        code = d.pop("code")

        version = d.pop("version")

        hash_ = d.pop("hash")

        state = RuleVersionState(d.pop("state"))

        valid_from = d.pop("valid_from")

        def _parse_valid_to(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        valid_to = _parse_valid_to(d.pop("valid_to"))

        def _parse_published_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        published_at = _parse_published_at(d.pop("published_at"))

        def _parse_published_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        published_by = _parse_published_by(d.pop("published_by"))

        def _parse_note(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        note = _parse_note(d.pop("note"))

        rule_version = cls(
            kind=kind,
            code=code,
            version=version,
            hash_=hash_,
            state=state,
            valid_from=valid_from,
            valid_to=valid_to,
            published_at=published_at,
            published_by=published_by,
            note=note,
        )

        rule_version.additional_properties = d
        return rule_version

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

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.rule_document_state import RuleDocumentState

if TYPE_CHECKING:
    from ..models.rule_document_body import RuleDocumentBody


T = TypeVar("T", bound="RuleDocument")


@_attrs_define
class RuleDocument:
    """One version of a rule document. `hash` is the sha256, in hex, of the body as JSON with sorted keys and no spaces
    between tokens, in UTF-8.

    Attributes:
        kind (str):
        code (str):
        version (int):
        hash_ (str):
        state (RuleDocumentState):
        valid_from (str):
        valid_to (None | str):
        published_at (None | str):
        published_by (None | str):
        note (None | str):
        body (RuleDocumentBody):
    """

    kind: str
    code: str
    version: int
    hash_: str
    state: RuleDocumentState
    valid_from: str
    valid_to: None | str
    published_at: None | str
    published_by: None | str
    note: None | str
    body: RuleDocumentBody
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

        body = self.body.to_dict()

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
                "body": body,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.rule_document_body import RuleDocumentBody

        d = dict(src_dict)
        kind = d.pop("kind")

        code = d.pop("code")

        version = d.pop("version")

        hash_ = d.pop("hash")

        state = RuleDocumentState(d.pop("state"))

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

        body = RuleDocumentBody.from_dict(d.pop("body"))

        rule_document = cls(
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
            body=body,
        )

        rule_document.additional_properties = d
        return rule_document

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

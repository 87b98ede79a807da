from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.draft_state import DraftState

if TYPE_CHECKING:
    from ..models.draft_body import DraftBody


T = TypeVar("T", bound="Draft")


@_attrs_define
class Draft:
    """edition: how often it was written. version: what it was published as.

    Attributes:
        draft_id (UUID):
        kind (str):
        code (str):
        base (int):
        edition (int):
        note (str):
        state (DraftState):
        version (int | None):
        created_at (str):
        created_by (str):
        changed_at (str):
        changed_by (str):
        body (DraftBody):
    """

    draft_id: UUID
    kind: str
    code: str
    base: int
    edition: int
    note: str
    state: DraftState
    version: int | None
    created_at: str
    created_by: str
    changed_at: str
    changed_by: str
    body: DraftBody
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        draft_id = str(self.draft_id)

        kind = self.kind

        code = self.code

        base = self.base

        edition = self.edition

        note = self.note

        state = self.state.value

        version: int | None
        version = self.version

        created_at = self.created_at

        created_by = self.created_by

        changed_at = self.changed_at

        changed_by = self.changed_by

        body = self.body.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "draft_id": draft_id,
                "kind": kind,
                "code": code,
                "base": base,
                "edition": edition,
                "note": note,
                "state": state,
                "version": version,
                "created_at": created_at,
                "created_by": created_by,
                "changed_at": changed_at,
                "changed_by": changed_by,
                "body": body,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.draft_body import DraftBody

        d = dict(src_dict)
        draft_id = UUID(d.pop("draft_id"))

        kind = d.pop("kind")

        code = d.pop("code")

        base = d.pop("base")

        edition = d.pop("edition")

        note = d.pop("note")

        state = DraftState(d.pop("state"))

        def _parse_version(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        version = _parse_version(d.pop("version"))

        created_at = d.pop("created_at")

        created_by = d.pop("created_by")

        changed_at = d.pop("changed_at")

        changed_by = d.pop("changed_by")

        body = DraftBody.from_dict(d.pop("body"))

        draft = cls(
            draft_id=draft_id,
            kind=kind,
            code=code,
            base=base,
            edition=edition,
            note=note,
            state=state,
            version=version,
            created_at=created_at,
            created_by=created_by,
            changed_at=changed_at,
            changed_by=changed_by,
            body=body,
        )

        draft.additional_properties = d
        return draft

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

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.new_version_body_type_0 import NewVersionBodyType0


T = TypeVar("T", bound="NewVersion")


@_attrs_define
class NewVersion:
    """What to publish: a body, a draft (in the edition that was read), or what a former version said. From
    `valid_from`, now where it is left out, up to `valid_to`.

    Attributes:
        base (int): The latest version when the change was made; 0 where there was none.
        note (str): Why, for who reads the history.
        body (NewVersionBodyType0 | None | Unset):
        draft_id (None | Unset | UUID):
        edition (int | None | Unset):
        of_version (int | None | Unset):
        valid_from (None | str | Unset):
        valid_to (None | str | Unset):
    """

    base: int
    note: str
    body: NewVersionBodyType0 | None | Unset = UNSET
    draft_id: None | Unset | UUID = UNSET
    edition: int | None | Unset = UNSET
    of_version: int | None | Unset = UNSET
    valid_from: None | str | Unset = UNSET
    valid_to: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.new_version_body_type_0 import NewVersionBodyType0

        base = self.base

        note = self.note

        body: dict[str, Any] | None | Unset
        if isinstance(self.body, Unset):
            body = UNSET
        elif isinstance(self.body, NewVersionBodyType0):
            body = self.body.to_dict()
        else:
            body = self.body

        draft_id: None | str | Unset
        if isinstance(self.draft_id, Unset):
            draft_id = UNSET
        elif isinstance(self.draft_id, UUID):
            draft_id = str(self.draft_id)
        else:
            draft_id = self.draft_id

        edition: int | None | Unset
        if isinstance(self.edition, Unset):
            edition = UNSET
        else:
            edition = self.edition

        of_version: int | None | Unset
        if isinstance(self.of_version, Unset):
            of_version = UNSET
        else:
            of_version = self.of_version

        valid_from: None | str | Unset
        if isinstance(self.valid_from, Unset):
            valid_from = UNSET
        else:
            valid_from = self.valid_from

        valid_to: None | str | Unset
        if isinstance(self.valid_to, Unset):
            valid_to = UNSET
        else:
            valid_to = self.valid_to

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "base": base,
                "note": note,
            }
        )
        if body is not UNSET:
            field_dict["body"] = body
        if draft_id is not UNSET:
            field_dict["draft_id"] = draft_id
        if edition is not UNSET:
            field_dict["edition"] = edition
        if of_version is not UNSET:
            field_dict["of_version"] = of_version
        if valid_from is not UNSET:
            field_dict["valid_from"] = valid_from
        if valid_to is not UNSET:
            field_dict["valid_to"] = valid_to

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.new_version_body_type_0 import NewVersionBodyType0

        d = dict(src_dict)
        base = d.pop("base")

        note = d.pop("note")

        def _parse_body(data: object) -> NewVersionBodyType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                body_type_0 = NewVersionBodyType0.from_dict(data)

                return body_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NewVersionBodyType0 | None | Unset, data)

        body = _parse_body(d.pop("body", UNSET))

        def _parse_draft_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                draft_id_type_0 = UUID(data)

                return draft_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        draft_id = _parse_draft_id(d.pop("draft_id", UNSET))

        def _parse_edition(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        edition = _parse_edition(d.pop("edition", UNSET))

        def _parse_of_version(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        of_version = _parse_of_version(d.pop("of_version", UNSET))

        def _parse_valid_from(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        valid_from = _parse_valid_from(d.pop("valid_from", UNSET))

        def _parse_valid_to(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        valid_to = _parse_valid_to(d.pop("valid_to", UNSET))

        new_version = cls(
            base=base,
            note=note,
            body=body,
            draft_id=draft_id,
            edition=edition,
            of_version=of_version,
            valid_from=valid_from,
            valid_to=valid_to,
        )

        return new_version

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.new_draft_body import NewDraftBody


T = TypeVar("T", bound="NewDraft")


@_attrs_define
class NewDraft:
    """A draft may hold what could not be published yet. Without a base it is made against the latest version.

    Attributes:
        body (NewDraftBody):
        note (str): Why, for who reads the history.
        base (int | None | Unset):
    """

    body: NewDraftBody
    note: str
    base: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        body = self.body.to_dict()

        note = self.note

        base: int | None | Unset
        if isinstance(self.base, Unset):
            base = UNSET
        else:
            base = self.base

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "body": body,
                "note": note,
            }
        )
        if base is not UNSET:
            field_dict["base"] = base

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.new_draft_body import NewDraftBody

        d = dict(src_dict)
        body = NewDraftBody.from_dict(d.pop("body"))

        note = d.pop("note")

        def _parse_base(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        base = _parse_base(d.pop("base", UNSET))

        new_draft = cls(
            body=body,
            note=note,
            base=base,
        )

        return new_draft

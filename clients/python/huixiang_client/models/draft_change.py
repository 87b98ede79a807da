from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.draft_change_body import DraftChangeBody


T = TypeVar("T", bound="DraftChange")


@_attrs_define
class DraftChange:
    """A whole new body. edition: the one that was read. base: where the draft is now made against another version.

    Attributes:
        body (DraftChangeBody):
        note (str): Why, for who reads the history.
        edition (int):
        base (int | None | Unset):
    """

    body: DraftChangeBody
    note: str
    edition: int
    base: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        body = self.body.to_dict()

        note = self.note

        edition = self.edition

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
                "edition": edition,
            }
        )
        if base is not UNSET:
            field_dict["base"] = base

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.draft_change_body import DraftChangeBody

        d = dict(src_dict)
        body = DraftChangeBody.from_dict(d.pop("body"))

        note = d.pop("note")

        edition = d.pop("edition")

        def _parse_base(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        base = _parse_base(d.pop("base", UNSET))

        draft_change = cls(
            body=body,
            note=note,
            edition=edition,
            base=base,
        )

        return draft_change

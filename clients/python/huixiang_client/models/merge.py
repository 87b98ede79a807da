from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.merge_state import MergeState

T = TypeVar("T", bound="Merge")


@_attrs_define
class Merge:
    """A merge of `member_id` into `into_id`. waits: the modules that have not moved their rows yet. refusal: why it, or
    its undoing, was refused the last time.

    Attributes:
        member_id (UUID):
        merge_id (UUID):
        into_id (UUID):
        state (MergeState):
        waits (list[str]):
        reason (str):
        started_by (str):
        refusal (None | str):
        started_at (str):
        done_at (None | str):
        undone_at (None | str):
    """

    member_id: UUID
    merge_id: UUID
    into_id: UUID
    state: MergeState
    waits: list[str]
    reason: str
    started_by: str
    refusal: None | str
    started_at: str
    done_at: None | str
    undone_at: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        member_id = str(self.member_id)

        merge_id = str(self.merge_id)

        into_id = str(self.into_id)

        state = self.state.value

        waits = self.waits

        reason = self.reason

        started_by = self.started_by

        refusal: None | str
        refusal = self.refusal

        started_at = self.started_at

        done_at: None | str
        done_at = self.done_at

        undone_at: None | str
        undone_at = self.undone_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "member_id": member_id,
                "merge_id": merge_id,
                "into_id": into_id,
                "state": state,
                "waits": waits,
                "reason": reason,
                "started_by": started_by,
                "refusal": refusal,
                "started_at": started_at,
                "done_at": done_at,
                "undone_at": undone_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        member_id = UUID(d.pop("member_id"))

        merge_id = UUID(d.pop("merge_id"))

        into_id = UUID(d.pop("into_id"))

        state = MergeState(d.pop("state"))

        waits = cast(list[str], d.pop("waits"))

        reason = d.pop("reason")

        started_by = d.pop("started_by")

        def _parse_refusal(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        refusal = _parse_refusal(d.pop("refusal"))

        started_at = d.pop("started_at")

        def _parse_done_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        done_at = _parse_done_at(d.pop("done_at"))

        def _parse_undone_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        undone_at = _parse_undone_at(d.pop("undone_at"))

        merge = cls(
            member_id=member_id,
            merge_id=merge_id,
            into_id=into_id,
            state=state,
            waits=waits,
            reason=reason,
            started_by=started_by,
            refusal=refusal,
            started_at=started_at,
            done_at=done_at,
            undone_at=undone_at,
        )

        merge.additional_properties = d
        return merge

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

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.refund_ground import RefundGround
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.refund_line import RefundLine


T = TypeVar("T", bound="NewRefundRequest")


@_attrs_define
class NewRefundRequest:
    """What is to come back of an order, and why. note: in the words of who asks; it is sealed.

    Attributes:
        ground (RefundGround): Why something is to come back.
        lines (list[RefundLine]):
        note (None | str | Unset):
    """

    ground: RefundGround
    lines: list[RefundLine]
    note: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        ground = self.ground.value

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        note: None | str | Unset
        if isinstance(self.note, Unset):
            note = UNSET
        else:
            note = self.note

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "ground": ground,
                "lines": lines,
            }
        )
        if note is not UNSET:
            field_dict["note"] = note

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.refund_line import RefundLine

        d = dict(src_dict)
        ground = RefundGround(d.pop("ground"))

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = RefundLine.from_dict(lines_item_data)

            lines.append(lines_item)

        def _parse_note(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        note = _parse_note(d.pop("note", UNSET))

        new_refund_request = cls(
            ground=ground,
            lines=lines,
            note=note,
        )

        return new_refund_request

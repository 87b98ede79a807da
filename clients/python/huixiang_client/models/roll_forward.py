from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.group import Group

if TYPE_CHECKING:
    from ..models.roll_line import RollLine


T = TypeVar("T", bound="RollForward")


@_attrs_define
class RollForward:
    """Lines by group, each with every period from the first to the last. by: day, month (its first day).

    Attributes:
        book (str):
        by (str):
        group (Group): What a roll-forward is broken down by.
        first (datetime.date):
        last (datetime.date):
        closed_until (datetime.date | None):
        lines (list[RollLine]):
    """

    book: str
    by: str
    group: Group
    first: datetime.date
    last: datetime.date
    closed_until: datetime.date | None
    lines: list[RollLine]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        book = self.book

        by = self.by

        group = self.group.value

        first = self.first.isoformat()

        last = self.last.isoformat()

        closed_until: None | str
        if isinstance(self.closed_until, datetime.date):
            closed_until = self.closed_until.isoformat()
        else:
            closed_until = self.closed_until

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "book": book,
                "by": by,
                "group": group,
                "first": first,
                "last": last,
                "closed_until": closed_until,
                "lines": lines,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.roll_line import RollLine

        d = dict(src_dict)
        book = d.pop("book")

        by = d.pop("by")

        group = Group(d.pop("group"))

        first = datetime.date.fromisoformat(d.pop("first"))

        last = datetime.date.fromisoformat(d.pop("last"))

        def _parse_closed_until(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                closed_until_type_0 = datetime.date.fromisoformat(data)

                return closed_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        closed_until = _parse_closed_until(d.pop("closed_until"))

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = RollLine.from_dict(lines_item_data)

            lines.append(lines_item)

        roll_forward = cls(
            book=book,
            by=by,
            group=group,
            first=first,
            last=last,
            closed_until=closed_until,
            lines=lines,
        )

        roll_forward.additional_properties = d
        return roll_forward

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

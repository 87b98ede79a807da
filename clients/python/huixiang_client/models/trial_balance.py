from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.tie import Tie
    from ..models.trial_line import TrialLine


T = TypeVar("T", bound="TrialBalance")


@_attrs_define
class TrialBalance:
    """Everything posted to a book up to an instant (exclusive), by account; the points of all lines sum to `total`,
        which is 0.

        held, pending: parts of the balances. pools: the part that stands in accounts of family pools. pools, ties: null
    and
        empty unless asked as of now.

        Attributes:
            book (str):
            as_of (str):
            postings (int):
            held (int):
            pending (int):
            pools (int | None):
            lines (list[TrialLine]):
            total (int):
            ties (list[Tie]):
    """

    book: str
    as_of: str
    postings: int
    held: int
    pending: int
    pools: int | None
    lines: list[TrialLine]
    total: int
    ties: list[Tie]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        book = self.book

        as_of = self.as_of

        postings = self.postings

        held = self.held

        pending = self.pending

        pools: int | None
        pools = self.pools

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        total = self.total

        ties = []
        for ties_item_data in self.ties:
            ties_item = ties_item_data.to_dict()
            ties.append(ties_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "book": book,
                "as_of": as_of,
                "postings": postings,
                "held": held,
                "pending": pending,
                "pools": pools,
                "lines": lines,
                "total": total,
                "ties": ties,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.tie import Tie
        from ..models.trial_line import TrialLine

        d = dict(src_dict)
        book = d.pop("book")

        as_of = d.pop("as_of")

        postings = d.pop("postings")

        held = d.pop("held")

        pending = d.pop("pending")

        def _parse_pools(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        pools = _parse_pools(d.pop("pools"))

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = TrialLine.from_dict(lines_item_data)

            lines.append(lines_item)

        total = d.pop("total")

        ties = []
        _ties = d.pop("ties")
        for ties_item_data in _ties:
            ties_item = Tie.from_dict(ties_item_data)

            ties.append(ties_item)

        trial_balance = cls(
            book=book,
            as_of=as_of,
            postings=postings,
            held=held,
            pending=pending,
            pools=pools,
            lines=lines,
            total=total,
            ties=ties,
        )

        trial_balance.additional_properties = d
        return trial_balance

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

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.member_ref import MemberRef
    from ..models.new_line import NewLine
    from ..models.redeem import Redeem
    from ..models.tender import Tender


T = TypeVar("T", bound="NewOrder")


@_attrs_define
class NewOrder:
    """A completed order that was priced elsewhere. (source, external_id) is the caller's own number for it, unique.
    redeem: points that pay a part of it, taken by this command; those that were taken before it are a tender.

    Attributes:
        source (str):
        external_id (str):
        member (MemberRef): One way to name a member: `member_id`, or `number`, or `phone`, or `source` with
            `external_id`.
        channel (str):
        completed_at (datetime.datetime):
        lines (list[NewLine]):
        store_id (None | str | Unset):
        programme (str | Unset):  Default: 'default'.
        tenders (list[Tender] | Unset):
        redeem (None | Redeem | Unset):
    """

    source: str
    external_id: str
    member: MemberRef
    channel: str
    completed_at: datetime.datetime
    lines: list[NewLine]
    store_id: None | str | Unset = UNSET
    programme: str | Unset = "default"
    tenders: list[Tender] | Unset = UNSET
    redeem: None | Redeem | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.redeem import Redeem

        source = self.source

        external_id = self.external_id

        member = self.member.to_dict()

        channel = self.channel

        completed_at = self.completed_at.isoformat()

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        store_id: None | str | Unset
        if isinstance(self.store_id, Unset):
            store_id = UNSET
        else:
            store_id = self.store_id

        programme = self.programme

        tenders: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.tenders, Unset):
            tenders = []
            for tenders_item_data in self.tenders:
                tenders_item = tenders_item_data.to_dict()
                tenders.append(tenders_item)

        redeem: dict[str, Any] | None | Unset
        if isinstance(self.redeem, Unset):
            redeem = UNSET
        elif isinstance(self.redeem, Redeem):
            redeem = self.redeem.to_dict()
        else:
            redeem = self.redeem

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "source": source,
                "external_id": external_id,
                "member": member,
                "channel": channel,
                "completed_at": completed_at,
                "lines": lines,
            }
        )
        if store_id is not UNSET:
            field_dict["store_id"] = store_id
        if programme is not UNSET:
            field_dict["programme"] = programme
        if tenders is not UNSET:
            field_dict["tenders"] = tenders
        if redeem is not UNSET:
            field_dict["redeem"] = redeem

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.member_ref import MemberRef
        from ..models.new_line import NewLine
        from ..models.redeem import Redeem
        from ..models.tender import Tender

        d = dict(src_dict)
        source = d.pop("source")

        external_id = d.pop("external_id")

        member = MemberRef.from_dict(d.pop("member"))

        channel = d.pop("channel")

        completed_at = datetime.datetime.fromisoformat(d.pop("completed_at"))

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = NewLine.from_dict(lines_item_data)

            lines.append(lines_item)

        def _parse_store_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        store_id = _parse_store_id(d.pop("store_id", UNSET))

        programme = d.pop("programme", UNSET)

        _tenders = d.pop("tenders", UNSET)
        tenders: list[Tender] | Unset = UNSET
        if _tenders is not UNSET:
            tenders = []
            for tenders_item_data in _tenders:
                tenders_item = Tender.from_dict(tenders_item_data)

                tenders.append(tenders_item)

        def _parse_redeem(data: object) -> None | Redeem | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                redeem_type_0 = Redeem.from_dict(data)

                return redeem_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Redeem | Unset, data)

        redeem = _parse_redeem(d.pop("redeem", UNSET))

        new_order = cls(
            source=source,
            external_id=external_id,
            member=member,
            channel=channel,
            completed_at=completed_at,
            lines=lines,
            store_id=store_id,
            programme=programme,
            tenders=tenders,
            redeem=redeem,
        )

        return new_order

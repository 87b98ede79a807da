from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.statement_line import StatementLine
    from ..models.sums import Sums


T = TypeVar("T", bound="Posted")


@_attrs_define
class Posted:
    """The posting that a command made, and the account right after it.

    short: points that were asked for and not posted: cut by a cap, or missing. hold_id: of a hold and what ends it.
    expires_at: of a hold that ends by itself.

    Attributes:
        member_id (UUID):
        book (str):
        posting (StatementLine): A posting as a member reads it. `balance_after` is net of debt, so it may be negative.
        short (int):
        after (Sums): What an account came to by a posting: balance = available + held + pending.
        hold_id (None | UUID):
        expires_at (None | str):
    """

    member_id: UUID
    book: str
    posting: StatementLine
    short: int
    after: Sums
    hold_id: None | UUID
    expires_at: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        member_id = str(self.member_id)

        book = self.book

        posting = self.posting.to_dict()

        short = self.short

        after = self.after.to_dict()

        hold_id: None | str
        if isinstance(self.hold_id, UUID):
            hold_id = str(self.hold_id)
        else:
            hold_id = self.hold_id

        expires_at: None | str
        expires_at = self.expires_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "member_id": member_id,
                "book": book,
                "posting": posting,
                "short": short,
                "after": after,
                "hold_id": hold_id,
                "expires_at": expires_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.statement_line import StatementLine
        from ..models.sums import Sums

        d = dict(src_dict)
        member_id = UUID(d.pop("member_id"))

        book = d.pop("book")

        posting = StatementLine.from_dict(d.pop("posting"))

        short = d.pop("short")

        after = Sums.from_dict(d.pop("after"))

        def _parse_hold_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                hold_id_type_0 = UUID(data)

                return hold_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        hold_id = _parse_hold_id(d.pop("hold_id"))

        def _parse_expires_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        expires_at = _parse_expires_at(d.pop("expires_at"))

        posted = cls(
            member_id=member_id,
            book=book,
            posting=posting,
            short=short,
            after=after,
            hold_id=hold_id,
            expires_at=expires_at,
        )

        posted.additional_properties = d
        return posted

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

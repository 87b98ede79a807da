from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.reversal_effect_state import ReversalEffectState
from ..models.reversal_effect_unit import ReversalEffectUnit

if TYPE_CHECKING:
    from ..models.text import Text


T = TypeVar("T", bound="ReversalEffect")


@_attrs_define
class ReversalEffect:
    """One thing that was undone, or is to be: so many of its unit. owner_id: null for the order's own member. book,
    seq: the posting by which it was done, which others of these effects may share.

    Attributes:
        kind (str):
        name (Text): One text in Chinese and English. Both are always there: a screen never falls back to the other
            language.
        cause (str):
        amount (int):
        unit (ReversalEffectUnit):
        state (ReversalEffectState):
        owner_id (None | UUID):
        book (None | str):
        seq (int | None):
    """

    kind: str
    name: Text
    cause: str
    amount: int
    unit: ReversalEffectUnit
    state: ReversalEffectState
    owner_id: None | UUID
    book: None | str
    seq: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind

        name = self.name.to_dict()

        cause = self.cause

        amount = self.amount

        unit = self.unit.value

        state = self.state.value

        owner_id: None | str
        if isinstance(self.owner_id, UUID):
            owner_id = str(self.owner_id)
        else:
            owner_id = self.owner_id

        book: None | str
        book = self.book

        seq: int | None
        seq = self.seq

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "name": name,
                "cause": cause,
                "amount": amount,
                "unit": unit,
                "state": state,
                "owner_id": owner_id,
                "book": book,
                "seq": seq,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.text import Text

        d = dict(src_dict)
        kind = d.pop("kind")

        name = Text.from_dict(d.pop("name"))

        cause = d.pop("cause")

        amount = d.pop("amount")

        unit = ReversalEffectUnit(d.pop("unit"))

        state = ReversalEffectState(d.pop("state"))

        def _parse_owner_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                owner_id_type_0 = UUID(data)

                return owner_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        owner_id = _parse_owner_id(d.pop("owner_id"))

        def _parse_book(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        book = _parse_book(d.pop("book"))

        def _parse_seq(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        seq = _parse_seq(d.pop("seq"))

        reversal_effect = cls(
            kind=kind,
            name=name,
            cause=cause,
            amount=amount,
            unit=unit,
            state=state,
            owner_id=owner_id,
            book=book,
            seq=seq,
        )

        reversal_effect.additional_properties = d
        return reversal_effect

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

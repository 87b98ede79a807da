from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.substitute import Substitute


T = TypeVar("T", bound="Picked")


@_attrs_define
class Picked:
    """What was picked of a line, in its own measure; more than was ordered where it weighs more.

    Attributes:
        line_id (str):
        quantity (int):
        substitute (None | Substitute | Unset):
    """

    line_id: str
    quantity: int
    substitute: None | Substitute | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.substitute import Substitute

        line_id = self.line_id

        quantity = self.quantity

        substitute: dict[str, Any] | None | Unset
        if isinstance(self.substitute, Unset):
            substitute = UNSET
        elif isinstance(self.substitute, Substitute):
            substitute = self.substitute.to_dict()
        else:
            substitute = self.substitute

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "line_id": line_id,
                "quantity": quantity,
            }
        )
        if substitute is not UNSET:
            field_dict["substitute"] = substitute

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.substitute import Substitute

        d = dict(src_dict)
        line_id = d.pop("line_id")

        quantity = d.pop("quantity")

        def _parse_substitute(data: object) -> None | Substitute | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                substitute_type_0 = Substitute.from_dict(data)

                return substitute_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Substitute | Unset, data)

        substitute = _parse_substitute(d.pop("substitute", UNSET))

        picked = cls(
            line_id=line_id,
            quantity=quantity,
            substitute=substitute,
        )

        return picked

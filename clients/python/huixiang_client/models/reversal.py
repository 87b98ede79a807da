from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.reversal_state import ReversalState

if TYPE_CHECKING:
    from ..models.reversal_effect import ReversalEffect


T = TypeVar("T", bound="Reversal")


@_attrs_define
class Reversal:
    """All that a refund undid. `pending` until what concerns others is done too.

    Attributes:
        state (ReversalState):
        effects (list[ReversalEffect]):
    """

    state: ReversalState
    effects: list[ReversalEffect]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        state = self.state.value

        effects = []
        for effects_item_data in self.effects:
            effects_item = effects_item_data.to_dict()
            effects.append(effects_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "state": state,
                "effects": effects,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.reversal_effect import ReversalEffect

        d = dict(src_dict)
        state = ReversalState(d.pop("state"))

        effects = []
        _effects = d.pop("effects")
        for effects_item_data in _effects:
            effects_item = ReversalEffect.from_dict(effects_item_data)

            effects.append(effects_item)

        reversal = cls(
            state=state,
            effects=effects,
        )

        reversal.additional_properties = d
        return reversal

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

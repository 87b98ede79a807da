from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.hint_kind import HintKind

if TYPE_CHECKING:
    from ..models.text import Text


T = TypeVar("T", bound="Hint")


@_attrs_define
class Hint:
    """saving_fen: how much less is paid, not counting the list price of what is added. By kind:

    goods: missing_fen of goods that `rule` counts, by their list price, or missing_pieces of `sku`.
    tier, plan: the code of the tier or plan; cost_fen: what the plan costs. join: nothing else.

    Attributes:
        kind (HintKind):
        saving_fen (int):
        text (Text): One text in Chinese and English. Both are always there: a screen never falls back to the other
            language.
        rule (None | str):
        tier (None | str):
        plan (None | str):
        sku (None | str):
        missing_fen (int | None):
        missing_pieces (int | None):
        cost_fen (int):
    """

    kind: HintKind
    saving_fen: int
    text: Text
    rule: None | str
    tier: None | str
    plan: None | str
    sku: None | str
    missing_fen: int | None
    missing_pieces: int | None
    cost_fen: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        saving_fen = self.saving_fen

        text = self.text.to_dict()

        rule: None | str
        rule = self.rule

        tier: None | str
        tier = self.tier

        plan: None | str
        plan = self.plan

        sku: None | str
        sku = self.sku

        missing_fen: int | None
        missing_fen = self.missing_fen

        missing_pieces: int | None
        missing_pieces = self.missing_pieces

        cost_fen = self.cost_fen

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "saving_fen": saving_fen,
                "text": text,
                "rule": rule,
                "tier": tier,
                "plan": plan,
                "sku": sku,
                "missing_fen": missing_fen,
                "missing_pieces": missing_pieces,
                "cost_fen": cost_fen,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.text import Text

        d = dict(src_dict)
        kind = HintKind(d.pop("kind"))

        saving_fen = d.pop("saving_fen")

        text = Text.from_dict(d.pop("text"))

        def _parse_rule(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        rule = _parse_rule(d.pop("rule"))

        def _parse_tier(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        tier = _parse_tier(d.pop("tier"))

        def _parse_plan(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        plan = _parse_plan(d.pop("plan"))

        def _parse_sku(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        sku = _parse_sku(d.pop("sku"))

        def _parse_missing_fen(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        missing_fen = _parse_missing_fen(d.pop("missing_fen"))

        def _parse_missing_pieces(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        missing_pieces = _parse_missing_pieces(d.pop("missing_pieces"))

        cost_fen = d.pop("cost_fen")

        hint = cls(
            kind=kind,
            saving_fen=saving_fen,
            text=text,
            rule=rule,
            tier=tier,
            plan=plan,
            sku=sku,
            missing_fen=missing_fen,
            missing_pieces=missing_pieces,
            cost_fen=cost_fen,
        )

        hint.additional_properties = d
        return hint

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

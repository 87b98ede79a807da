from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.not_applied_counts_type_0 import NotAppliedCountsType0
from ..models.not_applied_layer import NotAppliedLayer
from ..models.not_applied_reason import NotAppliedReason

if TYPE_CHECKING:
    from ..models.text import Text


T = TypeVar("T", bound="NotApplied")


@_attrs_define
class NotApplied:
    """A rule that touched the basket and was not applied.

        short: what is missing to the threshold, fen or pieces. by: the rule that excludes it, or of a maximum the first
        that was applied. text, dearer_fen: where they were asked for; dearer_fen is how much more the best combination
    with
        this rule costs, 0 for an equal one that came second.

        Attributes:
            rule (str):
            layer (NotAppliedLayer):
            name (Text): One text in Chinese and English. Both are always there: a screen never falls back to the other
                language.
            reason (NotAppliedReason):
            text (None | Text):
            coupon_id (None | str):
            short (int | None):
            counts (None | NotAppliedCountsType0):
            by (None | str):
            dearer_fen (int | None):
    """

    rule: str
    layer: NotAppliedLayer
    name: Text
    reason: NotAppliedReason
    text: None | Text
    coupon_id: None | str
    short: int | None
    counts: None | NotAppliedCountsType0
    by: None | str
    dearer_fen: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.text import Text

        rule = self.rule

        layer = self.layer.value

        name = self.name.to_dict()

        reason = self.reason.value

        text: dict[str, Any] | None
        if isinstance(self.text, Text):
            text = self.text.to_dict()
        else:
            text = self.text

        coupon_id: None | str
        coupon_id = self.coupon_id

        short: int | None
        short = self.short

        counts: None | str
        if isinstance(self.counts, NotAppliedCountsType0):
            counts = self.counts.value
        else:
            counts = self.counts

        by: None | str
        by = self.by

        dearer_fen: int | None
        dearer_fen = self.dearer_fen

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "rule": rule,
                "layer": layer,
                "name": name,
                "reason": reason,
                "text": text,
                "coupon_id": coupon_id,
                "short": short,
                "counts": counts,
                "by": by,
                "dearer_fen": dearer_fen,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.text import Text

        d = dict(src_dict)
        rule = d.pop("rule")

        layer = NotAppliedLayer(d.pop("layer"))

        name = Text.from_dict(d.pop("name"))

        reason = NotAppliedReason(d.pop("reason"))

        def _parse_text(data: object) -> None | Text:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                text_type_0 = Text.from_dict(data)

                return text_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Text, data)

        text = _parse_text(d.pop("text"))

        def _parse_coupon_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        coupon_id = _parse_coupon_id(d.pop("coupon_id"))

        def _parse_short(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        short = _parse_short(d.pop("short"))

        def _parse_counts(data: object) -> None | NotAppliedCountsType0:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                counts_type_0 = NotAppliedCountsType0(data)

                return counts_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | NotAppliedCountsType0, data)

        counts = _parse_counts(d.pop("counts"))

        def _parse_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        by = _parse_by(d.pop("by"))

        def _parse_dearer_fen(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        dearer_fen = _parse_dearer_fen(d.pop("dearer_fen"))

        not_applied = cls(
            rule=rule,
            layer=layer,
            name=name,
            reason=reason,
            text=text,
            coupon_id=coupon_id,
            short=short,
            counts=counts,
            by=by,
            dearer_fen=dearer_fen,
        )

        not_applied.additional_properties = d
        return not_applied

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

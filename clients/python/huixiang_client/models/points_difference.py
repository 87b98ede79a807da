from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.points_difference_direction import PointsDifferenceDirection
from ..models.points_difference_kind import PointsDifferenceKind

if TYPE_CHECKING:
    from ..models.settlement_line import SettlementLine


T = TypeVar("T", bound="PointsDifference")


@_attrs_define
class PointsDifference:
    """Where the partner's file and ours part: `only_ours`, `only_theirs`, or `figures` that differ.

    Attributes:
        direction (PointsDifferenceDirection):
        reference (str):
        kind (PointsDifferenceKind):
        ours (None | SettlementLine):
        theirs (None | SettlementLine):
    """

    direction: PointsDifferenceDirection
    reference: str
    kind: PointsDifferenceKind
    ours: None | SettlementLine
    theirs: None | SettlementLine
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.settlement_line import SettlementLine

        direction = self.direction.value

        reference = self.reference

        kind = self.kind.value

        ours: dict[str, Any] | None
        if isinstance(self.ours, SettlementLine):
            ours = self.ours.to_dict()
        else:
            ours = self.ours

        theirs: dict[str, Any] | None
        if isinstance(self.theirs, SettlementLine):
            theirs = self.theirs.to_dict()
        else:
            theirs = self.theirs

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "direction": direction,
                "reference": reference,
                "kind": kind,
                "ours": ours,
                "theirs": theirs,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.settlement_line import SettlementLine

        d = dict(src_dict)
        direction = PointsDifferenceDirection(d.pop("direction"))

        reference = d.pop("reference")

        kind = PointsDifferenceKind(d.pop("kind"))

        def _parse_ours(data: object) -> None | SettlementLine:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                ours_type_0 = SettlementLine.from_dict(data)

                return ours_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SettlementLine, data)

        ours = _parse_ours(d.pop("ours"))

        def _parse_theirs(data: object) -> None | SettlementLine:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                theirs_type_0 = SettlementLine.from_dict(data)

                return theirs_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SettlementLine, data)

        theirs = _parse_theirs(d.pop("theirs"))

        points_difference = cls(
            direction=direction,
            reference=reference,
            kind=kind,
            ours=ours,
            theirs=theirs,
        )

        points_difference.additional_properties = d
        return points_difference

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

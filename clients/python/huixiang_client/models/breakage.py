from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Breakage")


@_attrs_define
class Breakage:
    """How much of what is outstanding is expected to expire unused, with a 90 % interval.

        covered: outstanding points whose future months of age have been seen often enough. Others are in no
    expectation,
        and wholly in `high`. Points that never expire are counted as covered, and break never. *_bp: the same as parts
    of
        what is outstanding, in basis points, half up.

        Attributes:
            expected (int):
            low (int):
            high (int):
            expected_bp (int):
            low_bp (int):
            high_bp (int):
            covered (int):
            uncovered (int):
    """

    expected: int
    low: int
    high: int
    expected_bp: int
    low_bp: int
    high_bp: int
    covered: int
    uncovered: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        expected = self.expected

        low = self.low

        high = self.high

        expected_bp = self.expected_bp

        low_bp = self.low_bp

        high_bp = self.high_bp

        covered = self.covered

        uncovered = self.uncovered

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "expected": expected,
                "low": low,
                "high": high,
                "expected_bp": expected_bp,
                "low_bp": low_bp,
                "high_bp": high_bp,
                "covered": covered,
                "uncovered": uncovered,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        expected = d.pop("expected")

        low = d.pop("low")

        high = d.pop("high")

        expected_bp = d.pop("expected_bp")

        low_bp = d.pop("low_bp")

        high_bp = d.pop("high_bp")

        covered = d.pop("covered")

        uncovered = d.pop("uncovered")

        breakage = cls(
            expected=expected,
            low=low,
            high=high,
            expected_bp=expected_bp,
            low_bp=low_bp,
            high_bp=high_bp,
            covered=covered,
            uncovered=uncovered,
        )

        breakage.additional_properties = d
        return breakage

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

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.kernel_problem import KernelProblem
    from ..models.rule_version import RuleVersion


T = TypeVar("T", bound="PublishedVersion")


@_attrs_define
class PublishedVersion:
    """A version that was published, and what may be a slip in it.

    Attributes:
        version (RuleVersion): One version of a rule document, without what it says.
        warnings (list[KernelProblem]):
    """

    version: RuleVersion
    warnings: list[KernelProblem]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        version = self.version.to_dict()

        warnings = []
        for warnings_item_data in self.warnings:
            warnings_item = warnings_item_data.to_dict()
            warnings.append(warnings_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "version": version,
                "warnings": warnings,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.kernel_problem import KernelProblem
        from ..models.rule_version import RuleVersion

        d = dict(src_dict)
        version = RuleVersion.from_dict(d.pop("version"))

        warnings = []
        _warnings = d.pop("warnings")
        for warnings_item_data in _warnings:
            warnings_item = KernelProblem.from_dict(warnings_item_data)

            warnings.append(warnings_item)

        published_version = cls(
            version=version,
            warnings=warnings,
        )

        published_version.additional_properties = d
        return published_version

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

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.trial_gives import TrialGives

if TYPE_CHECKING:
    from ..models.text import Text


T = TypeVar("T", bound="Trial")


@_attrs_define
class Trial:
    """What a member tries, or tried. name: of the tier or plan as it is called now, its code where it is no more.
    ended_at: when it was over, or the tier was earned; null while it runs.

    Attributes:
        trial_id (UUID):
        gives (TrialGives):
        code (str):
        name (Text): One text in Chinese and English. Both are always there: a screen never falls back to the other
            language.
        starts_at (str):
        ends_at (str):
        ended_at (None | str):
    """

    trial_id: UUID
    gives: TrialGives
    code: str
    name: Text
    starts_at: str
    ends_at: str
    ended_at: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        trial_id = str(self.trial_id)

        gives = self.gives.value

        code = self.code

        name = self.name.to_dict()

        starts_at = self.starts_at

        ends_at = self.ends_at

        ended_at: None | str
        ended_at = self.ended_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "trial_id": trial_id,
                "gives": gives,
                "code": code,
                "name": name,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "ended_at": ended_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.text import Text

        d = dict(src_dict)
        trial_id = UUID(d.pop("trial_id"))

        gives = TrialGives(d.pop("gives"))

        code = d.pop("code")

        name = Text.from_dict(d.pop("name"))

        starts_at = d.pop("starts_at")

        ends_at = d.pop("ends_at")

        def _parse_ended_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        trial = cls(
            trial_id=trial_id,
            gives=gives,
            code=code,
            name=name,
            starts_at=starts_at,
            ends_at=ends_at,
            ended_at=ended_at,
        )

        trial.additional_properties = d
        return trial

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

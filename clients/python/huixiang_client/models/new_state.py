from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.new_state_state import NewStateState
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewState")


@_attrs_define
class NewState:
    """A state to be in from now on. `guardian_consent` is given for `minor`, and only there.

    Attributes:
        state (NewStateState):
        reason (str): Why. It names nobody.
        guardian_consent (None | str | Unset):
    """

    state: NewStateState
    reason: str
    guardian_consent: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        state = self.state.value

        reason = self.reason

        guardian_consent: None | str | Unset
        if isinstance(self.guardian_consent, Unset):
            guardian_consent = UNSET
        else:
            guardian_consent = self.guardian_consent

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "state": state,
                "reason": reason,
            }
        )
        if guardian_consent is not UNSET:
            field_dict["guardian_consent"] = guardian_consent

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        state = NewStateState(d.pop("state"))

        reason = d.pop("reason")

        def _parse_guardian_consent(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        guardian_consent = _parse_guardian_consent(d.pop("guardian_consent", UNSET))

        new_state = cls(
            state=state,
            reason=reason,
            guardian_consent=guardian_consent,
        )

        return new_state

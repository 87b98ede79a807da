from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.endpoint_state import EndpointState
from ..models.endpoint_why_type_0 import EndpointWhyType0

if TYPE_CHECKING:
    from ..models.signing_secret import SigningSecret


T = TypeVar("T", bound="Endpoint")


@_attrs_define
class Endpoint:
    """`state`: `active`; `paused` by hand; `disabled` for `why`: `failing` for five days, or `gone` (it answered 410).
        What happens meanwhile is kept and sent once it is active again. `failing_since`: the first failure after the
    last
        success. `secrets`: those that sign now, the newest first.

        Attributes:
            endpoint_id (UUID):
            name (str):
            url (str):
            events (list[str]):
            state (EndpointState):
            why (EndpointWhyType0 | None):
            failing_since (None | str):
            created_at (str):
            changed_at (str):
            secrets (list[SigningSecret]):
    """

    endpoint_id: UUID
    name: str
    url: str
    events: list[str]
    state: EndpointState
    why: EndpointWhyType0 | None
    failing_since: None | str
    created_at: str
    changed_at: str
    secrets: list[SigningSecret]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        endpoint_id = str(self.endpoint_id)

        name = self.name

        url = self.url

        events = self.events

        state = self.state.value

        why: None | str
        if isinstance(self.why, EndpointWhyType0):
            why = self.why.value
        else:
            why = self.why

        failing_since: None | str
        failing_since = self.failing_since

        created_at = self.created_at

        changed_at = self.changed_at

        secrets = []
        for secrets_item_data in self.secrets:
            secrets_item = secrets_item_data.to_dict()
            secrets.append(secrets_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "endpoint_id": endpoint_id,
                "name": name,
                "url": url,
                "events": events,
                "state": state,
                "why": why,
                "failing_since": failing_since,
                "created_at": created_at,
                "changed_at": changed_at,
                "secrets": secrets,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.signing_secret import SigningSecret

        d = dict(src_dict)
        endpoint_id = UUID(d.pop("endpoint_id"))

        name = d.pop("name")

        url = d.pop("url")

        events = cast(list[str], d.pop("events"))

        state = EndpointState(d.pop("state"))

        def _parse_why(data: object) -> EndpointWhyType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                why_type_0 = EndpointWhyType0(data)

                return why_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(EndpointWhyType0 | None, data)

        why = _parse_why(d.pop("why"))

        def _parse_failing_since(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        failing_since = _parse_failing_since(d.pop("failing_since"))

        created_at = d.pop("created_at")

        changed_at = d.pop("changed_at")

        secrets = []
        _secrets = d.pop("secrets")
        for secrets_item_data in _secrets:
            secrets_item = SigningSecret.from_dict(secrets_item_data)

            secrets.append(secrets_item)

        endpoint = cls(
            endpoint_id=endpoint_id,
            name=name,
            url=url,
            events=events,
            state=state,
            why=why,
            failing_since=failing_since,
            created_at=created_at,
            changed_at=changed_at,
            secrets=secrets,
        )

        endpoint.additional_properties = d
        return endpoint

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

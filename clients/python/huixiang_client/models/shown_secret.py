from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.endpoint import Endpoint


T = TypeVar("T", bound="ShownSecret")


@_attrs_define
class ShownSecret:
    """`secret`: `whsec_` and base64; null where the answer is a repetition, since it is kept only sealed.

    Attributes:
        endpoint (Endpoint): `state`: `active`; `paused` by hand; `disabled` for `why`: `failing` for five days, or
            `gone` (it answered 410).
                What happens meanwhile is kept and sent once it is active again. `failing_since`: the first failure after
            the last
                success. `secrets`: those that sign now, the newest first.
        secret (None | str):
    """

    endpoint: Endpoint
    secret: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        endpoint = self.endpoint.to_dict()

        secret: None | str
        secret = self.secret

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "endpoint": endpoint,
                "secret": secret,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.endpoint import Endpoint

        d = dict(src_dict)
        endpoint = Endpoint.from_dict(d.pop("endpoint"))

        def _parse_secret(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        secret = _parse_secret(d.pop("secret"))

        shown_secret = cls(
            endpoint=endpoint,
            secret=secret,
        )

        shown_secret.additional_properties = d
        return shown_secret

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

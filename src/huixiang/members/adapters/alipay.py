"""Alipay says who somebody is: OAuth whose code is redeemed at its signed gateway (`alipay.system.oauth.token`).

Requests are signed with the application's key, answers with Alipay's: RSA with SHA-256 (`RSA2`), over the parameters in
the order of their names, and over the bytes of the answer's one node as they stand in it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from huixiang.kernel.clock import Clock
from huixiang.members.adapters.provider_http import ProviderHttp
from huixiang.members.model import ExternalId
from huixiang.members.model.providers import ProviderRefused, ProviderUnavailable

NAME: Literal["alipay"] = "alipay"
AUTHORIZE = "https://openauth.alipay.com"
GATEWAY = "https://openapi.alipay.com"
METHOD = "alipay.system.oauth.token"
NODE = "alipay_system_oauth_token_response"
ERROR_NODE = "error_response"
# Alipay reckons in its own time, whatever the programme's.
ZONE = ZoneInfo("Asia/Shanghai")


class _Person(msgspec.Struct, frozen=True):
    """user_id: the same for all applications; newer ones get an open_id of their own instead."""

    user_id: str | None = None
    open_id: str | None = None


class _Error(msgspec.Struct, frozen=True):
    code: str = ""
    sub_code: str = ""


class Alipay:
    """An IdentityProvider of one application. callback: where its pages come back to, None for a mini-program."""

    def __init__(
        self,
        http: ProviderHttp,
        app_id: str,
        key: RSAPrivateKey,
        alipay_key: RSAPublicKey,
        clock: Clock,
        *,
        callback: str | None = None,
    ) -> None:
        self._http = http
        self._app_id = app_id
        self._key = key
        self._alipay_key = alipay_key
        self._clock = clock
        self._callback = callback

    def authorize_url(self, state: str) -> str | None:
        if self._callback is None:
            return None
        asked = {"app_id": self._app_id, "scope": "auth_base", "redirect_uri": self._callback, "state": state}
        return f"{self._http.base(AUTHORIZE)}/oauth2/publicAppAuthorize.htm?{urlencode(asked)}"

    async def identify(self, code: str) -> Sequence[ExternalId]:
        asked = self.signed({"grant_type": "authorization_code", "code": code}, self._clock.now())
        answer = await self._http.post(NAME, f"{self._http.base(GATEWAY)}/gateway.do?charset=utf-8", asked)
        try:
            person = self._read(answer)
        except (msgspec.DecodeError, UnicodeDecodeError, InvalidSignature, ValueError):
            raise ProviderUnavailable(provider=NAME) from None
        shared = [] if person.user_id is None else [ExternalId(NAME, person.user_id)]
        own = [] if person.open_id is None else [ExternalId(f"{NAME}.{self._app_id}", person.open_id)]
        if not shared and not own:
            raise ProviderUnavailable(provider=NAME)
        return shared + own

    def signed(self, business: Mapping[str, str], now: datetime) -> dict[str, str]:
        """The parameters of a request, with their signature."""
        asked = {
            "app_id": self._app_id,
            "method": METHOD,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": f"{now.astimezone(ZONE):%Y-%m-%d %H:%M:%S}",
            "version": "1.0",
            **business,
        }
        signature = self._key.sign(to_sign(asked), PKCS1v15(), SHA256())
        return asked | {"sign": base64.b64encode(signature).decode()}

    def _read(self, answer: bytes) -> _Person:
        """Raises InvalidSignature for what is not Alipay's, ProviderRefused for a code that does not hold."""
        parts = msgspec.json.decode(answer, type=dict[str, msgspec.Raw])
        if ERROR_NODE in parts:
            # Some of these are not signed; a lie here lets nobody in.
            error = msgspec.json.decode(parts[ERROR_NODE], type=_Error)
            if error.sub_code == "isv.code-invalid":
                raise ProviderRefused(provider=NAME, reason="code")
            raise ProviderUnavailable(provider=NAME)
        if NODE not in parts or "sign" not in parts:
            raise ProviderUnavailable(provider=NAME)
        sign = base64.b64decode(msgspec.json.decode(parts["sign"], type=str), validate=True)
        self._alipay_key.verify(sign, bytes(parts[NODE]), PKCS1v15(), SHA256())
        return msgspec.json.decode(parts[NODE], type=_Person)


def to_sign(parameters: Mapping[str, str]) -> bytes:
    """What a signature is over: the parameters that are given, in the order of their names, as they are unencoded."""
    return "&".join(
        f"{name}={value}" for name, value in sorted(parameters.items()) if value and name != "sign"
    ).encode()

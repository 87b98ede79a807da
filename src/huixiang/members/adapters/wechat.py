"""WeChat says who somebody is: its pages and apps by OAuth, its mini-programs by the code of their own kit.

The protocol is OAuth 2.0 with names of its own: `appid` and `secret` for the client's, errors as `errcode` under the
status 200, and an authorisation address whose parameters WeChat compares in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeVar
from urllib.parse import urlencode

import msgspec
from oauthlib.oauth2 import OAuth2Error, WebApplicationClient

from huixiang.members.adapters.provider_http import ProviderHttp
from huixiang.members.model import ExternalId
from huixiang.members.model.providers import ProviderRefused, ProviderUnavailable

T = TypeVar("T")

NAME: Literal["wechat"] = "wechat"
AUTHORIZE = "https://open.weixin.qq.com"
API = "https://api.weixin.qq.com"
# The person's own doing, or a code that was used: everything else is a fault of the settings or of WeChat.
_REFUSED_CODES = frozenset({40029, 40163, 41008, 42003, 40226})


class _Error(msgspec.Struct, frozen=True):
    errcode: int = 0


class _Person(msgspec.Struct, frozen=True):
    """What is read of any answer that names somebody. is_snapshotuser: an account that WeChat made up for somebody who
    looks at a page without having agreed to anything: each has many, and many have each."""

    openid: str
    unionid: str | None = None
    is_snapshotuser: int = 0


class WeChat:
    """An IdentityProvider of one application. callback: where its pages come back to, None for an app or a
    mini-program. scope: of pages; `snsapi_base` asks nothing of the person and gives no name that is shared between
    applications."""

    def __init__(
        self,
        http: ProviderHttp,
        app_id: str,
        secret: str,
        *,
        callback: str | None = None,
        scope: str = "snsapi_userinfo",
        mini_program: bool = False,
    ) -> None:
        self._http = http
        self._app_id = app_id
        self._secret = secret
        self._callback = callback
        self._scope = scope
        self._mini_program = mini_program
        self._client = WebApplicationClient(app_id)

    def authorize_url(self, state: str) -> str | None:
        if self._callback is None:
            return None
        asked = {
            "appid": self._app_id,
            "redirect_uri": self._callback,
            "response_type": "code",
            "scope": self._scope,
            "state": state,
        }
        return f"{self._http.base(AUTHORIZE)}/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect"

    async def identify(self, code: str) -> Sequence[ExternalId]:
        person = await (self._of_mini_program(code) if self._mini_program else self._of_page_or_app(code))
        if person.is_snapshotuser:
            raise ProviderRefused(provider=NAME, reason="visitor")
        shared = [] if person.unionid is None else [ExternalId(NAME, person.unionid)]
        return [*shared, ExternalId(f"{NAME}.{self._app_id.lower()}", person.openid)]

    async def _of_mini_program(self, code: str) -> _Person:
        asked = {
            "appid": self._app_id,
            "secret": self._secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        return _read(await self._ask(f"/sns/jscode2session?{urlencode(asked)}"), _Person)

    async def _of_page_or_app(self, code: str) -> _Person:
        query = self._client.prepare_request_body(
            code=code, include_client_id=False, appid=self._app_id, secret=self._secret
        )
        answer = await self._ask(f"/sns/oauth2/access_token?{query}")
        person = _read(answer, _Person)
        if person.unionid is not None or person.is_snapshotuser or "snsapi_userinfo" not in self._scope.split(","):
            return person
        try:
            token = self._client.parse_request_body_response(answer.decode())["access_token"]
        except (OAuth2Error, KeyError):
            raise ProviderUnavailable(provider=NAME) from None
        asked = {"access_token": token, "openid": person.openid, "lang": "zh_CN"}
        told = _read(await self._ask(f"/sns/userinfo?{urlencode(asked)}"), _Person)
        if told.openid != person.openid:
            raise ProviderUnavailable(provider=NAME)
        return told

    async def _ask(self, target: str) -> bytes:
        answer = await self._http.get(NAME, self._http.base(API) + target)
        errcode = _read(answer, _Error).errcode
        if errcode in _REFUSED_CODES:
            raise ProviderRefused(provider=NAME, reason="code")
        if errcode != 0:
            raise ProviderUnavailable(provider=NAME)
        return answer


def _read(answer: bytes, kind: type[T]) -> T:
    """Raises ProviderUnavailable for what is no answer of WeChat's."""
    try:
        return msgspec.json.decode(answer, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ProviderUnavailable(provider=NAME) from None

"""Template messages of a WeChat service account, over HTTP.

WeChat can not be asked for a message, but takes one `client_msg_id` once within ten minutes: so for that long the
question is the same request again. After that nobody can tell.
"""

from __future__ import annotations

from datetime import timedelta

import httpx
import msgspec

from huixiang.kernel.clock import Clock
from huixiang.messaging.adapters.http import failed
from huixiang.messaging.adapters.settings import WeChatTemplates
from huixiang.messaging.adapters.tokens import Tokens, decoded
from huixiang.messaging.model import Answer, Outcome, Parcel

TIMEOUT_S = 8.0
REMEMBERED = timedelta(minutes=9)  # of the ten that are promised
_TOKEN_REFUSED = frozenset({40001, 40014, 42001})
_PASSING = frozenset({45009, 45011, 43117, 48001, 50002})  # limits, and rights that the account lacks for now
_DUPLICATE = frozenset({45065, 40241})
_BUSY = -1


class _Sent(msgspec.Struct):
    errcode: int = 0
    msgid: int | None = None


class WeChat:
    name = "wechat"

    def __init__(self, settings: WeChatTemplates, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._client = httpx.AsyncClient(
            base_url=settings.address, timeout=TIMEOUT_S, follow_redirects=False, trust_env=False
        )
        self._tokens = Tokens(self._ask_token)

    async def send(self, parcel: Parcel) -> Answer:
        template_id = self._template_of(parcel)
        if template_id is None:
            return Answer(Outcome.REFUSED, "template_unmapped")
        return await self._request(parcel, template_id, repeated=False)

    async def ask(self, parcel: Parcel) -> Answer:
        template_id = self._template_of(parcel)
        if template_id is None or self._clock.now() - parcel.tried_at >= REMEMBERED:
            return Answer(Outcome.UNTELLABLE)
        answer = await self._request(parcel, template_id, repeated=True)
        # That the question was not taken says nothing of the message.
        return Answer(Outcome.UNKNOWN, answer.reason) if answer.outcome is Outcome.NOT_TAKEN else answer

    def _template_of(self, parcel: Parcel) -> str | None:
        return parcel.content.provider_template or self._settings.templates.get(parcel.template)

    async def close(self) -> None:
        await self._client.aclose()

    async def _request(self, parcel: Parcel, template_id: str, *, repeated: bool) -> Answer:
        """A token that is refused was refused before anything was sent: once more with a fresh one."""
        body = {
            "touser": parcel.address,
            "template_id": template_id,
            "client_msg_id": parcel.message_id.hex,
            "data": {name: {"value": value} for name, value in parcel.content.values.items()},
        }
        answer = Answer(Outcome.NOT_TAKEN, "token")
        for renew in (False, True):
            token = await self._tokens.fresh(renew=renew)
            if isinstance(token, Answer):
                return token
            try:
                response = await self._client.post(
                    "/cgi-bin/message/template/send", params={"access_token": token}, content=msgspec.json.encode(body)
                )
                sent = decoded(response, _Sent)
            except httpx.HTTPError as error:
                return failed(error)
            if sent is None:
                return Answer(Outcome.UNKNOWN, f"http_{response.status_code}")
            answer = judged(sent.errcode, sent.msgid, repeated=repeated)
            if sent.errcode not in _TOKEN_REFUSED:
                return answer
        return answer

    async def _ask_token(self, force: bool) -> httpx.Response:  # noqa: FBT001 - by `Tokens`
        return await self._client.post(
            "/cgi-bin/stable_token",
            content=msgspec.json.encode(
                {
                    "grant_type": "client_credential",
                    "appid": self._settings.app_id,
                    "secret": self._settings.app_secret,
                    "force_refresh": force,
                }
            ),
        )


def judged(errcode: int, msgid: int | None, *, repeated: bool) -> Answer:
    """What an error code comes to. repeated: the same request went out before, so a duplicate is the one before."""
    reason = f"wechat_{errcode}"
    if errcode == 0:
        return Answer(Outcome.TAKEN, None, None if msgid is None else str(msgid))
    if errcode in _DUPLICATE and repeated:
        return Answer(Outcome.TAKEN, "repeated")
    if errcode == _BUSY:
        return Answer(Outcome.UNKNOWN, reason)
    return Answer(Outcome.NOT_TAKEN if errcode in _PASSING | _TOKEN_REFUSED else Outcome.REFUSED, reason)

"""Messages through WeCom, over HTTP: of an application, to a user of the company's own (`user:`), and of a customer
service account, to a customer who uses WeChat (`external:`).

Neither can be asked for a message. An application's message with the same content to the same user is passed on once
within an interval of our choice; a customer's message has an id of ours that is taken once. So the question is the same
request again, for as long as that holds.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import msgspec

from huixiang.kernel.clock import Clock
from huixiang.messaging.adapters.http import failed
from huixiang.messaging.adapters.settings import WeCom as Settings
from huixiang.messaging.adapters.tokens import Tokens, decoded
from huixiang.messaging.model import Answer, Outcome, Parcel

TIMEOUT_S = 8.0
REMEMBERED_S = 600  # how long an application's message is passed on once; at most four hours may be asked for
ASKED_WITHIN = timedelta(seconds=REMEMBERED_S - 60)
TEXT_BYTES = 2048  # what is longer would be cut off
_TOKEN_REFUSED = frozenset({40001, 40014, 42001})
_PASSING = frozenset({45009, 45033, 48002, 60020, 95001})  # limits, and rights that are mended by the company
_BUSY = -1


class _Sent(msgspec.Struct):
    errcode: int = 0
    msgid: str | None = None
    invaliduser: str = ""


class WeCom:
    name = "wecom"

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._client = httpx.AsyncClient(
            base_url=settings.address, timeout=TIMEOUT_S, follow_redirects=False, trust_env=False
        )
        self._tokens = Tokens(self._ask_token)

    async def send(self, parcel: Parcel) -> Answer:
        """`not_configured`: the file names no application, or no customer service account, for such an address."""
        made = self._request_of(parcel)
        return made if isinstance(made, Answer) else await self._request(*made, repeated=False)

    async def ask(self, parcel: Parcel) -> Answer:
        made = self._request_of(parcel)
        if isinstance(made, Answer) or self._is_forgotten(parcel):
            return Answer(Outcome.UNTELLABLE)
        answer = await self._request(*made, repeated=True)
        # That the question was not taken says nothing of the message.
        return Answer(Outcome.UNKNOWN, answer.reason) if answer.outcome is Outcome.NOT_TAKEN else answer

    async def close(self) -> None:
        await self._client.aclose()

    def _is_forgotten(self, parcel: Parcel) -> bool:
        """An id of a customer's message is taken once for ever, the content of an application's for a while."""
        return parcel.address.startswith("user:") and self._clock.now() - parcel.tried_at >= ASKED_WITHIN

    def _request_of(self, parcel: Parcel) -> tuple[str, dict[str, Any]] | Answer:
        """Path and body; the same for every request about one message."""
        kind, _, receiver = parcel.address.partition(":")
        title = parcel.content.title
        text = parcel.content.text if title is None else f"{title}\n{parcel.content.text}"
        if len(text.encode()) > TEXT_BYTES:
            return Answer(Outcome.REFUSED, "too_long")
        body: dict[str, Any] = {"touser": receiver, "msgtype": "text", "text": {"content": text}}
        if kind == "user" and self._settings.agent_id is not None:
            once = {"enable_duplicate_check": 1, "duplicate_check_interval": REMEMBERED_S}
            return "/cgi-bin/message/send", body | {"agentid": self._settings.agent_id} | once
        if kind == "external" and self._settings.open_kfid is not None:
            named = {"open_kfid": self._settings.open_kfid, "msgid": parcel.message_id.hex}
            return "/cgi-bin/kf/send_msg", body | named
        return Answer(Outcome.REFUSED, "not_configured")

    async def _request(self, path: str, body: dict[str, Any], *, repeated: bool) -> Answer:
        """A token that is refused was refused before anything was sent: once more with a fresh one."""
        answer = Answer(Outcome.NOT_TAKEN, "token")
        for renew in (False, True):
            token = await self._tokens.fresh(renew=renew)
            if isinstance(token, Answer):
                return token
            try:
                response = await self._client.post(
                    path, params={"access_token": token}, content=msgspec.json.encode(body)
                )
            except httpx.HTTPError as error:
                return failed(error)
            sent = decoded(response, _Sent)
            if sent is None:
                return Answer(Outcome.UNKNOWN, f"http_{response.status_code}")
            answer = judged(sent.errcode, sent.msgid, is_invalid=bool(sent.invaliduser), repeated=repeated)
            if sent.errcode not in _TOKEN_REFUSED:
                return answer
        return answer

    async def _ask_token(self, force: bool) -> httpx.Response:  # noqa: ARG002, FBT001 - by `Tokens`
        """WeCom gives the token that holds, or another once that was withdrawn."""
        return await self._client.get(
            "/cgi-bin/gettoken", params={"corpid": self._settings.corp_id, "corpsecret": self._settings.secret}
        )


def judged(errcode: int, msgid: str | None, *, is_invalid: bool, repeated: bool) -> Answer:
    """What an error code comes to. is_invalid: there is no such user, or the application does not see them. repeated:
    the same request went out before; an error may then be about the repetition, and says nothing of the first."""
    reason = f"wecom_{errcode}"
    if errcode == 0:
        return Answer(Outcome.REFUSED, "wecom_invaliduser") if is_invalid else Answer(Outcome.TAKEN, None, msgid)
    if repeated or errcode == _BUSY:
        return Answer(Outcome.UNKNOWN, reason)
    return Answer(Outcome.NOT_TAKEN if errcode in _PASSING | _TOKEN_REFUSED else Outcome.REFUSED, reason)

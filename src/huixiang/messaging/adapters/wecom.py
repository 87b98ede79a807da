"""Messages through WeCom, over HTTP: of an application, to a user of the company's own (`user:`), and of a customer
service account, to a customer who uses WeChat (`external:`).

Neither can be asked for a message. An application's message with the same content to the same user is passed on once
within an interval of our choice; a customer's message has an id of ours that is taken once. So the question is the same
request again, for as long as that holds.

Which messages did not reach a customer is told by `kf/sync_msg` (94670) for three days, as events among what customers
write, which nobody looks at here. What was sent is not told, so that nothing is told of a message says nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import httpx
import msgspec

from huixiang.kernel.clock import Clock
from huixiang.messaging.adapters.http import failed
from huixiang.messaging.adapters.settings import WeCom as Settings
from huixiang.messaging.adapters.tokens import Tokens, decoded
from huixiang.messaging.model import Answer, Channel, Outcome, Parcel
from huixiang.messaging.model.receipts import Delivery, ProviderReceipt

TIMEOUT_S = 8.0
REMEMBERED_S = 600  # how long an application's message is passed on once; at most four hours may be asked for
ASKED_WITHIN = timedelta(seconds=REMEMBERED_S - 60)
PAGES, REMEMBERED_FAILURES = 20, 50_000
TEXT_BYTES = 2048  # what is longer would be cut off
_TOKEN_REFUSED = frozenset({40001, 40014, 42001})
_PASSING = frozenset({45009, 45033, 48002, 60020, 95001})  # limits, and rights that are mended by the company
_BUSY = -1


class _Sent(msgspec.Struct):
    errcode: int = 0
    msgid: str | None = None
    invaliduser: str = ""


class _Event(msgspec.Struct):
    event_type: str = ""
    fail_msgid: str = ""
    fail_type: int = 0


class _Happened(msgspec.Struct):
    send_time: int = 0
    event: _Event | None = None


class _Happenings(msgspec.Struct):
    errcode: int = 0
    next_cursor: str = ""
    has_more: int = 0
    msg_list: list[_Happened] = []


T = TypeVar("T", _Sent, _Happenings)


class WeCom:
    name = "wecom"

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._client = httpx.AsyncClient(
            base_url=settings.address, timeout=TIMEOUT_S, follow_redirects=False, trust_env=False
        )
        self._tokens = Tokens(self._ask_token)
        self._cursor = ""  # of what happened; a new process hears of the last three days again
        self._failed: dict[str, ProviderReceipt] = {}
        self._untold: list[ProviderReceipt] = []
        self._hearing = asyncio.Lock()

    async def send(self, parcel: Parcel) -> Answer:
        """`not_configured`: the file names no application, or no customer service account, for such an address."""
        made = self._request_of(parcel)
        return made if isinstance(made, Answer) else await self._request(*made, repeated=False)

    async def ask(self, parcel: Parcel) -> Answer:
        made = self._request_of(parcel)
        if isinstance(made, Answer) or self._is_forgotten(parcel):
            return Answer(Outcome.UNTELLABLE)
        if parcel.address.startswith("external:"):
            await self._hear()
            if (failure := self._failed.get(parcel.message_id.hex)) is not None:
                return Answer(Outcome.REFUSED, failure.code, parcel.message_id.hex)
        answer = await self._request(*made, repeated=True)
        # That the question was not taken says nothing of the message.
        return Answer(Outcome.UNKNOWN, answer.reason) if answer.outcome is Outcome.NOT_TAKEN else answer

    async def told(self) -> Sequence[ProviderReceipt]:
        """Which messages did not reach a customer, each once in the life of this process."""
        await self._hear()
        untold, self._untold = self._untold, []
        return untold

    async def _hear(self) -> None:
        """Fetch what happened since the last time. What cannot be fetched now is fetched later."""
        if self._settings.open_kfid is None:
            return
        async with self._hearing:
            for _ in range(PAGES):
                body = {"cursor": self._cursor, "limit": 1000, "open_kfid": self._settings.open_kfid}
                answer = await self._call("/cgi-bin/kf/sync_msg", body, _Happenings)
                if not isinstance(answer, _Happenings) or answer.errcode != 0:
                    return
                for one in answer.msg_list:
                    self._note(one)
                self._cursor = answer.next_cursor or self._cursor
                if not answer.has_more:
                    return

    def _note(self, one: _Happened) -> None:
        event = one.event
        if event is None or event.event_type != "msg_send_fail" or event.fail_msgid in self._failed:
            return
        try:
            message_id = UUID(hex=event.fail_msgid)
        except ValueError:
            return  # sent by somebody else, under an id that is none of ours
        receipt = ProviderReceipt(
            provider=self.name,
            channel=Channel.WECOM,
            message_id=message_id,
            state=Delivery.UNDELIVERED,
            code=f"wecom_fail_{event.fail_type}",
            occurred_at=datetime.fromtimestamp(one.send_time, UTC),
        )
        self._failed[message_id.hex] = receipt
        self._untold.append(receipt)
        while len(self._failed) > REMEMBERED_FAILURES:
            del self._failed[next(iter(self._failed))]

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
        sent = await self._call(path, body, _Sent)
        if isinstance(sent, Answer):
            return sent
        return judged(sent.errcode, sent.msgid, is_invalid=bool(sent.invaliduser), repeated=repeated)

    async def _call(self, path: str, body: dict[str, Any], kind: type[T]) -> T | Answer:
        """What WeCom answers; an answer of ours where it does not. A token that is refused was refused before anything
        was done: once more with a fresh one."""
        found: T | Answer = Answer(Outcome.NOT_TAKEN, "token")
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
            decoded_answer: T | None = decoded(response, kind)
            if decoded_answer is None:
                return Answer(Outcome.UNKNOWN, f"http_{response.status_code}")
            found = decoded_answer
            if decoded_answer.errcode not in _TOKEN_REFUSED:
                return found
        return found

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

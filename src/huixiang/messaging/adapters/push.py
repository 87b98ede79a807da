"""Push through a gateway of the retailer's own: a signed webhook.

POST with the message; GET with `?message=<id>` asks what became of it: 200 with `{"state": "taken" | "refused"}`, 404
for one that never came. Both are signed as the Standard Webhooks have it (webhook-id, webhook-timestamp,
webhook-signature: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`).
"""

from __future__ import annotations

from typing import Any, Literal

import httpx
import msgspec

from huixiang.kernel.clock import Clock
from huixiang.messaging.adapters.http import failed
from huixiang.messaging.adapters.settings import Gateway
from huixiang.messaging.model import Answer, Outcome, Parcel
from huixiang.platform.outward import Outward, OutwardAnswer, OutwardRefused
from huixiang.platform.webhook_signature import signed_headers

TIMEOUT_S = 8.0


class _State(msgspec.Struct):
    state: Literal["taken", "refused"]


class Push:
    name = "push"

    def __init__(self, settings: Gateway, clock: Clock, *, private: bool) -> None:
        """private: the gateway may stand on a private network, without TLS; for tests and a machine of one's own."""
        self._gateway = settings
        self._clock = clock
        self._outward = Outward(TIMEOUT_S, private=private)

    def gateway_of(self, parcel: Parcel) -> Gateway | None:  # noqa: ARG002 - one for all devices
        return self._gateway

    def receiver_of(self, parcel: Parcel) -> dict[str, Any]:
        """What the gateway is told of who gets the message."""
        return {"device": parcel.address}

    async def send(self, parcel: Parcel) -> Answer:
        gateway = self.gateway_of(parcel)
        if gateway is None:
            return Answer(Outcome.REFUSED, "not_configured")
        body = msgspec.json.encode(
            {
                "id": parcel.message_id,
                **self.receiver_of(parcel),
                "class": parcel.message_class,
                "template": parcel.template,
                "title": parcel.content.title,
                "text": parcel.content.text,
                "values": parcel.content.values,
            }
        )
        answer = await self._request("POST", gateway.url, gateway, parcel, body)
        return answer if isinstance(answer, Answer) else sent(answer.status)

    async def ask(self, parcel: Parcel) -> Answer:
        gateway = self.gateway_of(parcel)
        if gateway is None:
            return Answer(Outcome.UNTELLABLE)
        url = httpx.URL(gateway.url).copy_merge_params({"message": str(parcel.message_id)})
        answer = await self._request("GET", str(url), gateway, parcel, b"")
        if isinstance(answer, Answer):
            return Answer(Outcome.UNKNOWN, answer.reason)
        return told(answer)

    async def close(self) -> None:
        await self._outward.close()

    async def _request(
        self, method: str, url: str, gateway: Gateway, parcel: Parcel, body: bytes
    ) -> OutwardAnswer | Answer:
        try:
            return await self._outward.request(
                method, url, headers=self._signed(gateway, str(parcel.message_id), body), content=body or None
            )
        except OutwardRefused as refusal:
            return Answer(Outcome.NOT_TAKEN, f"refused_{refusal}")
        except httpx.HTTPError as error:
            return failed(error)

    def _signed(self, gateway: Gateway, message_id: str, body: bytes) -> dict[str, str]:
        headers = signed_headers([gateway.secret], message_id, self._clock.now(), body)
        return {"Content-Type": "application/json", **headers}


def sent(status: int) -> Answer:
    """A gateway takes with 2xx and refuses with 4xx. A redirect is not followed: it has taken nothing. A failure of the
    server's own says nothing."""
    if 200 <= status < 300:
        return Answer(Outcome.TAKEN, f"http_{status}")
    if status in {408, 425, 429} or 300 <= status < 400:
        return Answer(Outcome.NOT_TAKEN, f"http_{status}")
    return Answer(Outcome.REFUSED if 400 <= status < 500 else Outcome.UNKNOWN, f"http_{status}")


def told(answer: OutwardAnswer) -> Answer:
    if answer.status == 404:
        return Answer(Outcome.NOT_TAKEN, "absent")
    if answer.status in {405, 501}:
        return Answer(Outcome.UNTELLABLE, f"http_{answer.status}")
    try:
        state = msgspec.json.decode(answer.body, type=_State).state if answer.status == 200 else None
    except msgspec.DecodeError:
        state = None
    if state is None:
        return Answer(Outcome.UNKNOWN, f"http_{answer.status}")
    return Answer(Outcome.TAKEN if state == "taken" else Outcome.REFUSED, f"http_{answer.status}")

"""What this process was given: who seals secrets, which events there are, and where they may go."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import msgspec

from huixiang.kernel.errors import InvariantBroken
from huixiang.platform.boxes import Box
from huixiang.platform.outward import LookUp, addresses_of
from huixiang.webhooks.ports import SecretProvider


class Wired(msgspec.Struct, frozen=True):
    """offered: the names of events. private: requests may go to private networks and without TLS, for tests and for a
    machine of one's own. look_up: what finds a name's addresses. streams: events go to Kafka, too."""

    box: Box
    offered: frozenset[str]
    private: bool
    look_up: LookUp
    streams: bool


_wired: dict[str, Wired] = {}


def use(
    provider: SecretProvider,
    offered: Collection[str],
    *,
    private: bool,
    look_up: LookUp = addresses_of,
    streams: bool = False,
) -> None:
    """Called once by each process before it serves or works."""
    _wired["webhooks"] = Wired(Box(provider.secret("webhooks")), frozenset(offered), private, look_up, streams)


def wired() -> Wired:
    if "webhooks" not in _wired:
        raise InvariantBroken("webhooks.service.use was not called in this process")
    return _wired["webhooks"]


def seal(endpoint_id: UUID, secret_no: int, secret: str) -> bytes:
    return wired().box.seal(secret.encode(), _context(endpoint_id, secret_no))


def unseal(endpoint_id: UUID, secret_no: int, sealed: bytes) -> str:
    """Raises cryptography's InvalidTag where the bytes were changed or belong to another endpoint."""
    return wired().box.open(sealed, _context(endpoint_id, secret_no)).decode()


def _context(endpoint_id: UUID, secret_no: int) -> bytes:
    return b"huixiang webhook secret 1|" + endpoint_id.bytes + secret_no.to_bytes(4)

"""Endpoints: made, changed, rotated, paused, deleted."""

from __future__ import annotations

import asyncio
import base64
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
from msgspec import UNSET

from huixiang.kernel.ids import new_id
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.platform.db import Transaction
from huixiang.platform.outward import Outward, OutwardRefused
from huixiang.platform.webhook_signature import PREFIX
from huixiang.staff.model import AuditEntry
from huixiang.staff.service.audit import record
from huixiang.webhooks import rules, store
from huixiang.webhooks.model import (
    Endpoint,
    EndpointAddressRefused,
    EndpointChange,
    EndpointUnknown,
    NewEndpoint,
    NewSecret,
    TooManyEndpoints,
)
from huixiang.webhooks.service.wiring import seal, wired

LOOK_UP_S = 2.0
FIRST_ID = UUID(int=0)


def offered() -> list[str]:
    """The events that an endpoint can be told of."""
    return sorted(wired().offered)


async def check_address(url: str) -> None:
    """Raises EndpointAddressRefused for an address that nothing would be sent to. Where a name leads may change: it is
    looked at again with every request. A name that nobody knows now is let through."""
    outward = Outward(LOOK_UP_S, private=wired().private, look_up=wired().look_up)
    try:
        async with asyncio.timeout(LOOK_UP_S):
            await outward.examine(url)
    except OutwardRefused as refusal:
        raise EndpointAddressRefused(url=url, why=str(refusal)) from None
    except httpx.InvalidURL:
        raise EndpointAddressRefused(url=url, why="scheme") from None
    except (httpx.ConnectError, TimeoutError):
        return
    finally:
        await outward.close()


async def create(tx: Transaction, new: NewEndpoint, by: str) -> NewSecret:
    """An endpoint that is told what happens from now on. Raises EventNotOffered, TooManyEndpoints. The caller has
    checked the address."""
    if await store.count(tx) >= rules.ENDPOINTS_MAX:
        raise TooManyEndpoints(limit=rules.ENDPOINTS_MAX)
    made = Endpoint(
        endpoint_id=new_id(),
        name=new.name,
        url=new.url,
        events=rules.known(new.events, wired().offered),
        state="active",
        why=None,
        failing_since=None,
        created_at=tx.now,
        changed_at=tx.now,
    )
    await store.insert(tx, made)
    shown = await _with_secret(tx, made.endpoint_id, 1)
    await note(tx, by, "webhook.created", made, after=_terms(made))
    return shown


async def endpoints(tx: Transaction, cursor: str | None, limit: int) -> Page[Endpoint]:
    """In the order in which they were made. Raises InvalidInput for a cursor of another list."""
    after = decode_cursor(cursor, UUID)[0] if cursor else FIRST_ID
    return page_of(await store.after(tx, after, limit + 1), limit, lambda last: (last.endpoint_id,))


async def read(tx: Transaction, endpoint_id: UUID) -> Endpoint:
    """Raises EndpointUnknown."""
    return await _find(tx, endpoint_id)


async def change(tx: Transaction, endpoint_id: UUID, wanted: EndpointChange, by: str) -> Endpoint:
    """Raises EndpointUnknown, EventNotOffered. The caller has checked the address."""
    before = await _find(tx, endpoint_id, lock=True)
    given = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not UNSET}
    if "events" in given:
        given["events"] = rules.known(given["events"], wired().offered)
    return await _save(tx, before, msgspec.structs.replace(before, **given), "webhook.changed", by)


async def pause(tx: Transaction, endpoint_id: UUID, by: str) -> Endpoint:
    """Send nothing until it is resumed; what happens meanwhile is kept. Raises EndpointUnknown."""
    before = await _find(tx, endpoint_id, lock=True)
    return await _save(tx, before, msgspec.structs.replace(before, state="paused", why=None), "webhook.paused", by)


async def resume(tx: Transaction, endpoint_id: UUID, by: str) -> Endpoint:
    """Send again, what was kept first; also where it was disabled. Raises EndpointUnknown."""
    before = await _find(tx, endpoint_id, lock=True)
    if before.state == "active":
        return before
    after = msgspec.structs.replace(before, state="active", why=None, failing_since=None)
    return await _save(tx, before, after, "webhook.resumed", by)


async def rotate(tx: Transaction, endpoint_id: UUID, overlap: timedelta, by: str) -> NewSecret:
    """A second secret; the one before signs beside it until the overlap is over. Raises EndpointUnknown, and
    SecretRotating while the last overlap runs."""
    endpoint = await _find(tx, endpoint_id, lock=True)
    rules.check_rotation(endpoint.secrets)
    number = endpoint.secrets[0].secret_no + 1
    await store.end_secrets(tx, endpoint_id, tx.now + overlap)
    shown = await _with_secret(tx, endpoint_id, number)
    await note(tx, by, "webhook.rotated", endpoint, after={"secret_no": number, "former_ends_at": tx.now + overlap})
    return shown


async def delete(tx: Transaction, endpoint_id: UUID, by: str) -> Endpoint:
    """Nothing more is sent, and what was kept for it goes; what it was. Raises EndpointUnknown."""
    endpoint = await _find(tx, endpoint_id, lock=True)
    await store.delete(tx, endpoint_id)
    await note(tx, by, "webhook.deleted", endpoint, before=_terms(endpoint))
    return endpoint


async def _with_secret(tx: Transaction, endpoint_id: UUID, number: int) -> NewSecret:
    secret = PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    await store.insert_secret(tx, endpoint_id, number, seal(endpoint_id, number, secret))
    return NewSecret(await _find(tx, endpoint_id), secret)


async def _find(tx: Transaction, endpoint_id: UUID, *, lock: bool = False) -> Endpoint:
    found = await store.find(tx, endpoint_id, lock=lock)
    if found is None:
        raise EndpointUnknown(endpoint_id=endpoint_id)
    return found


async def _save(tx: Transaction, before: Endpoint, after: Endpoint, action: str, by: str) -> Endpoint:
    if after == before:
        return before
    after = msgspec.structs.replace(after, changed_at=tx.now)
    await store.update(tx, after)
    was, is_now = _terms(before), _terms(after)
    changed = [name for name in was if was[name] != is_now[name]]
    await note(
        tx,
        by,
        action,
        after,
        before={name: was[name] for name in changed},
        after={name: is_now[name] for name in changed},
    )
    return after


def _terms(endpoint: Endpoint) -> dict[str, Any]:
    return {name: getattr(endpoint, name) for name in ("name", "url", "events", "state")}


async def note(
    tx: Transaction,
    by: str,
    action: str,
    endpoint: Endpoint,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write down in the audit log who did what to an endpoint."""
    subject = f"webhook:{endpoint.endpoint_id}"
    await record(tx, AuditEntry(actor=by, action=action, subject=subject, before=before, after=after))

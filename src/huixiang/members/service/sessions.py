"""Devices that a member is signed in with: opened, refreshed, listed, ended.

A refresh token names its session and its generation and proves both with a key of this installation, so every one that
was ever given out is told from a forged one, and none is kept. The good one is that of the session's generation.
"""

from __future__ import annotations

import hmac
import os
import struct
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from huixiang.kernel import base64url
from huixiang.kernel.ids import new_id
from huixiang.members import store
from huixiang.members.model.sign_in import Device, Method, Rotation, Session, SignedIn, SignedInDevice, Tokens
from huixiang.members.rules import TOKEN_LIFE
from huixiang.members.rules import sign_in as rules
from huixiang.members.service import once
from huixiang.members.service.tokens import is_admitted, issue_token
from huixiang.members.service.vault import Safe, vault
from huixiang.platform.access import MemberPrincipal, NotAuthenticated
from huixiang.platform.db import Database, Transaction

_SEED_BYTES = 16
_NAMED = struct.Struct(">16s16sI")
_MAC_BYTES = 32
_TOKEN_BYTES = _NAMED.size + _MAC_BYTES
_NAME_FIELD = "device:"


class Opening(msgspec.Struct, frozen=True):
    """A device that a member signs in with."""

    member_id: UUID
    device: Device
    method: Method


async def open_sessions(tx: Transaction, openings: Sequence[Opening]) -> list[Session]:
    """A session for each, in order; who has too many devices loses the one longest unused. Whoever calls this has made
    sure that it is the member."""
    named = {opening.member_id for opening in openings if opening.device.name is not None}
    safes = await vault().open_safes(await store.wrapped_keys_of(tx, list(named))) if named else {}
    made = [_session(tx.now, opening, safes) for opening in openings]
    await store.insert_sessions(tx, made)
    await once.seen_on(
        tx,
        [(one.member_id, one.device.installation) for one in openings if one.device.installation is not None],
    )
    await store.end_crowded(tx, list({session.member_id for session in made}), rules.DEVICES_MAX)
    return made


def tokens_of(session: Session) -> Tokens:
    """The pair that is good since the session's last rotation: the same whenever it is asked for."""
    return Tokens(
        access_token=issue_token(session.member_id, session.rotated_at, session_id=session.session_id),
        access_expires_at=session.rotated_at + TOKEN_LIFE,
        refresh_token=_refresh_token(session, session.generation),
        refresh_expires_at=session.expires_at,
    )


def signed_in(session: Session, *, registered: bool) -> SignedIn:
    """What is told to somebody whose session was opened just now."""
    return SignedIn(
        member_id=session.member_id,
        device_id=session.session_id,
        registered=registered,
        **msgspec.structs.asdict(tokens_of(session)),
    )


async def refresh(db: Database, token: str) -> Tokens:
    """The next pair. Raises NotAuthenticated: forged, run out, signed out, of a member who may not sign in, or one that
    was used before; that ends the session for whoever has it."""
    named = _read(token)
    async with db.transaction() as tx:
        session = await store.lock_session(tx, named[0], named[1])
        if session is None or not hmac.compare_digest(_refresh_token(session, named[2]), token):
            raise NotAuthenticated
        tokens = await _rotated(tx, session, named[2])
    if tokens is None:
        raise NotAuthenticated
    return tokens


async def devices(tx: Transaction, caller: MemberPrincipal) -> list[SignedInDevice]:
    """What the member is signed in with, what was heard of last first."""
    sessions = await store.sessions_of(tx, caller.member_id)
    safes = await vault().open_safes(await store.wrapped_keys_of(tx, [caller.member_id]))
    safe = safes.get(caller.member_id)
    return [
        SignedInDevice(
            device_id=session.session_id,
            kind=session.device,
            name=None if session.name is None or safe is None else safe.open(_name_field(session), session.name),
            method=session.method,
            signed_in_at=session.created_at,
            seen_at=session.rotated_at,
            current=session.session_id == caller.session_id,
        )
        for session in sessions
    ]


async def sign_out(tx: Transaction, member_id: UUID, device_id: UUID | None = None) -> None:
    """End one device's session, or all of the member's. A device that is not theirs, or has ended, changes nothing."""
    await store.end_sessions(tx, member_id, "signed_out", device_id)


async def _rotated(tx: Transaction, session: Session, generation: int) -> Tokens | None:
    """What is answered to this generation's token, which is genuine; what it does is noted."""
    rotation = rules.judge_refresh(session, generation, tx.now)
    if rotation is Rotation.REUSED:
        await store.end_sessions(tx, session.member_id, "reused", session.session_id)
        return None
    if rotation is Rotation.REFUSED or not await is_admitted(tx, session.member_id, session.session_id):
        return None
    if rotation is Rotation.ROTATES:
        # Tokens count in seconds: a repetition is to get the very same.
        session = msgspec.structs.replace(
            session,
            generation=session.generation + 1,
            rotated_at=tx.now,
            expires_at=rules.refresh_until(session.created_at, tx.now),
        )
        await store.rotate(tx, session)
    return tokens_of(session)


def _session(now: datetime, opening: Opening, safes: Mapping[UUID, Safe]) -> Session:
    session = Session(
        member_id=opening.member_id,
        session_id=new_id(),
        device=opening.device.kind,
        name=None,
        method=opening.method,
        seed=os.urandom(_SEED_BYTES),
        generation=0,
        created_at=now,
        rotated_at=now,
        expires_at=rules.refresh_until(now, now),
    )
    safe = safes.get(opening.member_id)
    if opening.device.name is None or safe is None:
        return session
    return msgspec.structs.replace(session, name=safe.seal(_name_field(session), opening.device.name))


def _name_field(session: Session) -> str:
    return f"{_NAME_FIELD}{session.session_id}"


def _refresh_token(session: Session, generation: int) -> str:
    named = _NAMED.pack(session.member_id.bytes, session.session_id.bytes, generation)
    mac = hmac.digest(vault().refresh_secret, named + session.seed, "sha256")
    return base64url.encode(named + mac)


def _read(token: str) -> tuple[UUID, UUID, int]:
    """Member, session and generation that a token names. Raises NotAuthenticated for what cannot be a token."""
    try:
        raw = base64url.decode(token)
    except ValueError:
        raise NotAuthenticated from None
    if len(raw) != _TOKEN_BYTES:
        raise NotAuthenticated
    member_id, session_id, generation = _NAMED.unpack_from(raw)
    return UUID(bytes=member_id), UUID(bytes=session_id), generation

"""What administrators do with accounts: look at them, disable and enable them, have a lost second factor replaced; and
what people change of their own: the password."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pyotp

from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.platform.db import Database, Transaction
from huixiang.platform.outbox import Event
from huixiang.staff.events import ApprovalGranted
from huixiang.staff.model import Account, AccountUnknown, AuditEntry, Role
from huixiang.staff.model.accounts import Disabled, ShownAccount, TotpSecret, provisioning_uri
from huixiang.staff.model.approvals import Approval, Change, Granted, NewApproval
from huixiang.staff.model.errors import (
    AccountDisabled,
    LastAdministrator,
    OwnAccount,
    PasswordUnfit,
    TotpNotToShow,
)
from huixiang.staff.rules import normal_username
from huixiang.staff.service.approvals import request_approval
from huixiang.staff.service.audit import record
from huixiang.staff.service.fitness import check_fitness
from huixiang.staff.service.granted import carry_out
from huixiang.staff.service.passwords import hash_password, password_matches
from huixiang.staff.service.sealing import open_totp, seal_totp
from huixiang.staff.service.sessions import end_sessions, proved_account, session_terms
from huixiang.staff.service.sign_in import name_hash
from huixiang.staff.store import accounts as store
from huixiang.staff.store import approvals as approvals_store
from huixiang.staff.store import passkeys as passkeys_store
from huixiang.staff.store import sessions as sessions_store

RESET_TOTP = "staff.reset_totp"
DECIDED_BY = "staff:write"
SECRET_SHOWN_FOR = timedelta(days=1)
LISTED = 200


async def accounts(tx: Transaction, cursor: str | None, limit: int) -> Page[ShownAccount]:
    """By username. Raises InvalidInput for a cursor of another list."""
    after = decode_cursor(cursor, str)[0] if cursor else None
    return page_of(await _shown(tx, after, None, limit + 1), limit, lambda last: (last.username,))


async def account(tx: Transaction, staff_id: UUID) -> ShownAccount:
    """Raises AccountUnknown."""
    found = await _shown(tx, None, staff_id, 1)
    if not found:
        raise AccountUnknown(username=str(staff_id))
    return found[0]


async def disable(tx: Transaction, staff_id: UUID, reason: str, by: UUID) -> Disabled:
    """Keep somebody out: their sessions end at once, and nobody approves what they asked for any more. Once more
    changes nothing. Raises AccountUnknown, OwnAccount, LastAdministrator."""
    if staff_id == by:
        raise OwnAccount
    administrators = await store.lock_active(tx, Role.ADMIN)
    found = await _locked(tx, staff_id)
    if administrators == [staff_id]:
        raise LastAdministrator
    ended = 0
    if found.disabled_at is None:
        await store.update_disabled(tx, staff_id, tx.now)
        ended = await end_sessions(tx, staff_id, f"staff:{by}", reason=reason)
        await _audit(tx, "staff.disabled", staff_id, by, reason)
    return Disabled(
        account=await account(tx, staff_id),
        sessions_ended=ended,
        keys=await store.keys_made_by(tx, f"staff:{staff_id}"),
        requests=await approvals_store.waiting_of(tx, staff_id, LISTED),
    )


async def enable(tx: Transaction, staff_id: UUID, reason: str, by: UUID) -> ShownAccount:
    """Let somebody in again, who signs in anew. Once more changes nothing. Raises AccountUnknown, OwnAccount."""
    if staff_id == by:
        raise OwnAccount
    found = await _locked(tx, staff_id)
    if found.disabled_at is not None:
        await sessions_store.end_sessions_of(tx, staff_id)
        await store.update_disabled(tx, staff_id, None)
        await _audit(tx, "staff.enabled", staff_id, by, reason)
    return await account(tx, staff_id)


async def change_password(db: Database, token: str, password: str, now: datetime) -> int:
    """Another password for who is signed in; their other sessions end, how many. Takes the database, as signing in
    does: hashing holds no connection. Raises NotAuthenticated, ProofNeeded, PasswordUnfit, PasswordCommon,
    PasswordOfTheHouse, PasswordBreached."""
    async with db.transaction(now=now, read_only=True) as tx:
        asking = await proved_account(tx, token)
        known = await store.find_credentials(tx, asking.username)
    former = known.password_hash if known else None
    if await password_matches(former, password) or normal_username(password) == asking.username:
        raise PasswordUnfit
    await check_fitness(password, asking)
    hashed = await hash_password(password)
    async with db.transaction(now=now) as tx:
        mine = await proved_account(tx, token, lock=True)
        await store.update_password(tx, mine.staff_id, hashed)
        ended = await end_sessions(tx, mine.staff_id, f"staff:{mine.staff_id}", but=token)
        await _audit(tx, "staff.password_changed", mine.staff_id, mine.staff_id, None)
    return ended


async def request_totp_reset(tx: Transaction, staff_id: UUID, reason: str, by: UUID) -> Approval:
    """Ask that a lost second factor be replaced; another administrator decides, who is not the one it is for. Raises
    AccountUnknown, OwnAccount, AccountDisabled."""
    if staff_id == by:
        raise OwnAccount
    found = await account(tx, staff_id)
    if found.disabled_at is not None:
        raise AccountDisabled(username=found.username)
    asked = NewApproval(
        command=RESET_TOTP,
        subject=f"staff:{staff_id}",
        payload={"staff_id": str(staff_id)},
        difference=[
            Change(path="$.totp_secret", before="in use", after="made anew"),
            Change(path="$.passkeys", before=found.passkeys, after=0),
            Change(path="$.sessions", before=found.sessions, after=0),
        ],
        reason=reason,
        decided_by=DECIDED_BY,
    )
    return await request_approval(tx, asked, by)


async def run_approved(tx: Transaction, events: Sequence[Event]) -> None:
    """Replace second factors as it was approved."""
    for event in events:
        if isinstance(event, ApprovalGranted) and event.command == RESET_TOTP:
            await carry_out(tx, event.approval_id, _reset_totp)


async def _reset_totp(tx: Transaction, granted: Granted) -> Mapping[str, object]:
    """Who asked is shown the new secret, once, within a day; the password, which they do not know, stays."""
    staff_id = UUID(granted.payload["staff_id"])
    found = await _locked(tx, staff_id)
    if found.disabled_at is not None:
        raise AccountDisabled(username=found.username)
    sealed, until = seal_totp(staff_id, pyotp.random_base32()), tx.now + SECRET_SHOWN_FOR
    await store.update_totp(tx, staff_id, sealed, granted.made_by, until)
    removed = await passkeys_store.delete_passkeys_of(tx, staff_id)
    ended = await end_sessions(tx, staff_id, granted.maker, reason=granted.reason)
    await sessions_store.delete_attempts(tx, name_hash(found.username))
    await _audit(tx, "staff.totp_reset", staff_id, granted.made_by, granted.reason)
    return {"sessions_ended": ended, "passkeys_removed": removed, "shown_until": until.isoformat()}


async def show_totp(tx: Transaction, staff_id: UUID, by: UUID) -> TotpSecret:
    """The secret that was made anew, once, to who asked for it. Raises TotpNotToShow."""
    taken = await store.take_totp(tx, staff_id, by)
    if taken is None:
        raise TotpNotToShow
    username, sealed = taken
    secret = open_totp(staff_id, sealed)
    await _audit(tx, "staff.totp_shown", staff_id, by, None)
    return TotpSecret(secret, provisioning_uri(username, secret))


async def _shown(tx: Transaction, after: str | None, only: UUID | None, limit: int) -> list[ShownAccount]:
    terms = session_terms()
    return await store.shown_accounts(tx, after, only, tx.now - terms.idle, tx.now - terms.absolute, limit)


async def _locked(tx: Transaction, staff_id: UUID) -> Account:
    found = await store.find_account(tx, staff_id, lock=True)
    if found is None:
        raise AccountUnknown(username=str(staff_id))
    return found


async def _audit(tx: Transaction, action: str, staff_id: UUID, by: UUID, reason: str | None) -> None:
    await record(tx, AuditEntry(actor=f"staff:{by}", action=action, subject=f"staff:{staff_id}", reason=reason))

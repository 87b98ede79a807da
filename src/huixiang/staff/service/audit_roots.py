"""Closing days of the audit log: a signed root over the ends of all chains, bound to the root of the day before."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from huixiang.kernel.errors import InvariantBroken
from huixiang.platform.db import Transaction
from huixiang.staff.model.audit import FIRST_PREVIOUS, AuditKeyMissing, AuditRoot
from huixiang.staff.ports import RootSigner
from huixiang.staff.rules.audit import day_root, key_id, statement
from huixiang.staff.store import audit as store

# What began before midnight has recorded by then; what has not is recorded under the day after.
CLOSED_AFTER = timedelta(hours=3)
_signers: dict[str, RootSigner] = {}


def use_root_signer(signer: RootSigner) -> None:
    """Called once by each process that closes days or verifies the log."""
    _signers["staff"] = signer


def root_signer() -> RootSigner:
    if "staff" not in _signers:
        raise InvariantBroken("staff.service.use_root_signer was not called in this process")
    return _signers["staff"]


async def close_audit_day(tx: Transaction) -> AuditRoot | None:
    """Close the first finished day that has no root; None where there is none yet. One day a transaction. Raises
    AuditKeyMissing."""
    await store.claim_closing(tx)
    latest = await store.latest_root(tx)
    day = latest.day + timedelta(days=1) if latest else await store.first_day(tx)
    if day is None or tx.now < tx.calendar.start_of(day + timedelta(days=1)) + CLOSED_AFTER:
        return None
    unsigned = day_root(day, await store.ends_of(tx, day), latest.root if latest else FIRST_PREVIOUS)
    signer = root_signer()
    public_key = signer.current(create=latest is None)
    if public_key is None:
        raise AuditKeyMissing(key_id=latest.key_id if latest else "")
    key = key_id(public_key)
    signature = signer.sign(key, statement(unsigned))
    root = replace(unsigned, key_id=key, public_key=public_key, signature=signature)
    await store.insert_root(tx, root)
    return root


async def latest_audit_root(tx: Transaction) -> AuditRoot | None:
    return await store.latest_root(tx)

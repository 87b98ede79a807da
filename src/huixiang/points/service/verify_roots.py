"""Checking signed roots: against each other, their keys, and the journal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from huixiang.platform.db import Transaction
from huixiang.points.model import (
    FIRST_PREVIOUS,
    Branch,
    Root,
    RootFinding,
    RootOfDay,
    SigningKey,
    Verification,
)
from huixiang.points.rules.merkle import key_id, statement
from huixiang.points.service.roots import Leaves
from huixiang.points.store import proof as store


async def rooted_days(tx: Transaction) -> list[RootOfDay]:
    """The days that have a root."""
    return [RootOfDay(root.day) for root in await store.every_root(tx)]


async def verify_root_chain(tx: Transaction) -> Verification:
    """Whether every root is bound to the one before, is of the day after it, and is signed."""
    keys = await store.signing_keys(tx)
    findings: list[RootFinding] = []
    before: Root | None = None
    for root in await store.every_root(tx):
        findings += [RootFinding(root.day, problem) for problem in _problems(before, root, keys)]
        before = root
    return Verification(differences=len(findings), root_findings=findings)


def _problems(before: Root | None, root: Root, keys: Mapping[str, SigningKey]) -> Iterator[str]:
    if before is not None and (root.day, root.starts_at) != (before.day + timedelta(days=1), before.ends_at):
        yield f"the root before it is of {before.day}"
    if root.previous != (before.root if before else FIRST_PREVIOUS):
        yield "it is not bound to the root before it"
    stated = statement(root)
    if root.root != sha256(stated).digest():
        yield "it is not the hash of what it states"
    key = keys.get(root.key_id)
    if key is None or key_id(key.public_key) != key.key_id or not _signed(key, root.signature, stated):
        yield f"it is not signed with the key {root.key_id}"


def _signed(key: SigningKey, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


async def verify_root(tx: Transaction, day: date) -> Verification:
    """Reckon a day's root again from the journal. A difference is narrowed to the first branch that has one."""
    root = await store.root_of_day(tx, day)
    if root is None:
        return Verification()
    leaves = Leaves()
    await store.copy_leaves(tx, root.starts_at, root.ends_at, leaves.add)
    leaves.end()
    signed = await store.branches_of(tx, day)
    problems = list(_unlike(root, leaves, signed))
    findings = [RootFinding(day, problem) for problem in problems]
    return Verification(roots=1, differences=len(findings), root_findings=findings)


def _unlike(root: Root, leaves: Leaves, signed: list[Branch]) -> Iterator[str]:
    if (root.leaves, root.tree) == (leaves.count, leaves.digest):
        if signed != leaves.branches:
            yield "its branches are not those of its tree"
        return
    place = next(
        (n for n, (one, other) in enumerate(zip(signed, leaves.branches, strict=False)) if one != other),
        min(len(signed), len(leaves.branches)),
    )
    around = [branches[place : place + 2] for branches in (signed, leaves.branches)]
    first = min((part[0].first_member for part in around if part), default=None)
    following = max((part[1].first_member for part in around if len(part) > 1), default=None)
    where = f"from member {first}" + (f" to {following}" if following else " on")
    counts = f"{root.leaves} accounts were signed, {leaves.count} are in the journal"
    yield f"the journal is not what was signed, first {where}; {counts}"

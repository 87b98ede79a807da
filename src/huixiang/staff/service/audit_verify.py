"""Verifying the audit log: every chain walked from its first entry, every root reckoned again."""

from __future__ import annotations

from datetime import date, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from huixiang.platform.db import Transaction
from huixiang.staff.model.audit import FIRST_PREVIOUS, AuditFinding, AuditRoot, AuditVerification, ChainEnd, Link
from huixiang.staff.rules.audit import broken, day_root, key_id, statement
from huixiang.staff.service.audit_roots import root_signer
from huixiang.staff.store import audit as store

FINDINGS_SHOWN = 100


async def verify_audit(tx: Transaction) -> AuditVerification:
    """Walk the whole log. Reads all of it once, in a transaction that sees one moment."""
    walk = _Walk(await store.heads(tx))
    async for link in store.chains(tx):
        walk.take(link)
    walk.end()
    roots = await store.roots(tx)
    walk.judge(roots)
    return AuditVerification(walk.entries, walk.chains, len(roots), walk.differences, walk.findings)


class _Walk:
    """Entries in the order of their chains; what is wrong with them."""

    def __init__(self, heads: dict[tuple[date, str], tuple[int, bytes]]) -> None:
        self.entries = self.chains = self.differences = 0
        self.findings: list[AuditFinding] = []
        self._heads = heads
        self._ends: dict[date, list[ChainEnd]] = {}
        self._last: Link | None = None

    def take(self, link: Link) -> None:
        self.entries += 1
        if self._last and (self._last.day, self._last.actor) != (link.day, link.actor):
            self._close(self._last)
            self._last = None
        if problem := broken(link, self._last):
            self._found(link.day, problem, link.actor, link.seq)
        self._last = link

    def end(self) -> None:
        """There are no more. Heads that are left have lost their whole chain."""
        if self._last:
            self._close(self._last)
        for day, actor in sorted(self._heads):
            self._found(day, "all entries of the chain are missing", actor)

    def _close(self, last: Link) -> None:
        self.chains += 1
        self._ends.setdefault(last.day, []).append(ChainEnd(last.actor, last.seq, last.hash))
        head = self._heads.pop((last.day, last.actor), None)
        if head is None:
            self._found(last.day, "the chain has no head", last.actor)
        elif head != (last.seq, last.hash):
            self._found(last.day, f"the chain ended at entry {head[0]}, with another hash or length", last.actor)

    def judge(self, roots: list[AuditRoot]) -> None:
        """Roots against the ends of the chains, against each other and against the keys that sign."""
        before: AuditRoot | None = None
        signer = root_signer()
        for root in roots:
            if before and root.day != before.day + timedelta(days=1):
                self._found(before.day + timedelta(days=1), "the root of the day is missing")
            previous = before.root if before else FIRST_PREVIOUS
            expected = day_root(root.day, self._ends.pop(root.day, []), previous)
            if (expected.root, expected.ends, root.previous) != (root.root, root.ends, previous):
                self._found(root.day, "the root is not that of the day's entries")
            if not signer.holds(root.key_id):
                self._found(root.day, f"signed with {root.key_id}, which is no key of this installation")
            elif not signed(root):
                self._found(root.day, "the signature is wrong")
            before = root
        for day in sorted(self._ends):
            if before and day <= before.day:
                self._found(day, "the day has entries and no root")

    def _found(self, day: date, problem: str, actor: str | None = None, seq: int | None = None) -> None:
        self.differences += 1
        if len(self.findings) < FINDINGS_SHOWN:
            self.findings.append(AuditFinding(day, actor, seq, problem))


def signed(root: AuditRoot) -> bool:
    if key_id(root.public_key) != root.key_id:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(root.public_key).verify(root.signature, statement(root))
    except (InvalidSignature, ValueError):
        return False
    return True

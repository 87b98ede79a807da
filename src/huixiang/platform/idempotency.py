"""The law of the Idempotency-Key: a command happens once, and its repetition gets the first answer.

`platform.idempotency` holds one row per owner and key, written in the command's own transaction: the key is claimed
before the command decides, the answer is stored after. A second request with the same key waits on the unique key until
the first has ended, then replays. A refusal rolls the claim back with everything else, so its retry is decided anew.
Answers are sealed with AES-256-GCM, because some carry personal data.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag

from huixiang.kernel.errors import DomainError, InvariantBroken
from huixiang.kernel.text import Text
from huixiang.platform.boxes import Box
from huixiang.platform.db import Transaction

KEY_LENGTH_MAX = 128
KEPT = timedelta(days=30)
_DELETED_PER_CALL = 5_000


class IdempotencyKeyRequired(DomainError):
    code = "idempotency_key_required"
    status = 400
    title = Text(zh="缺少幂等键", en="Idempotency key required")
    detail = Text(
        zh="改变状态的请求必须带请求头 Idempotency-Key。",
        en="A request that changes state needs the header Idempotency-Key.",
    )


class IdempotencyKeyMalformed(DomainError):
    code = "idempotency_key_malformed"
    status = 400
    title = Text(zh="幂等键格式错误", en="Malformed idempotency key")
    detail = Text(
        zh="Idempotency-Key 须出现一次，长度 1 至 128，只含可打印的 ASCII 字符。",
        en="Idempotency-Key must be given once, 1 to 128 printable ASCII characters long.",
    )


class IdempotencyConflict(DomainError):
    code = "idempotency_conflict"
    status = 409
    title = Text(zh="幂等键冲突", en="Idempotency conflict")
    detail = Text(
        zh="该 Idempotency-Key 已用于另一个请求。",
        en="This Idempotency-Key was used for another request.",
    )


class Asked(msgspec.Struct, frozen=True):
    """The key of a request, and the hash of what it asks."""

    key: str
    input_hash: bytes


class Command(msgspec.Struct, frozen=True):
    """What identifies one command: its owner (member, or caller where no member is involved), key and input."""

    owner: UUID
    key: str
    input_hash: bytes
    keep_forever: bool = False


class Answer(msgspec.Struct, frozen=True):
    """The first answer of a command: its HTTP status and JSON body."""

    status: int
    body: bytes


def single_key(values: Sequence[str]) -> str:
    """The key out of the values of the header. Raises IdempotencyKeyRequired or IdempotencyKeyMalformed."""
    if not values:
        raise IdempotencyKeyRequired
    key = values[0]
    if len(values) > 1 or not 1 <= len(key) <= KEY_LENGTH_MAX or not (key.isascii() and key.isprintable()):
        raise IdempotencyKeyMalformed
    return key


def hash_input(method: str, target: str, canonical_body: bytes) -> bytes:
    """SHA-256 over what was asked: method, path with query, and the body in canonical form."""
    return sha256(b"%s %s\n%s" % (method.encode(), target.encode(), canonical_body)).digest()


class IdempotencyLog:
    """Claims keys and keeps answers, sealed under 32 secret bytes that are the installation's for this purpose."""

    def __init__(self, secret: bytes) -> None:
        self._box = Box(secret)

    async def claim(self, tx: Transaction, command: Command) -> Answer | None:
        """None where the key is now ours, else the first answer. Raises IdempotencyConflict for another input.

        Waits while another transaction holds the same key. A key past its time is free again.
        """
        claimed = await tx.fetchval(
            """
            INSERT INTO platform.idempotency AS kept (member_id, key, input_hash, recorded_at, expires_at)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (member_id, key) DO UPDATE
            SET input_hash = excluded.input_hash, status = NULL, answer = NULL,
                recorded_at = excluded.recorded_at, expires_at = excluded.expires_at
            WHERE kept.expires_at <= excluded.recorded_at
            RETURNING true
            """,
            command.owner,
            command.key,
            command.input_hash,
            tx.now,
            None if command.keep_forever else tx.now + KEPT,
        )
        return None if claimed else await self._first_answer(tx, command)

    async def keep(self, tx: Transaction, command: Command, answer: Answer) -> None:
        """Store the answer of a command whose key this transaction claimed."""
        await tx.execute(
            "UPDATE platform.idempotency SET status = $3, answer = $4 WHERE member_id = $1 AND key = $2",
            command.owner,
            command.key,
            answer.status,
            self._box.seal(answer.body, _bound_to(command)),
        )

    async def knows(self, tx: Transaction, owner: UUID, asked: Asked) -> bool:
        """Whether the very same command was answered before."""
        known: bool = await tx.fetchval(
            """
            SELECT EXISTS (
                SELECT FROM platform.idempotency
                WHERE member_id = $1 AND key = $2 AND input_hash = $3 AND (expires_at IS NULL OR expires_at > $4)
            )
            """,
            owner,
            asked.key,
            asked.input_hash,
            tx.now,
        )
        return known

    async def _first_answer(self, tx: Transaction, command: Command) -> Answer:
        row = await tx.fetchrow(
            "SELECT input_hash, status, answer FROM platform.idempotency WHERE member_id = $1 AND key = $2",
            command.owner,
            command.key,
        )
        if row is None or row["answer"] is None:
            raise InvariantBroken("an idempotency key was committed without its answer")
        if row["input_hash"] != command.input_hash:
            raise IdempotencyConflict
        sealed: bytes = row["answer"]
        try:
            body = self._box.open(sealed, _bound_to(command))
        except InvalidTag as error:
            raise InvariantBroken("a stored answer does not open: other secret, or damaged row") from error
        return Answer(row["status"], body)


def _bound_to(command: Command) -> bytes:
    return command.owner.bytes + command.key.encode()


async def delete_expired_keys(tx: Transaction) -> int:
    """Remove keys past their time, a bounded number of them; how many went. The worker calls it until it returns 0."""
    return await tx.execute(
        """
        WITH due AS MATERIALIZED (
            SELECT member_id, key FROM platform.idempotency
            WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        DELETE FROM platform.idempotency
        WHERE (member_id, key) IN (TABLE due)
        """,
        tx.now,
        _DELETED_PER_CALL,
    )

"""What may become of an instruction to charge or to give back (CHK-09)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal
from uuid import UUID, uuid5

import msgspec

from huixiang.checkout.model.instructions import (
    Instruction,
    InstructionPaidBefore,
    InstructionStateFixed,
    Kind,
    PaymentInFuture,
    State,
)
from huixiang.checkout.rules.settling import in_future

Act = Literal["confirm", "fail", "retry", "void"]

# What is not here is refused. A payment that comes after a failure, or after the instruction was voided, did come: that
# is a fact, and what to do about it follows. A give-back is owed until it is made, so it is never voided.
MOVES: Mapping[tuple[State, Act], State] = MappingProxyType(
    {
        ("sent", "confirm"): "confirmed",
        ("sent", "fail"): "failed",
        ("sent", "void"): "voided",
        ("failed", "confirm"): "confirmed",
        ("failed", "retry"): "sent",
        ("failed", "void"): "voided",
        ("voided", "confirm"): "confirmed",
    }
)
BACK = "back"  # the end of the key of what gives a charge back


def instruction_id(order_id: UUID, key: str) -> UUID:
    """Who asks twice asks for one."""
    return uuid5(order_id, key)


def asked(member_id: UUID, order_id: UUID, key: str, kind: Kind, fen: int, cause: str, now: datetime) -> Instruction:
    """An instruction as it is first sent."""
    return Instruction(
        instruction_id=instruction_id(order_id, key),
        order_id=order_id,
        member_id=member_id,
        key=key,
        kind=kind,
        fen=fen,
        cause=cause,
        state="sent",
        tries=1,
        asked_at=now,
        sent_at=now,
    )


def confirmed(one: Instruction, reference: str, paid_at: datetime, now: datetime) -> Instruction:
    """By a payment; the same one again changes nothing. Raises InstructionPaidBefore, PaymentInFuture."""
    if one.state == "confirmed":
        if one.reference != reference:
            raise InstructionPaidBefore(instruction_id=one.instruction_id, reference=one.reference)
        return one
    if in_future(paid_at, now):
        raise PaymentInFuture(paid_at=paid_at)
    return msgspec.structs.replace(
        one, state=_moved(one, "confirm"), reference=reference, paid_at=paid_at, settled_at=now
    )


def failed(one: Instruction, reason: str) -> Instruction:
    """The same failure again changes nothing. Raises InstructionStateFixed."""
    if one.state == "failed" and one.reason == reason:
        return one
    return msgspec.structs.replace(one, state=_moved(one, "fail"), reason=reason)


def retried(one: Instruction, now: datetime) -> Instruction:
    """Sent again. Raises InstructionStateFixed."""
    return msgspec.structs.replace(one, state=_moved(one, "retry"), tries=one.tries + 1, sent_at=now)


def voided(one: Instruction, now: datetime) -> Instruction:
    """A charge that nobody needs any more; again changes nothing. Raises InstructionStateFixed for a give-back."""
    if one.state == "voided":
        return one
    if one.kind != "charge":
        raise InstructionStateFixed(instruction_id=one.instruction_id, state=one.state)
    return msgspec.structs.replace(one, state=_moved(one, "void"), settled_at=now)


def _moved(one: Instruction, act: Act) -> State:
    state = MOVES.get((one.state, act))
    if state is None:
        raise InstructionStateFixed(instruction_id=one.instruction_id, state=one.state)
    return state

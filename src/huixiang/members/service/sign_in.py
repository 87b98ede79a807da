"""Signing in with a code that was sent to a phone: who has none yet becomes a member by it.

Nothing on the way depends on whether the phone is a member's, until the code is right. Codes are judged many at once:
one alone is a batch of one (`together`).
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from huixiang.kernel import base64url
from huixiang.kernel.errors import DomainError, InvalidInput, InvariantBroken
from huixiang.kernel.ids import new_id
from huixiang.members import store
from huixiang.members.model import Ability, IdentityTaken, MemberRef, NewMember, StateRefuses
from huixiang.members.model.identities import IdentitiesFull, IdentitySourceHeld
from huixiang.members.model.messages import SIGN_IN_CODE
from huixiang.members.model.sign_in import (
    Attempt,
    CodeAsked,
    CodeProof,
    CodeRequest,
    SignedIn,
    SignInCodeRefused,
    StoredCode,
)
from huixiang.members.rules import normal_phone
from huixiang.members.rules import sign_in as rules
from huixiang.members.service.arriving import arrived, origins
from huixiang.members.service.attaching import attach
from huixiang.members.service.look_up import Identified, identify
from huixiang.members.service.registration import register_bulk
from huixiang.members.service.sessions import Opening, open_sessions, signed_in
from huixiang.members.service.tickets import open_ticket
from huixiang.members.service.vault import vault
from huixiang.messaging import service as messaging
from huixiang.messaging.model import Channel
from huixiang.platform.db import Transaction

CHALLENGE_BYTES = 16
FORGOTTEN_PER_CALL = 5_000

Verdict = SignedIn | DomainError
AddressPace = Literal["asked_address", "failed_address"]


async def ask_code(tx: Transaction, request: CodeRequest, address: str) -> CodeAsked:
    """Send a code to a phone, whoever's it is. address: what counts as who asks. Raises InvalidInput,
    SignInTooOften, and ChannelNotConfigured where nothing carries it."""
    phone = _normal(request.phone)
    by_phone: store.PaceKey = ("asked_phone", vault().phone_key(phone)[1])
    by_address: store.PaceKey = ("asked_address", vault().address_key(address))
    paces = await store.lock_paces(tx, [by_phone, by_address])
    rules.require_pace(*paces.values(), now=tx.now)
    counted = {key: rules.paced(rules.PACING[key[0]], pace, tx.now) for key, pace in paces.items()}
    await store.save_paces(tx, counted, _KEPT_FOR)
    made = await make_code(tx, phone)
    await _send(tx, phone, made.code, made.expires_at)
    return CodeAsked(made.challenge, made.expires_at, counted[by_phone].free_at)


class MadeCode(msgspec.Struct, frozen=True):
    """A code that lets in whoever reads it at its phone, until `expires_at`."""

    challenge: str
    code: str
    expires_at: datetime


async def make_code(tx: Transaction, phone: str) -> MadeCode:
    """Keep a new code for a phone, given as E.164. It is sent by whoever calls this, and told to nobody else."""
    challenge, code = secrets.token_bytes(CHALLENGE_BYTES), f"{secrets.randbelow(10**6):06d}"
    kept = StoredCode(
        code_hash=vault().sign_in_hash(challenge, phone, code),
        expires_at=tx.now + rules.CODE_LIFE,
        guesses=0,
        used_at=None,
    )
    await store.insert_code(tx, challenge, kept, kept.expires_at + rules.CODE_KEPT)
    return MadeCode(base64url.encode(challenge), code, kept.expires_at)


def attempt_of(proof: CodeProof, address: str, now: datetime) -> Attempt:
    """A code as it was tried, in normal form; `address` as in `ask_code`. Raises InvalidInput, and ProviderRefused for
    a ticket that does not hold."""
    phone = _normal(proof.phone)
    challenge = base64.urlsafe_b64decode(proof.challenge + "==")
    attempt = Attempt(
        challenge=challenge,
        code_hash=vault().sign_in_hash(challenge, phone, proof.code),
        phone=phone,
        address=vault().address_key(address),
        device=proof.device,
        arrival=proof.arrival,
    )
    if proof.ticket is None:
        return attempt
    vouched = open_ticket(proof.ticket, now)
    return msgspec.structs.replace(attempt, method=vouched.provider, identities=vouched.identities)


async def judge_one(tx: Transaction, attempt: Attempt) -> DomainError | None:
    """Why a code that was tried does not hold; None where it does, and is used up. Wrong guesses are noted: keep the
    transaction, whatever this says."""
    verdicts: dict[int, Verdict] = await _held_up(tx, [attempt])
    await _judge(tx, [attempt], verdicts)
    refusal = verdicts.get(0)
    return refusal if isinstance(refusal, DomainError) else None


async def verify_many(tx: Transaction, attempts: Sequence[Attempt]) -> list[Verdict]:
    """What becomes of each attempt, in order, as if they had come one after the other. Wrong guesses are noted: keep
    the transaction, whatever this says of them."""
    verdicts: dict[int, Verdict] = await _held_up(tx, attempts)
    right = await _judge(tx, attempts, verdicts)
    admitted: list[tuple[int, Identified, bool]] = []
    for place, (member, registered) in (await _members_of(tx, attempts, right)).items():
        if isinstance(member, DomainError):
            verdicts[place] = member
        elif not member.may(Ability.SIGN_IN):
            verdicts[place] = StateRefuses(state=member.state, ability=Ability.SIGN_IN)
        elif (refusal := await _attached(tx, member, attempts[place])) is not None:
            verdicts[place] = refusal
        else:
            admitted.append((place, member, registered))
    for place, member, registered in admitted:
        if not registered:
            await arrived(tx, member.member_id, attempts[place].device.kind, attempts[place].arrival)
    if admitted:
        openings = [
            Opening(member.member_id, attempts[place].device, attempts[place].method) for place, member, _ in admitted
        ]
        for (place, _, registered), session in zip(admitted, await open_sessions(tx, openings), strict=True):
            verdicts[place] = signed_in(session, registered=registered)
    return [verdicts[place] for place in range(len(attempts))]


async def forget_sign_in(tx: Transaction) -> int:
    """Remove codes, counts, visits and sessions that are kept no longer, a bounded number; how many. Call it until it
    gives 0."""
    gone = await store.delete_sign_in(tx, FORGOTTEN_PER_CALL) + await store.delete_flows(tx, FORGOTTEN_PER_CALL)
    gone += await store.delete_challenges(tx, FORGOTTEN_PER_CALL)
    return gone + await store.delete_sessions(tx, tx.now - rules.SESSION_KEPT, FORGOTTEN_PER_CALL)


async def _held_up(tx: Transaction, attempts: Sequence[Attempt]) -> dict[int, Verdict]:
    """Those that come from where too much was wrong before."""
    keys: set[store.PaceKey] = {("failed_address", attempt.address) for attempt in attempts}
    paces = await store.find_paces(tx, sorted(keys))
    held_up: dict[int, Verdict] = {}
    for place, attempt in enumerate(attempts):
        try:
            rules.require_pace(paces.get(("failed_address", attempt.address)), now=tx.now)
        except DomainError as refusal:
            held_up[place] = refusal
    return held_up


async def _judge(tx: Transaction, attempts: Sequence[Attempt], verdicts: dict[int, Verdict]) -> list[int]:
    """The places of those that are right; the others' refusals stand in `verdicts`."""
    left = [place for place in range(len(attempts)) if place not in verdicts]
    codes = await store.lock_codes(tx, [attempts[place].challenge for place in left]) if left else {}
    changed: dict[bytes, StoredCode] = {}
    right: list[int] = []
    wrong: list[Attempt] = []
    for place in left:
        attempt = attempts[place]
        before = codes.get(attempt.challenge)
        kept, refusal = rules.judge_code(before, attempt.code_hash, tx.now)
        if kept is not None and kept != before:
            codes[attempt.challenge] = changed[attempt.challenge] = kept
        if refusal is None:
            right.append(place)
            continue
        verdicts[place] = SignInCodeRefused(reason=refusal)
        wrong.append(attempt)
    if changed:
        await store.save_codes(tx, changed)
    if right:
        # Whoever reads the phone's messages need not wait for the next code.
        done: list[store.PaceKey] = [("asked_phone", vault().phone_key(attempts[place].phone)[1]) for place in right]
        await store.delete_paces(tx, done)
    await _count_wrong(tx, wrong)
    return right


async def _count_wrong(tx: Transaction, wrong: Sequence[Attempt]) -> None:
    if not wrong:
        return
    keys: set[store.PaceKey] = {("failed_address", attempt.address) for attempt in wrong}
    paces = dict(await store.lock_paces(tx, sorted(keys)))
    for attempt in wrong:
        key: store.PaceKey = ("failed_address", attempt.address)
        paces[key] = rules.paced(rules.PACING["failed_address"], paces[key], tx.now)
    await store.save_paces(tx, paces, _KEPT_FOR)


async def _members_of(
    tx: Transaction, attempts: Sequence[Attempt], places: Sequence[int]
) -> dict[int, tuple[Identified | DomainError, bool]]:
    """The member of each phone, and whether it became one just now; or why it could not."""
    if not places:
        return {}
    refs = [MemberRef(phone=attempts[place].phone) for place in places]
    found = dict(zip(places, await identify(tx, refs), strict=True))
    known: dict[int, tuple[Identified | DomainError, bool]] = {
        place: (member, False) for place, member in found.items() if member is not None
    }
    new = [place for place in places if place not in known]
    return known | (await _join(tx, attempts, new) if new else {})


async def _join(
    tx: Transaction, attempts: Sequence[Attempt], places: Sequence[int]
) -> dict[int, tuple[Identified | DomainError, bool]]:
    came = await origins(tx, [attempts[place].arrival for place in places])
    rows = [
        NewMember(
            channel=attempts[place].device.kind,
            phone=attempts[place].phone,
            external_ids=attempts[place].identities,
            origin=origin,
        )
        for place, origin in zip(places, came, strict=True)
    ]
    made = await register_bulk(tx, rows)
    # Also those that were refused: the phone was taken meanwhile by another sign-in with it, and it is their member.
    found = await identify(tx, [MemberRef(phone=attempts[place].phone) for place in places])
    joined: dict[int, tuple[Identified | DomainError, bool]] = {}
    for place, registration, member in zip(places, made, found, strict=True):
        if member is not None:
            joined[place] = (member, registration.outcome == "created")
        elif registration.refusal is not None:
            joined[place] = (registration.refusal, False)
        else:
            raise InvariantBroken("a member who has just registered is found by their phone")
    return joined


async def _attached(tx: Transaction, member: Identified, attempt: Attempt) -> DomainError | None:
    """Let what a provider calls the person find the member, too; why it cannot."""
    if attempt.identities:
        try:
            await attach(tx, member.member_id, attempt.identities)
        except (IdentityTaken, IdentitySourceHeld, IdentitiesFull) as refusal:
            return refusal
    return None


async def _send(tx: Transaction, phone: str, code: str, expires_at: datetime) -> None:
    """To an owner of its own, whether or not the phone is a member's: the same is done for both."""
    minutes = rules.CODE_LIFE // timedelta(minutes=1)
    worded = await messaging.word(tx, SIGN_IN_CODE, {"code": code, "minutes": str(minutes)})
    await messaging.say(
        tx, new_id(), worded, key="sign-in-code", channel=Channel.SMS, address=phone, expires_at=expires_at
    )


_KEPT_FOR: timedelta = max(pacing.forgotten_after for pacing in rules.PACING.values())


def _normal(text: str) -> str:
    phone = normal_phone(text)
    if phone is None:
        raise InvalidInput(path="$.phone", problem="not a phone number")
    return phone

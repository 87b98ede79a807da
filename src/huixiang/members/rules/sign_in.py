"""What lets somebody in: a code sent to a phone, how fast codes may be asked for and tried, refresh tokens."""

from __future__ import annotations

import hmac
import re
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from huixiang.members.model.sign_in import Pace, PaceKind, Pacing, Rotation, Session, SignInTooOften, StoredCode

CODE_LIFE = timedelta(minutes=5)
CODE_GUESSES = 5
CODE_KEPT = timedelta(minutes=5)  # after it has run out, so that it is told from one that never was

# A phone gets some eleven codes a day, and five guesses at each: one in 18,000 to get in as somebody else. Many people
# come from one address of a mobile network or a store, so an address may do more, and waits less.
PACING: dict[PaceKind, Pacing] = {
    "asked_phone": Pacing(0, timedelta(minutes=1), timedelta(days=1), timedelta(days=1)),
    "asked_address": Pacing(100, timedelta(seconds=1), timedelta(minutes=10), timedelta(hours=1)),
    "failed_address": Pacing(20, timedelta(seconds=1), timedelta(minutes=15), timedelta(hours=1)),
    # A till that serves a queue asks a few times a minute; whoever walks through all tails asks ten thousand times.
    "tail": Pacing(30, timedelta(seconds=1), timedelta(minutes=1), timedelta(minutes=10)),
    # Codes of coupons: who types from a leaflet errs a few times; a million codes of 65 bits are met once in 3 x 10^13.
    "guessed_member": Pacing(5, timedelta(seconds=2), timedelta(minutes=15), timedelta(hours=1)),
    "guessed_address": Pacing(30, timedelta(seconds=1), timedelta(minutes=15), timedelta(hours=1)),
}

# How long somebody may be at a provider's page, and how long they may then take to say who they are here.
VISIT_LIFE = timedelta(minutes=10)
TICKET_LIFE = timedelta(minutes=15)
PASSKEY_LIFE = timedelta(minutes=5)  # of a challenge

# What settles somebody in asks for a sign-in or a proof no older than this.
FRESH_FOR = timedelta(minutes=10)

REFRESH_LIFE = timedelta(days=30)
SESSION_LIFE = timedelta(days=180)
# A client that lost the answer asks again with the token it has; it gets the same answer.
REPEATED_WITHIN = timedelta(seconds=10)
SESSION_KEPT = timedelta(days=30)  # after it has run out, or was ended
DEVICES_MAX = 10

_OWN_PATH = re.compile(r"/m/(?!/)[A-Za-z0-9._~/-]*(\?[A-Za-z0-9._~=&%-]*)?")

CodeRefusal = Literal["wrong", "expired", "used", "guessed"]


def judge_code(
    stored: StoredCode | None, guess_hash: bytes, now: datetime
) -> tuple[StoredCode | None, CodeRefusal | None]:
    """What is kept of a code after a guess, and why the guess does not hold; None where it does."""
    if stored is None:
        return None, "wrong"
    if stored.used_at is not None:
        return stored, "used"
    if stored.guesses >= CODE_GUESSES:
        return stored, "guessed"
    if now >= stored.expires_at:
        return stored, "expired"
    if hmac.compare_digest(stored.code_hash, guess_hash):
        return msgspec.structs.replace(stored, used_at=now), None
    guesses = stored.guesses + 1
    return msgspec.structs.replace(stored, guesses=guesses), "guessed" if guesses >= CODE_GUESSES else "wrong"


def paced(pacing: Pacing, before: Pace | None, now: datetime) -> Pace:
    """How it stands once something is done once more."""
    done = 0 if before is None or now >= before.last_at + pacing.forgotten_after else before.counted
    beyond = done - pacing.freely
    # Doubling is stopped before it leaves what an interval can hold.
    wait = timedelta(0) if beyond < 0 else min(pacing.first * 2 ** min(beyond, 24), pacing.longest)
    return Pace(done + 1, now, now + wait)


def require_pace(*paces: Pace | None, now: datetime) -> None:
    """Raises SignInTooOften where one of them says to wait."""
    left = max((pace.free_at - now for pace in paces if pace is not None), default=timedelta(0))
    if left > timedelta(0):
        raise SignInTooOften(retry_after_s=-(-left // timedelta(seconds=1)))


def is_own_path(path: str) -> bool:
    """Whether a path leads to the member pages: nothing that a browser could take for another host, or for a way out
    of them."""
    return _OWN_PATH.fullmatch(path) is not None and "/../" not in f"{path.partition('?')[0]}/"


def fresh_until(session: Session) -> datetime:
    return max(session.created_at, session.proven_at or session.created_at) + FRESH_FOR


def is_way_in(kind: str, source: str | None) -> bool:
    """Whether somebody can sign in by what finds a member: a phone, or a name that a provider gives."""
    return kind == "phone" or (source or "").partition(".")[0] in ("wechat", "alipay")


def refresh_until(created_at: datetime, now: datetime) -> datetime:
    """Until when a refresh token made now is good."""
    return min(now + REFRESH_LIFE, created_at + SESSION_LIFE)


def judge_refresh(session: Session | None, generation: int, now: datetime) -> Rotation:
    """What a refresh token of ours does, of this generation of the session."""
    if session is None or session.ended_at is not None or now >= session.expires_at:
        return Rotation.REFUSED
    if generation == session.generation:
        return Rotation.ROTATES
    if generation == session.generation - 1 and now < session.rotated_at + REPEATED_WITHIN:
        return Rotation.REPEATS
    return Rotation.REUSED if generation < session.generation else Rotation.REFUSED

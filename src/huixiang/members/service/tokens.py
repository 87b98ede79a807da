"""Access tokens of members: short-lived, signed, for one installation."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from datetime import datetime, timedelta
from uuid import UUID

import jwt
import msgspec

from huixiang.members import rules, store
from huixiang.members.model import Ability
from huixiang.members.service.look_up import Identified
from huixiang.members.service.vault import vault
from huixiang.platform.access import MemberPrincipal, NotAuthenticated
from huixiang.platform.db import Database, Transaction

ISSUER = "huixiang"
AUDIENCE = "huixiang-member"
# One algorithm, whatever a token's header says.
ALGORITHM = "HS256"
TYPE = "at+jwt"
CACHE_LIFE = timedelta(seconds=5)
CACHE_SIZE = 10_000


class Claims(
    msgspec.Struct,
    frozen=True,
    rename={"member_id": "sub", "issued_at": "iat", "expires_at": "exp", "session_id": "sid"},
):
    """What a token says, once its signature has been found right. Times in seconds since 1970. session_id: of the
    device that signed in."""

    member_id: UUID
    issued_at: int
    expires_at: int
    session_id: UUID | None = None


class RecentTokens:
    """Whom the last few tokens named, and whether that member may sign in, so that a request costs neither query nor
    signature. A member who is blocked, and a device that was signed out, is let in for at most `CACHE_LIFE`. Holds
    hashes, never tokens."""

    def __init__(self) -> None:
        self._entries: OrderedDict[bytes, tuple[datetime, Claims, bool]] = OrderedDict()

    def recall(self, token: str, now: datetime) -> tuple[Claims, bool] | None:
        entry = self._entries.get(_digest(token))
        return entry[1:] if entry and entry[0] <= now < entry[0] + CACHE_LIFE else None

    def keep(self, token: str, claims: Claims, *, admitted: bool, now: datetime) -> None:
        self._entries[_digest(token)] = (now, claims, admitted)
        self._entries.move_to_end(_digest(token))
        while len(self._entries) > CACHE_SIZE:
            self._entries.popitem(last=False)


_recent = RecentTokens()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def issue_token(
    member_id: UUID, now: datetime, life: timedelta = rules.TOKEN_LIFE, session_id: UUID | None = None
) -> str:
    """A token that is good for `life`, at most a day, and no longer than the session that it is of. Whoever calls this
    has made sure that it is the member."""
    if not timedelta(0) < life <= rules.TOKEN_LIFE_MAX:
        raise ValueError(f"a member token lives at most {rules.TOKEN_LIFE_MAX}, asked for {life}")
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(member_id),
        "iat": int(now.timestamp()),
        "exp": int((now + life).timestamp()),
    }
    if session_id is not None:
        claims["sid"] = str(session_id)
    return jwt.encode(claims, vault().token_secret, ALGORITHM, headers={"typ": TYPE})


async def authenticate_token(db: Database, token: str, now: datetime) -> MemberPrincipal:
    """The member behind a token. Raises NotAuthenticated, whatever is wrong with it, where the member's state
    forbids to sign in, and where the device was signed out."""
    recalled = _recent.recall(token, now)
    claims, admitted = recalled or (_read(token), None)
    if not rules.token_holds(claims.issued_at, claims.expires_at, now):
        raise NotAuthenticated
    if admitted is None:
        async with db.single_read(now=now) as tx:
            admitted = await is_admitted(tx, claims.member_id, claims.session_id)
        _recent.keep(token, claims, admitted=admitted, now=now)
    if not admitted:
        raise NotAuthenticated
    return MemberPrincipal(claims.member_id, claims.session_id)


async def is_admitted(tx: Transaction, member_id: UUID, session_id: UUID | None) -> bool:
    """Whether the member may be signed in, and the device is, where one is named. One statement."""
    state = await store.state_of(tx, member_id, session_id)
    return state is not None and Identified(member_id, state, None).may(Ability.SIGN_IN)


def _read(token: str) -> Claims:
    """The claims of a token that this installation signed for members; its times are compared elsewhere, with the
    program's own clock."""
    try:
        read = jwt.decode_complete(
            token,
            vault().token_secret,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={
                "require": ["iss", "aud", "sub", "iat", "exp"],
                "strict_aud": True,
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        claims = msgspec.convert(read["payload"], Claims)
    except (jwt.InvalidTokenError, msgspec.ValidationError):
        raise NotAuthenticated from None
    if read["header"].get("typ") != TYPE:
        raise NotAuthenticated
    return claims

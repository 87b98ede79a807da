"""Access tokens of members: short-lived, signed, for one installation."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from uuid import UUID

import jwt

from huixiang.members import rules
from huixiang.members.model import Ability
from huixiang.members.service.look_up import able
from huixiang.members.service.vault import vault
from huixiang.platform.access import MemberPrincipal, NotAuthenticated
from huixiang.platform.db import Database

ISSUER = "huixiang"
AUDIENCE = "huixiang-member"
# One algorithm, whatever a token's header says.
ALGORITHM = "HS256"
CACHE_LIFE = timedelta(seconds=5)
CACHE_SIZE = 10_000


class RecentMembers:
    """Who was able to sign in a moment ago, so that a request costs no query. A member who is blocked is let in for at
    most `CACHE_LIFE`."""

    def __init__(self) -> None:
        self._entries: OrderedDict[UUID, tuple[datetime, bool]] = OrderedDict()

    def recall(self, member_id: UUID, now: datetime) -> bool | None:
        entry = self._entries.get(member_id)
        return entry[1] if entry and entry[0] <= now < entry[0] + CACHE_LIFE else None

    def keep(self, member_id: UUID, *, admitted: bool, now: datetime) -> None:
        self._entries[member_id] = (now, admitted)
        self._entries.move_to_end(member_id)
        while len(self._entries) > CACHE_SIZE:
            self._entries.popitem(last=False)


_recent = RecentMembers()


def issue_token(member_id: UUID, now: datetime, life: timedelta = rules.TOKEN_LIFE) -> str:
    """A token that is good for `life`, at most a day. Whoever calls this has made sure that it is the member."""
    if not timedelta(0) < life <= rules.TOKEN_LIFE_MAX:
        raise ValueError(f"a member token lives at most {rules.TOKEN_LIFE_MAX}, asked for {life}")
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(member_id),
        "iat": int(now.timestamp()),
        "exp": int((now + life).timestamp()),
    }
    return jwt.encode(claims, vault().token_secret, ALGORITHM, headers={"typ": "at+jwt"})


async def authenticate_token(db: Database, token: str, now: datetime) -> MemberPrincipal:
    """The member behind a token. Raises NotAuthenticated, whatever is wrong with it, and where the member's state
    forbids to sign in."""
    member_id = _read(token, now)
    admitted = _recent.recall(member_id, now)
    if admitted is None:
        async with db.transaction(now=now, read_only=True) as tx:
            admitted = bool(await able(tx, [member_id], Ability.SIGN_IN))
        _recent.keep(member_id, admitted=admitted, now=now)
    if not admitted:
        raise NotAuthenticated
    return MemberPrincipal(member_id)


def _read(token: str, now: datetime) -> UUID:
    try:
        claims = jwt.decode(
            token,
            vault().token_secret,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            # Times are compared below, with the program's own clock.
            options={
                "require": ["iss", "aud", "sub", "iat", "exp"],
                "strict_aud": True,
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        if jwt.get_unverified_header(token).get("typ") != "at+jwt":
            raise NotAuthenticated
        if rules.token_holds(claims["iat"], claims["exp"], now):
            return UUID(claims["sub"])
    except (jwt.InvalidTokenError, ValueError, TypeError):
        raise NotAuthenticated from None
    raise NotAuthenticated

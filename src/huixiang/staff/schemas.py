"""HTTP shapes of staff."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.staff.model import Session
from huixiang.staff.model.passkeys import StaffPasskeyProof

Environment = Literal["demo", "test", "production"]
Password = Annotated[str, Meta(min_length=1, max_length=200)]
Code = Annotated[str, Meta(pattern=r"^[0-9]{6}$(?!\n)")]


class SignInRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`code`: the six digits that the authenticator app shows; or `passkey`, in their place."""

    username: Annotated[str, Meta(min_length=1, max_length=64)]
    password: Password
    code: Code | None = None
    passkey: StaffPasskeyProof | None = None


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The password again, and one of the two others."""

    password: Password
    code: Code | None = None
    passkey: StaffPasskeyProof | None = None


class SessionView(msgspec.Struct, frozen=True):
    """Who is signed in. `csrf_token` goes into the header X-CSRF-Token of every request that changes anything.
    `stores`: the ids of those that the account is limited to, null for all of them. `password_due`: the password is a
    first one, to be changed before anything else."""

    staff_id: UUID
    username: str
    display_name: str
    role: str
    permissions: list[str]
    csrf_token: str
    environment: Environment
    stores: list[str] | None = None
    password_due: bool = False


def shown(session: Session, environment: Environment) -> SessionView:
    account = session.account
    return SessionView(
        account.staff_id,
        account.username,
        account.display_name,
        account.role,
        sorted(session.permissions),
        session.csrf_token,
        environment,
        None if account.stores is None else sorted(account.stores),
        account.password_until is not None,
    )

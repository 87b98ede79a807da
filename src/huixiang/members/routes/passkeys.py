"""Passkeys of members, and signing in by them."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.members import service
from huixiang.members.model.passkeys import NewPasskey, Passkey, PasskeyOptions, PasskeyProof
from huixiang.members.model.sign_in import SignedIn
from huixiang.members.routes.noting import ids_of
from huixiang.members.service import fresh
from huixiang.platform.access import member, public
from huixiang.platform.edge import Edge
from huixiang.platform.security_log import noted


@post("/api/member/v1/me/passkeys/options", status_code=200, **member())
async def begin_my_passkey(edge: NamedDependency[Edge]) -> PasskeyOptions:
    """What my browser is asked with to make a passkey (MEM-03). Asks for a fresh sign-in. Needs no key: a repetition is
    another challenge."""
    return await edge.transact(lambda tx: fresh.passkey_creation(tx, edge.member))


@post("/api/member/v1/me/passkeys", **member())
async def add_my_passkey(edge: NamedDependency[Edge], data: JSONBody[NewPasskey]) -> Response[Passkey]:
    """Keep the passkey that my browser has made (MEM-03). Asks for a fresh sign-in."""
    owner = edge.member.member_id
    return await edge.command(lambda tx: fresh.add_passkey(tx, edge.member, data), owner=owner)


@get("/api/member/v1/me/passkeys", **member())
async def list_my_passkeys(edge: NamedDependency[Edge]) -> list[Passkey]:
    """My passkeys, in the order that they were made in (MEM-03)."""
    return await edge.query(lambda tx: service.passkeys(tx, edge.member.member_id))


@delete("/api/member/v1/me/passkeys/{passkey_id:uuid}", **member())
async def remove_my_passkey(edge: NamedDependency[Edge], passkey_id: FromPath[UUID]) -> None:
    """Remove one of my passkeys; who is signed in by it stays so (MEM-03). Asks for a fresh sign-in; the last way to
    sign in stays. Needs no key: a repetition changes nothing."""
    await edge.transact(lambda tx: fresh.remove_passkey(tx, edge.member, passkey_id))


@post("/api/member/v1/sign-in/passkey/options", status_code=200, **public())
async def begin_passkey_sign_in(edge: NamedDependency[Edge]) -> PasskeyOptions:
    """What a browser is asked with to sign in by a passkey (MEM-03). Names nobody: the device knows whose it is."""
    return await edge.transact(service.passkey_request)


@post("/api/member/v1/sign-in/passkey", status_code=200, **public())
async def sign_in_by_passkey(edge: NamedDependency[Edge], data: JSONBody[PasskeyProof]) -> SignedIn:
    """Sign in by a passkey: the device has looked at its owner's face, finger or code (MEM-03)."""
    signing_in = edge.transact(lambda tx: service.sign_in_by_passkey(tx, data))
    return await noted("member", "passkey", signing_in, named=ids_of)


ROUTES = [
    begin_my_passkey,
    add_my_passkey,
    list_my_passkeys,
    remove_my_passkey,
    begin_passkey_sign_in,
    sign_in_by_passkey,
]

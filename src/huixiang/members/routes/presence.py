"""What members show to prove that they are there: the code on their card, a one-time code."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.params import FromPath

from huixiang.members import service
from huixiang.members.model import CardCode, OneTimeCode
from huixiang.members.model.card import CardKeys
from huixiang.members.model.step_up import SentCode
from huixiang.platform.access import member, public, system
from huixiang.platform.edge import Edge

# The next key is published long before it signs, so that an answer may be an hour old.
KEYS_KEPT = CacheControlHeader(public=True, max_age=3600)


@get("/api/member/v1/me/code", **member())
async def read_my_code(edge: NamedDependency[Edge]) -> CardCode:
    """The code that my card shows now, for a till or a gate to scan. Each second has another (MEM-04)."""
    return await edge.query_once(lambda tx: service.card_code(tx, edge.member.member_id))


@get("/.well-known/card-keys.json", cache_control=KEYS_KEPT, **public(counted=False))
async def list_card_keys(edge: NamedDependency[Edge]) -> CardKeys:
    """The public keys that verify the codes of cards without asking anybody (MEM-04).

    The one that signs, the one after, and for a week the one before. Fetch them daily; a week old, they say nothing.
    """
    return await edge.query_once(service.card_keys)


@post("/api/member/v1/me/one-time-code", status_code=200, **member())
async def ask_one_time_code(edge: NamedDependency[Edge]) -> OneTimeCode:
    """Six digits to read out at a till, good once and for five minutes; they void those asked for before (PTS-22).

    Needs no key: a repetition is another code. The answer is kept nowhere.
    """
    return await edge.transact(lambda tx: service.one_time_code(tx, edge.member.member_id))


@post("/api/v1/members/{member_id:uuid}/one-time-code", **system("members:write"))
async def send_one_time_code(edge: NamedDependency[Edge], member_id: FromPath[UUID]) -> Response[SentCode]:
    """Send a code to the phone of a member who stands at a till without their app; they read it out (PTS-22, MEM-04).
    The till is not told it. Five in ten minutes, with those that the member asks for."""
    return await edge.command(lambda tx: service.send_one_time_code(tx, member_id), owner=member_id)


ROUTES = [read_my_code, list_card_keys, ask_one_time_code, send_one_time_code]

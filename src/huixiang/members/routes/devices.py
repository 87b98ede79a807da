"""The devices that a member is signed in with."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, delete, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from huixiang.members import service
from huixiang.members.model.sign_in import SignedInDevice
from huixiang.members.service import fresh
from huixiang.platform.access import member
from huixiang.platform.edge import Edge
from huixiang.platform.web.leaving import CLEAR_SITE_DATA


@get("/api/member/v1/me/devices", **member())
async def list_my_devices(edge: NamedDependency[Edge]) -> list[SignedInDevice]:
    """What I am signed in with, what was heard of last first (MEM-03)."""
    return await edge.query(lambda tx: service.devices(tx, edge.member))


@delete("/api/member/v1/me/devices/{device_id:uuid}", **member())
async def sign_out_device(edge: NamedDependency[Edge], device_id: FromPath[UUID]) -> None:
    """Sign one of my devices out (MEM-03); another than this one after a fresh sign-in. Its access token ends within
    five seconds. Needs no key: a repetition changes nothing."""
    await edge.transact(lambda tx: fresh.sign_out_others(tx, edge.member, device_id))


@delete("/api/member/v1/me/devices", **member())
async def sign_out_everywhere(edge: NamedDependency[Edge]) -> Response[None]:
    """Sign all of my devices out, this one too, after a fresh sign-in (MEM-03). Access tokens end within five
    seconds."""
    await edge.transact(lambda tx: fresh.sign_out_others(tx, edge.member))
    return Response(None, status_code=204, headers=CLEAR_SITE_DATA)


@delete("/api/member/v1/me/session", **member())
async def sign_out_here(edge: NamedDependency[Edge]) -> Response[None]:
    """Sign out the device that asks, and have its browser forget what the pages kept (MEM-03). A token that the shop's
    own system was given belongs to no device, so nothing ends but what the browser kept. Needs no key: a repetition
    changes nothing."""
    device = edge.member.session_id
    if device is not None:
        await edge.transact(lambda tx: service.sign_out(tx, edge.member.member_id, device))
    return Response(None, status_code=204, headers=CLEAR_SITE_DATA)


ROUTES = [list_my_devices, sign_out_device, sign_out_everywhere, sign_out_here]

"""Attributes that operators define over HTTP: definitions, members' values, consents."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.members.model import AttributeCode, MemberCard
from huixiang.members.model.attributes import (
    AttributeChanges,
    Consent,
    DefinedAttributes,
    GivenConsent,
    NewDefinition,
    Retirement,
    ShownAttribute,
    StaffAttributeChanges,
    Viewer,
    WithdrawnConsent,
)
from huixiang.members.service import attributes, consents, definitions
from huixiang.members.service.cards import card
from huixiang.platform.access import member, staff, system
from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge
from huixiang.staff.model.approvals import Approval

MEMBER = "member"  # who consents themselves, in the log of consents


def _system(edge: Edge) -> Viewer:
    return Viewer("system", f"key:{edge.system.key_id}")


def _staff(edge: Edge) -> Viewer:
    return Viewer("staff", f"staff:{edge.staff.staff_id}", edge.staff.role)


@get("/api/console/v1/attributes", **staff("members:read"))
async def list_attributes(edge: NamedDependency[Edge]) -> DefinedAttributes:
    """The attributes that operators have defined, retired ones too (MEM-06)."""
    return await edge.query(definitions.defined)


@post("/api/console/v1/attributes", status_code=202, **staff("rulebook:publish"))
async def define_attribute(edge: NamedDependency[Edge], data: JSONBody[NewDefinition]) -> Response[Approval]:
    """Ask to let an attribute be defined, or a definition be changed; it waits for a second person (MEM-06)."""
    by = edge.staff.staff_id
    return await edge.command(lambda tx: definitions.request_definition(tx, data, by))


@post("/api/console/v1/attributes/{code:str}/retirement", status_code=202, **staff("rulebook:publish"))
async def retire_attribute(
    edge: NamedDependency[Edge], code: FromPath[AttributeCode], data: JSONBody[Retirement]
) -> Response[Approval]:
    """Ask to let an attribute be used no more; its values are kept. It waits for a second person (MEM-06)."""
    by = edge.staff.staff_id
    return await edge.command(lambda tx: definitions.request_retirement(tx, code, data.reason, by))


@get("/api/console/v1/members/{member_id:uuid}/attributes", **staff("members:read"))
async def list_member_attributes(edge: NamedDependency[Edge], member_id: FromPath[UUID]) -> list[ShownAttribute]:
    """The attributes of a member, as far as the role of who asks may see them (MEM-06)."""
    return await edge.query(lambda tx: attributes.shown(tx, member_id, _staff(edge)))


@patch("/api/console/v1/members/{member_id:uuid}/attributes", **staff("members:manage"))
async def change_member_attributes_by_staff(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[StaffAttributeChanges]
) -> Response[list[ShownAttribute]]:
    """Set or remove attributes of a member, with a reason; the audit log keeps it (MEM-06)."""
    viewer = _staff(edge)

    async def run(tx: Transaction) -> list[ShownAttribute]:
        return await attributes.shown(tx, await attributes.change(tx, member_id, data, viewer, data.reason), viewer)

    return await edge.command(run, owner=member_id)


@get("/api/v1/members/{member_id:uuid}/attributes", **system("members:read"))
async def list_attributes_for_system(edge: NamedDependency[Edge], member_id: FromPath[UUID]) -> list[ShownAttribute]:
    """The attributes of a member, as far as systems may see them (MEM-06)."""
    return await edge.query(lambda tx: attributes.shown(tx, member_id, _system(edge)))


@patch("/api/v1/members/{member_id:uuid}/attributes", **system("members:write"))
async def change_member_attributes(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[AttributeChanges]
) -> Response[MemberCard]:
    """Set or remove attributes that operators have defined; consents that the member gave there come along (MEM-06)."""

    async def run(tx: Transaction) -> MemberCard:
        return await card(tx, await attributes.change(tx, member_id, data, _system(edge)))

    return await edge.command(run, owner=member_id)


@get("/api/v1/members/{member_id:uuid}/consents", **system("members:read"))
async def list_consents(edge: NamedDependency[Edge], member_id: FromPath[UUID]) -> list[Consent]:
    """What a member consented to or withdrew, the last word for each purpose."""
    return await edge.query(lambda tx: consents.consents(tx, member_id))


@post("/api/v1/members/{member_id:uuid}/consents/withdraw", status_code=200, **system("members:write"))
async def withdraw_consent(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[WithdrawnConsent]
) -> Response[list[Consent]]:
    """Note that a member consents to a purpose no more; what was kept by it is deleted."""
    by = _system(edge).by
    return await edge.command(lambda tx: consents.withdraw(tx, member_id, data.purpose, by), owner=member_id)


@get("/api/member/v1/me/attributes", **member())
async def list_my_attributes(edge: NamedDependency[Edge]) -> list[ShownAttribute]:
    """What is kept of me beside my profile, and which of it is mine to set (MEM-06)."""
    return await edge.query(lambda tx: attributes.shown(tx, edge.member.member_id, Viewer("member", MEMBER)))


@patch("/api/member/v1/me/attributes", **member())
async def change_my_attributes(
    edge: NamedDependency[Edge], data: JSONBody[AttributeChanges]
) -> Response[list[ShownAttribute]]:
    """Set or remove what is mine to set, and consent to what it takes (MEM-06)."""
    viewer = Viewer("member", MEMBER)
    mine = edge.member.member_id

    async def run(tx: Transaction) -> list[ShownAttribute]:
        return await attributes.shown(tx, await attributes.change(tx, mine, data, viewer), viewer)

    return await edge.command(run, owner=mine)


@get("/api/member/v1/me/consents", **member())
async def list_my_consents(edge: NamedDependency[Edge]) -> list[Consent]:
    """What I consented to or withdrew, the last word for each purpose."""
    return await edge.query(lambda tx: consents.consents(tx, edge.member.member_id))


@post("/api/member/v1/me/consents", status_code=200, **member())
async def give_my_consent(edge: NamedDependency[Edge], data: JSONBody[GivenConsent]) -> Response[list[Consent]]:
    """Consent to a purpose."""
    mine = edge.member.member_id
    return await edge.command(lambda tx: consents.state(tx, mine, data, MEMBER), owner=mine)


@post("/api/member/v1/me/consents/withdraw", status_code=200, **member())
async def withdraw_my_consent(edge: NamedDependency[Edge], data: JSONBody[WithdrawnConsent]) -> Response[list[Consent]]:
    """Consent to a purpose no more; what was kept by it is deleted."""
    mine = edge.member.member_id
    return await edge.command(lambda tx: consents.withdraw(tx, mine, data.purpose, MEMBER), owner=mine)


ROUTES = [
    list_attributes,
    define_attribute,
    retire_attribute,
    list_member_attributes,
    change_member_attributes_by_staff,
    list_attributes_for_system,
    change_member_attributes,
    list_consents,
    withdraw_consent,
    list_my_attributes,
    change_my_attributes,
    list_my_consents,
    give_my_consent,
    withdraw_my_consent,
]

"""Signing in through an identity provider.

A page begins a visit, keeps `flow`, and sends the browser away with `state`; only both together redeem the code that
comes back, once. An app and a mini-program have their codes from the provider's own kit. Whom the provider names and
nobody knows gets a ticket, and becomes or names a member by it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence

from huixiang.kernel.errors import InvalidInput
from huixiang.members import store
from huixiang.members.model import Ability, ExternalId, MemberRef, NewMember, StateRefuses
from huixiang.members.model.providers import (
    ProviderDoor,
    ProviderName,
    ProviderNotConfigured,
    ProviderOutcome,
    ProviderProof,
    ProviderRefused,
    ProviderVisit,
    StoredFlow,
    TicketUse,
)
from huixiang.members.model.sign_in import Device, DeviceKind, SignedIn
from huixiang.members.ports import IdentityProvider
from huixiang.members.rules import sign_in as rules
from huixiang.members.service.arriving import arrived, origins
from huixiang.members.service.attaching import learn
from huixiang.members.service.look_up import Identified, identify
from huixiang.members.service.registration import register_bulk
from huixiang.members.service.sessions import Opening, open_sessions, signed_in
from huixiang.members.service.tickets import open_ticket, seal_ticket
from huixiang.platform.db import Database, Transaction

_FLOW_BYTES = 24

_wired: dict[tuple[ProviderName, DeviceKind], IdentityProvider] = {}


def use_providers(providers: Mapping[tuple[ProviderName, DeviceKind], IdentityProvider]) -> None:
    """Called once by each process before it serves."""
    _wired.clear()
    _wired.update(providers)


def visited_providers() -> list[ProviderName]:
    """Those that a page can send a browser to."""
    return [name for name, device in _wired if device == "h5"]


async def begin_visit(tx: Transaction, visit: ProviderVisit) -> ProviderDoor:
    """Where to send the browser of a page. Raises ProviderNotConfigured, InvalidInput for a `return_to` that leads
    elsewhere."""
    if not rules.is_own_path(visit.return_to):
        raise InvalidInput(path="$.return_to", problem="a path of the member pages begins with /m/")
    flow, state = secrets.token_urlsafe(_FLOW_BYTES), secrets.token_urlsafe(_FLOW_BYTES)
    url = _provider(visit.provider, "h5").authorize_url(state)
    if url is None:
        raise ProviderNotConfigured(provider=visit.provider, device="h5")
    kept = StoredFlow(
        flow_hash=_hash(flow),
        state_hash=_hash(state),
        provider=visit.provider,
        return_to=visit.return_to,
        expires_at=tx.now + rules.VISIT_LIFE,
    )
    await store.insert_flow(tx, kept)
    return ProviderDoor(url, flow, kept.expires_at)


async def end_visit(db: Database, proof: ProviderProof) -> ProviderOutcome:
    """Redeem a provider's code. No transaction is open while the provider is asked. Raises ProviderRefused,
    ProviderUnavailable, ProviderNotConfigured, StateRefuses."""
    provider = _provider(proof.provider, proof.device.kind)
    return_to = None
    if proof.flow is not None and proof.state is not None:
        async with db.transaction() as tx:
            return_to = await store.take_flow(tx, _hash(proof.flow), _hash(proof.state), proof.provider)
        if return_to is None:
            raise ProviderRefused(provider=proof.provider, reason="state")
    identities = tuple(await provider.identify(proof.code))
    async with db.transaction() as tx:
        member = await _named(tx, identities)
        if member is None:
            ticket, expires_at = seal_ticket(proof.provider, identities, tx.now)
            return ProviderOutcome(ticket=ticket, ticket_expires_at=expires_at, return_to=return_to)
        await _learn(tx, member, identities)
        await arrived(tx, member.member_id, proof.device.kind, proof.arrival)
        made = await _sign_in(tx, member, proof.device, proof.provider, registered=False)
    return ProviderOutcome(signed_in=made, return_to=return_to)


async def join_by_ticket(tx: Transaction, use: TicketUse) -> SignedIn:
    """Become a member by what a provider said, without a phone; whom it names by now is signed in. Raises
    ProviderRefused, IdentityTaken, StateRefuses."""
    vouched = open_ticket(use.ticket, tx.now)
    member = await _named(tx, vouched.identities)
    registered = member is None
    if member is None:
        (origin,) = await origins(tx, [use.arrival])
        new = NewMember(channel=use.device.kind, external_ids=vouched.identities, origin=origin)
        (registration,) = await register_bulk(tx, [new])
        if registration.refusal is not None:
            raise registration.refusal
        registered = registration.outcome == "created"
        (member,) = await identify(tx, [MemberRef(member_id=registration.member_id)])
    else:
        await arrived(tx, member.member_id, use.device.kind, use.arrival)
    if member is None:
        raise ProviderRefused(provider=vouched.provider, reason="ticket")
    return await _sign_in(tx, member, use.device, vouched.provider, registered=registered)


async def _named(tx: Transaction, identities: Sequence[ExternalId]) -> Identified | None:
    """The member that the first of these names which anybody has, finds."""
    refs = [MemberRef(source=one.source, external_id=one.external_id) for one in identities]
    return next((member for member in await identify(tx, refs) if member is not None), None)


async def _learn(tx: Transaction, member: Identified, identities: Sequence[ExternalId]) -> None:
    """Keep what the provider calls the member besides; what it calls another so stays theirs."""
    refs = [MemberRef(source=one.source, external_id=one.external_id) for one in identities]
    unknown = [one for one, owner in zip(identities, await identify(tx, refs), strict=True) if owner is None]
    await learn(tx, member.member_id, unknown)


async def _sign_in(
    tx: Transaction, member: Identified, device: Device, method: ProviderName, *, registered: bool
) -> SignedIn:
    if not member.may(Ability.SIGN_IN):
        raise StateRefuses(state=member.state, ability=Ability.SIGN_IN)
    (session,) = await open_sessions(tx, [Opening(member.member_id, device, method)])
    return signed_in(session, registered=registered)


def _provider(name: ProviderName, device: DeviceKind) -> IdentityProvider:
    if (name, device) not in _wired:
        raise ProviderNotConfigured(provider=name, device=device)
    return _wired[name, device]


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()

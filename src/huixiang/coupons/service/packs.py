"""Packs of coupons: looked at, their tickets taken copy by copy, issued all at once in the member's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal
from uuid import UUID

import msgspec

from huixiang.coupons.events import CouponPackIssued
from huixiang.coupons.model import (
    KIND,
    ClaimTerms,
    CouponClaimLapsed,
    CouponNotForMember,
    CouponNotOffered,
    CouponTemplate,
    CouponWithheld,
)
from huixiang.coupons.model.packs import (
    PACK_KIND,
    CouponPack,
    CouponPackHad,
    CouponPackUnknown,
    OfferedItem,
    PackIssue,
    PackOffer,
)
from huixiang.coupons.rules import packs as rules
from huixiang.coupons.rules.holdout import is_held_out
from huixiang.coupons.rules.issuing import require_claims
from huixiang.coupons.service import claims
from huixiang.coupons.service.audience import holds_for, problems_of_audience
from huixiang.coupons.service.claims import Plan
from huixiang.coupons.store import packs as store
from huixiang.kernel.errors import DomainError
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.members.service.states import receiver
from huixiang.platform.db import Database, Transaction
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Findings

Way = Literal["claim", "grant"]
TRIES = 5  # of one command, each refused after it had taken tickets


class PackPlan(msgspec.Struct, frozen=True):
    """A pack that a member may have, so far as can be seen beforehand. had: they have had it, so nothing is planned.
    withheld: of templates whose holdout has the member, one a template; where that is all of it, they get no pack."""

    member_id: UUID
    pack: str
    version: int
    worth_fen: int
    copies: Sequence[Plan]
    had: bool = False
    withheld: Sequence[Plan] = ()

    @property
    def empty(self) -> bool:
        """All of it is withheld."""
        return bool(self.withheld) and not self.copies


async def examine(tx: Transaction, pack: CouponPack) -> Findings:
    """All that is wrong with a pack that is to be published, and what may be."""
    templates = await _templates(tx, [item.template for item in pack.holds])
    problems = list(rules.problems_of(pack, templates))
    if pack.claim is not None and pack.claim.audience is not None:
        problems += await problems_of_audience(tx, pack.claim.audience)
    return Findings(tuple(problems), tuple(rules.warnings_of(pack, templates)))


async def plan(tx: Transaction, member_id: UUID, pack: str, way: Way, key: str) -> PackPlan:
    """Look whether a member may have a pack; nothing is kept for them yet. key: the command's.

    Raises MemberUnknown, CouponPackUnknown, CouponNotOffered, CouponClaimNotOpen, CouponClaimOver, CouponNotForMember,
    and for its copies what `claims.plan` raises.
    """
    owner = await members.resolve(tx, MemberRef(member_id=member_id))
    version, terms = await _in_force(tx, pack)
    if await store.had(tx, owner, [pack]):
        return PackPlan(owner, pack, version, 0, (), had=True)
    if way == "claim":
        require_claims(pack, terms.claim, tx.now)
        if not await _is_for(tx, owner, terms.claim):
            raise CouponNotForMember(template=pack)
    elif not terms.grant:
        raise CouponNotOffered(template=pack, way=way)
    found: list[Plan] = []
    for item in terms.holds:
        keys = [f"{pack} {number} {key}" for number in range(item.copies)]
        found += await claims.plan_each(tx, owner, item.template, "pack", keys)
    copies = [one for one in found if not one.withheld]
    templates = await _templates(tx, {one.template for one in copies})
    withheld = {one.template: one for one in found if one.withheld}
    worth_fen = rules.worth_of(terms, templates)
    return PackPlan(owner, pack, version, worth_fen, copies, withheld=list(withheld.values()))


async def take(db: Database, planned: PackPlan) -> tuple[PackPlan, DomainError | None]:
    """Keep what the copies take of what all share: the plan with the ids that they have, or with those copies alone for
    which something was kept before the refusal beside it. These are then to be given back (`gone`, `claims.free`).

    A command that was refused after it had taken some has given them back for good; repeated, it takes others.
    """
    for attempt in range(TRIES):
        copies = [claims.again(one, attempt) for one in planned.copies]
        kept: list[Plan] = []
        try:
            for one in copies:
                await claims.take(db, one)
                kept.append(one)
        except CouponClaimLapsed:
            continue
        except DomainError as error:
            return msgspec.structs.replace(planned, copies=kept), error
        return msgspec.structs.replace(planned, copies=copies), None
    return msgspec.structs.replace(planned, copies=[]), CouponClaimLapsed(template=planned.pack)


async def issue_planned(tx: Transaction, planned: PackPlan) -> PackIssue:
    """Issue a pack whole, but for what is withheld. Raises CouponPackHad, CouponWithheld, and what
    `claims.issue_planned` raises; the transaction must then not be kept."""
    if planned.had:
        raise CouponPackHad(pack=planned.pack)
    if planned.empty:
        raise CouponWithheld(template=planned.pack)
    owner = await receiver(tx, planned.member_id)
    count = len(planned.copies)
    if await store.had(tx, owner, [planned.pack]) or not await store.write(
        tx, owner, planned.pack, planned.version, count, planned.worth_fen
    ):
        raise CouponPackHad(pack=planned.pack)
    copies = [await claims.issue_planned(tx, one, pack=planned.pack) for one in planned.copies]
    await withhold(tx, planned)
    tx.emit(
        CouponPackIssued(
            member_id=owner, occurred_at=tx.now, pack=planned.pack, pack_version=planned.version, copies=count,
            worth_fen=planned.worth_fen,
        )
    )  # fmt: skip
    return PackIssue(
        pack=planned.pack, pack_version=planned.version, worth_fen=planned.worth_fen, coupons=copies
    )  # fmt: skip


async def withhold(tx: Transaction, planned: PackPlan) -> None:
    """Write down what of a pack the member is held out of."""
    for one in planned.withheld:
        await claims.withhold(tx, one)


async def gone(tx: Transaction, planned: PackPlan) -> list[Plan]:
    """The pack was refused after tickets were taken: decide that its copies never come; those of which that is so."""
    return [one for one in planned.copies if await claims.is_gone(tx, one)]


async def offered(tx: Transaction, member_id: UUID) -> list[PackOffer]:
    """The packs that a member may take themselves now, and of those that are offered what they have taken, by code;
    without what the member is held out of, and where that is all without the pack."""
    owner = await members.resolve(tx, MemberRef(member_id=member_id))
    in_force = {one.code for one in await rulebook.versions(tx, PACK_KIND, in_force_only=True)}
    found = [(code, await _in_force(tx, code)) for code in sorted(in_force)]
    had = await store.had(tx, owner, in_force)
    offers = []
    for code, (_, terms) in found:
        if _is_open(tx, code, terms) and (code in had or await _is_for(tx, owner, terms.claim)):
            templates = await _templates(tx, [item.template for item in terms.holds])
            given = {name: one for name, one in templates.items() if not is_held_out(owner, name, one.holdout_bp)}
            if given or not templates:
                offers.append(_offer(code, terms, given, had=code in had))
    return offers


def _offer(code: str, terms: CouponPack, templates: Mapping[str, CouponTemplate], *, had: bool) -> PackOffer:
    items = [
        OfferedItem(template=item.template, name=templates[item.template].name, copies=item.copies)
        for item in terms.holds
        if item.template in templates
    ]
    worth_fen = rules.worth_of(terms, templates)
    return PackOffer(pack=code, name=terms.name, picture=terms.picture, worth_fen=worth_fen, holds=items, had=had)


def _is_open(tx: Transaction, code: str, terms: CouponPack) -> bool:
    try:
        require_claims(code, terms.claim, tx.now)
    except DomainError:
        return False
    return True


async def _is_for(tx: Transaction, owner: UUID, claim: ClaimTerms | None) -> bool:
    return claim is None or claim.audience is None or await holds_for(tx, owner, claim.audience)


async def _in_force(tx: Transaction, pack: str) -> tuple[int, CouponPack]:
    line = (await rulebook.timelines(tx, [(PACK_KIND, pack)])).get((PACK_KIND, pack))
    document = line.find(tx.now) if line is not None else None
    if document is None:
        raise CouponPackUnknown(pack=pack)
    return document.version, document.read(CouponPack)


async def _templates(tx: Transaction, codes: Collection[str]) -> dict[str, CouponTemplate]:
    """Those of them that are in force."""
    lines = await rulebook.timelines(tx, {(KIND, code) for code in codes})
    found = {code: line.find(tx.now) for (_, code), line in lines.items()}
    return {code: one.read(CouponTemplate) for code, one in found.items() if one is not None}

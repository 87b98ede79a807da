"""One of everything that can belong to a member, and a neighbour who has nothing of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from huixiang.checkout.service import instructions
from huixiang.entry.background import SUBSCRIPTIONS
from huixiang.entry.examples import ORDER
from huixiang.entry.keys import use_keys
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.members import service as members
from huixiang.messaging import service as messaging
from huixiang.messaging.model import Channel, MessageClass, NewMessage
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import BEGINNING
from huixiang.staff.model import Role
from tests.entry.program import Program, bearer, settings, sign_in
from tests.members.signing import People
from tests.points.movement import earn
from tests.points.test_partner import TERMS
from tests.support.programme import register_members

PLUS = {"name": {"zh": "会员", "en": "Plus"}, "price_fen": 1090, "days": 30}
HOTLINE = {"name": {"zh": "专线", "en": "Hotline"}}
NOTICE = NewMessage(
    key="refund-1",
    channel=Channel.INBOX,
    message_class=MessageClass.SERVICE,
    template="order_refunded",
    title="退款到账",
    text="已退回。",
)


class Belongings(msgspec.Struct):
    """`ids`: by the names of path parameters. `owner`, `neighbour`: headers of two members. `other_pool`: of which the
    neighbour is the head."""

    program: Program
    ids: dict[str, str]
    owner: dict[str, str]
    neighbour: dict[str, str]
    neighbour_id: str
    other_pool: str
    other_order: str = ""

    def ids_of(self, path: str) -> dict[str, str]:
        """The ids that go with a path: of merges, under the one who went; of partners, under their code."""
        if "merge_id" in path:
            return self.ids | {"member_id": self.ids["gone_id"]}
        if "/popups/" in path:
            return self.ids | {"message_id": self.ids["popup_id"]}
        return self.ids | {"code": "air"} if "/partners/" in path else dict(self.ids)

    async def post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> Any:
        """By the key that may do everything, unless somebody else is named."""
        sent = (headers or self.program.system) | {"Idempotency-Key": str(new_id())}
        answer = await self.program.client.post(path, json=body, headers=sent)
        assert answer.is_success, (path, answer.text)
        return answer.json() if answer.content else None


async def belongings(db: Database, clock: SettableClock, program: Program) -> Belongings:
    use_keys(settings("postgresql://nobody@/none"))
    people = People(program, db, clock)
    mine, theirs = await people.sign_in("13900000001"), await people.sign_in("13900000002")
    await _agreed(db)
    clock.advance(timedelta(days=8))  # a newcomer gives no points away
    owner, neighbour = UUID(mine["member_id"]), UUID(theirs["member_id"])
    tokens = [bearer(members.issue_token(one, clock.now())) for one in (owner, neighbour)]
    ids = {"member_id": str(owner), "device_id": mine["device_id"]}
    found = Belongings(program, ids, tokens[0], tokens[1], str(neighbour), str(new_id()))
    await earn(db, owner, 9000)
    await _bought(found, clock)
    await _owed(found, db)
    await _given(found)
    await _given_on(found)
    await _moved(found, db)
    await _kept(found, db, clock)
    await _at_the_console(found, db)
    return found


async def _agreed(db: Database) -> None:
    documents = {"plan": ("plus", PLUS), "benefit": ("hotline", HOTLINE), "partner": ("air", TERMS)}
    async with db.transaction() as tx:
        for kind, (code, body) in documents.items():
            await rulebook.publish(tx, kind, code, body, BEGINNING, "test", "for the test")


async def _bought(found: Belongings, clock: SettableClock) -> None:
    order = ORDER | {"member": {"member_id": found.ids["member_id"]}, "programme": "base", "tenders": []}
    now = clock.now().isoformat()
    made = await found.post("/api/v1/orders", order | {"completed_at": now})
    other = await found.post("/api/v1/orders", order | {"completed_at": now, "external_id": "other"})
    found.other_order = other["order_id"]
    found.ids["order_id"] = made["order_id"]
    refund = {"external_id": "r1", "reason": "bruised", "occurred_at": now, "lines": [{"line_id": "2", "quantity": 1}]}
    refunded = await found.post(f"/api/v1/orders/{made['order_id']}/refunds", refund)
    found.ids["refund_id"] = refunded["refund_id"]
    asked = {"ground": "not_fresh", "lines": [{"line_id": "1", "quantity": 100}]}
    found.ids["request_id"] = (await found.post(f"/api/v1/orders/{made['order_id']}/refund-requests", asked))[
        "request_id"
    ]


async def _owed(found: Belongings, db: Database) -> None:
    async with db.transaction() as tx:
        one = await instructions.ask(
            tx,
            member_id=UUID(found.ids["member_id"]),
            order_id=UUID(found.ids["order_id"]),
            key="due",
            kind="charge",
            fen=3655,
            cause="order",
        )
    found.ids["instruction_id"] = str(one.instruction_id)


async def _given(found: Belongings) -> None:
    """What a member holds, by the name of its id."""
    at = f"/api/v1/members/{found.ids['member_id']}"
    for path, name, body in (
        ("coupons", "coupon_id", {"rule": "ten-off"}),
        ("benefits", "entitlement_id", {"benefit": "hotline", "source": "plan:plus"}),
        ("plans", "subscription_id", {"plan": "plus"}),
        ("points/holds", "hold_id", {"points": 2000, "cause": "order", "expires_in_s": None}),
        ("tier/upgrades", "upgrade_id", {"tier": "silver"}),
    ):
        found.ids[name] = (await found.post(f"{at}/{path}", body))[name]


async def _given_on(found: Belongings) -> None:
    """A coupon that its owner gives on, by a link."""
    at = f"/api/v1/members/{found.ids['member_id']}"
    copy = await found.post(f"{at}/coupons", {"template": "anything_95"})
    made = await found.post(f"/api/member/v1/me/coupons/{copy['coupon_id']}/gift", None, found.owner)
    found.ids["gift_id"] = made["gift"]["gift_id"]


async def _moved(found: Belongings, db: Database) -> None:
    """A transfer, a pool with a ticket, and a partner's points; a merge of two others."""
    [friend] = await register_members(db, 1, prefix="friend")
    async with db.transaction() as tx:
        number = (await members.card(tx, friend)).number
    sent = await found.post("/api/member/v1/me/transfers", {"to_number": number, "points": 100}, found.owner)
    found.ids["transfer_id"] = sent["transfer_id"]
    pool = await found.post("/api/member/v1/me/pool", None, found.owner)
    found.ids["pool_id"] = pool["pool_id"]
    other = await found.post("/api/member/v1/me/pool", None, found.neighbour)
    found.other_pool = other["pool_id"]
    await found.post("/api/member/v1/me/pool/contributions", {"points": 100}, found.owner)
    await Relay(db, SUBSCRIPTIONS).drain()
    ticket_id = str(new_id())
    ticket = {"ticket_id": ticket_id, "member_id": found.ids["member_id"], "points": 10}
    await found.post(f"/api/v1/points/pools/{found.ids['pool_id']}/tickets", ticket)
    found.ids |= {"ticket_id": ticket_id, "person_id": found.ids["member_id"]}
    outgoing = {"direction": "out", "reference": "ex-1", "member": {"member_id": found.ids["member_id"]}}
    await found.post("/api/v1/points/partners/air/exchanges", outgoing | {"partner_points": 80})
    found.ids |= {"kind": "plan", "code": "plus", "reference": "ex-1"}
    gone, into = await register_members(db, 2, prefix="twin")
    merge = await found.post(
        f"/api/v1/members/{gone}/merges", {"into": {"member_id": str(into)}, "reason": "one person"}
    )
    found.ids |= {"merge_id": merge["merge_id"], "gone_id": str(gone)}
    await Relay(db, SUBSCRIPTIONS).drain()


async def _kept(found: Belongings, db: Database, clock: SettableClock) -> None:
    owner, passkey = UUID(found.ids["member_id"]), new_id()
    async with db.transaction() as tx:
        popup = msgspec.structs.replace(
            NOTICE, key="popup-1", channel=Channel.POPUP, expires_at=tx.now + timedelta(days=1)
        )
        found.ids["message_id"] = str((await messaging.send(tx, owner, NOTICE)).message_id)
        found.ids["popup_id"] = str((await messaging.send(tx, owner, popup)).message_id)
        await tx.execute(
            "INSERT INTO members.passkey (member_id, passkey_id, credential_id, public_key, sign_count, created_at)"
            " VALUES ($1, $2, '\\x01', '\\x02', 0, $3)",
            owner,
            passkey,
            clock.now(),
        )
    found.ids["passkey_id"] = str(passkey)


async def _at_the_console(found: Belongings, db: Database) -> None:
    """A request that waits, made by customer service and decided by finance; a draft of a rule."""
    clerk = await sign_in(db, Role.CUSTOMER_SERVICE, name="clerk")
    large = {"points": 50_000, "ground": "goodwill", "reason": "late", "attachment": "TICKET-1"}
    path = f"/api/console/v1/members/{found.ids['member_id']}/points/adjustments"
    await found.post(path, large, clerk)
    waiting = await found.program.client.get("/api/console/v1/approvals", headers=clerk)
    [request] = waiting.json()["items"]
    found.ids["approval_id"] = request["approval_id"]
    draft = {"body": PLUS, "note": "for May"}
    found.ids["draft_id"] = (await found.post("/api/v1/rulebook/plan/plus/drafts", draft))["draft_id"]

"""Templates of what the program itself sends: which may be published, what members then get, and by which of a
provider's templates."""

from __future__ import annotations

import json
from datetime import timedelta
from importlib import resources
from typing import Any
from uuid import UUID

import pytest

from huixiang.coupons.model.messages import SAID as COUPONS
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.members.model.messages import ONE_TIME_CODE, SIGN_IN_CODE
from huixiang.messaging import service
from huixiang.messaging.jobs import Deliverer
from huixiang.messaging.model import Channel, MessageState, Receipt
from huixiang.messaging.model.templates import FromTemplate, Said
from huixiang.messaging.rules.rendering import in_words
from huixiang.platform.db import Database
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import RuleDocumentInvalid
from huixiang.terms.model import SAID as TERMS
from tests.messaging.doubles import Providers
from tests.messaging.post import PHONE, proof, sunk

pytestmark = pytest.mark.requirement("CMP-05", "CMP-11")

PROGRAMS = (SIGN_IN_CODE, ONE_TIME_CODE, *TERMS.values(), *COUPONS)
GIVEN = {"code": "284915", "minutes": "5"}


def shipped(name: str) -> dict[str, Any]:
    file = resources.files("huixiang.rulebook").joinpath("shipped", f"message_template.{name}.json")
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


async def publish(db: Database, name: str, **changes: object) -> int:
    async with db.transaction() as tx:
        body = {key: one for key, one in (shipped(name) | changes).items() if one is not None}
        return (await rulebook.publish(tx, "message_template", name, body, tx.now, "test", "test")).version


async def say(db: Database, said: Said = SIGN_IN_CODE, key: str = "code", **given: str) -> Receipt:
    async with db.transaction() as tx:
        worded = await service.word(tx, said, GIVEN | given)
        return await service.say(
            tx,
            UUID(int=7),
            worded,
            key=key,
            channel=Channel.SMS,
            address=PHONE,
            expires_at=tx.now + timedelta(minutes=5),
        )


async def test_every_message_of_the_program_has_a_template_that_is_shipped(db: Database) -> None:
    async with db.transaction() as tx:
        loaded = {one.code for one in await rulebook.load_shipped(tx) if one.kind == "message_template"}
    assert loaded == {said.name for said in PROGRAMS}


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"variables": {"minutes": {"type": "number", "example": "5"}},
          "text": {"zh": "{minutes}", "en": "{minutes}"}}, [("$.variables", "must have code")]),
        ({"variables": {"code": {"type": "code", "example": "284915"}, "who": {"example": "x"}},
          "text": {"zh": "{code}{who}", "en": "{code}{who}"}}, [("$.variables.who", "it has code, minutes")]),
        ({"variables": {"code": {"example": "284915"}}, "text": {"zh": "{code}", "en": "{code}"}},
         [("$.variables.code.type", "must be code")]),
        ({"variables": {"code": {"type": "code", "example": "a b"}}, "text": {"zh": "{code}", "en": "{code}"}},
         [("$.variables.code.example", "4 to 12 letters and digits")]),
        ({"channels": ["email"]}, [("$.channels", "must have sms")]),
        ({"secret": False}, [("$.secret", "must be true")]),
        ({"message_class": "marketing"}, [("$.message_class", "must be service")]),
        ({"secret": False, "message_class": "marketing", "channels": ["inbox"]},
         [("$.channels", "sms"), ("$.secret", "true"), ("$.message_class", "service")]),
        ({"providers": {"wechat_template": {"zh": "t1"}}}, [("$.providers.wechat_template", "none of the channels")]),
        ({"providers": {"sms": {"zh": "SMS_1", "names": {"c": "kode"}}}},
         [("$.providers.sms.names.c", "names kode, which is no variable")]),
        ({"providers": {"email": {"zh": "t1"}}}, [("$.providers", "email")]),
    ],
)  # fmt: skip
async def test_a_template_that_the_program_could_not_say_is_refused_with_its_place(
    db: Database, changes: dict[str, Any], problems: list[tuple[str, str]]
) -> None:
    with pytest.raises(RuleDocumentInvalid) as refused:
        await publish(db, "sign_in_code", **changes)
    found = [(one.path, one.problem) for one in refused.value.problems]
    assert len(found) == len(problems)
    for (path, problem), (expected_path, expected) in zip(found, problems, strict=True):
        assert path.startswith(expected_path)
        assert expected in problem
    async with db.transaction() as tx:
        other = await rulebook.check(tx, "message_template", "promotion", shipped("sign_in_code") | changes)
    by_itself = problems[0][0].startswith(("$.providers", "$.variables.code.example")) or changes.get("channels") == [
        "inbox"
    ]
    assert by_itself or not other.problems, "what only the program's own have to keep to"


async def test_a_code_is_said_by_what_is_in_force_and_the_shipped_words_where_nothing_is(
    db: Database, deliverer: Deliverer, clock: SettableClock
) -> None:
    first = await say(db, key="1")
    version = await publish(
        db, "sign_in_code", text={"zh": "【惠象】{code}", "en": "{code}"},
        variables={"code": {"type": "code", "example": "284915"}},
    )  # fmt: skip
    clock.advance(timedelta(seconds=1))
    second = await say(db, key="2")
    async with db.transaction() as tx:
        await rulebook.withdraw(tx, "message_template", "sign_in_code", version, by="test", note="test")
        usual = {"name": {"zh": "一", "en": "1"}, "quiet_from": "21:00", "quiet_until": "09:00", "language": "en"}
        await rulebook.publish(tx, "messaging", "default", usual, tx.now, "test", "test")
    third = await say(db, key="3")
    await deliverer.deliver_due()
    assert [one.text for one in reversed(await sunk(db))] == [
        "您的登录验证码是 284915，5 分钟内有效。请勿告诉他人。",
        "【惠象】284915",
        "Your sign-in code is 284915. It holds for 5 minutes. Do not tell it to anybody.",
    ]
    found = [(await proof(db, one)).message for one in (first, second, third)]
    assert [one.template_version for one in found] == [None, 1, None]
    assert {one.address_masked for one in found} == {None}, "nothing is left of a code"


async def test_a_repetition_is_the_same_message_whatever_the_template_says_by_then(
    db: Database, clock: SettableClock
) -> None:
    first = await say(db)
    await publish(db, "sign_in_code", text={"zh": "{code} {minutes}", "en": "{code} {minutes}"})
    clock.advance(timedelta(seconds=1))
    again = await say(db)
    assert (again.message_id, again.repeated) == (first.message_id, True)


@pytest.mark.parametrize(
    ("providers", "expected"),
    [
        (None, ("SMS_1000", {"code": "284915", "minutes": "5"})),
        ({"sms": {"zh": "SMS_77", "en": "SMS_78"}}, ("SMS_77", {"code": "284915", "minutes": "5"})),
        ({"sms": {"zh": "SMS_77", "names": {"c": "code"}}}, ("SMS_77", {"c": "284915"})),
    ],
)
async def test_the_provider_fills_in_the_template_that_the_document_names(
    db: Database, delivering: Deliverer, outside: Providers, providers: dict[str, Any] | None,
    expected: tuple[str, dict[str, str]],
) -> None:  # fmt: skip
    await publish(db, "sign_in_code", providers=providers)
    receipt = await say(db)
    await delivering.deliver_due()
    (taken,) = outside.taken("aliyun")
    assert (taken["TemplateCode"], json.loads(taken["TemplateParam"])) == expected
    assert (await proof(db, receipt)).message.state is MessageState.SENT


async def test_wechat_gets_its_own_names_in_the_language_that_is_asked_for(
    db: Database, delivering: Deliverer, outside: Providers, member: UUID
) -> None:
    body = {
        "name": {"zh": "退款", "en": "Refund"}, "message_class": "service", "channels": ["wechat_template"],
        "text": {"zh": "{amount}已于 {day} 退回", "en": "{amount} back on {day}"},
        "variables": {"amount": {"example": "¥1"}, "day": {"type": "day", "example": "2026-03-18"}},
        "providers": {"wechat_template": {"zh": "tpl-zh", "en": "tpl-en", "names": {"amount1": "amount"}}},
    }  # fmt: skip
    async with db.transaction() as tx:
        await rulebook.publish(tx, "message_template", "refunded", body, tx.now, "test", "test")
        for language in ("zh", "en"):
            asked = FromTemplate(
                key=f"refund-{language}", template="refunded", channel=Channel.WECHAT_TEMPLATE, language=language,
                values={"amount": "¥25.80", "day": "2026-03-18"}, address="oABCD1234567",
            )  # fmt: skip
            await service.send_template(tx, member, asked)
    for _ in range(2):
        await delivering.deliver_due()
    taken = outside.taken("wechat")
    assert [one["template_id"] for one in taken] == ["tpl-zh", "tpl-en"]
    assert [one["data"] for one in taken] == [{"amount1": {"value": "¥25.80"}}] * 2


def test_a_day_is_said_as_people_write_it() -> None:
    assert in_words("2026-03-08", "day", "zh") == "2026 年 3 月 8 日"
    assert in_words("2026-03-08", "day", "en") == "8 March 2026"
    assert in_words("2026-03-08", "text", "en") == "2026-03-08"


@pytest.mark.parametrize("said", PROGRAMS, ids=lambda said: said.name)
async def test_every_shipped_template_says_its_examples_in_both_languages(db: Database, said: Said) -> None:
    body = shipped(said.name)
    async with db.transaction() as tx:
        assert (await rulebook.check(tx, "message_template", said.name, body)).problems == ()
        for language in ("zh", "en"):
            usual = {"name": body["name"], "quiet_from": "21:00", "quiet_until": "09:00", "language": language}
            await rulebook.publish(tx, "messaging", "default", usual, tx.now, "test", "test")
            worded = await service.word(
                tx, said, {name: body["variables"].get(name, {"example": "x"})["example"] for name in said.variables}
            )
            for channel in said.channels:
                receipt = await service.say(
                    tx, new_id(), worded, key="one", channel=channel, address=PHONE if channel is Channel.SMS else None
                )
                assert not receipt.repeated

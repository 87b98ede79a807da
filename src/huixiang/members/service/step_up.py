"""A one-time code for a member who has no app at hand: sent to their phone, read out at the till."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from huixiang.kernel.ids import new_id
from huixiang.members import rules, store
from huixiang.members.model import Ability
from huixiang.members.model.messages import ONE_TIME_CODE
from huixiang.members.model.step_up import PhoneMissing, SentCode
from huixiang.members.service.look_up import require_able
from huixiang.members.service.presence import one_time_code
from huixiang.members.service.vault import vault
from huixiang.messaging import service as messaging
from huixiang.messaging.model import Channel
from huixiang.platform.db import Transaction


async def send_one_time_code(tx: Transaction, member_id: UUID) -> SentCode:
    """Send the member a code that shows that they are there, to no other phone than their own. Whoever asks is not told
    it. Raises MemberUnknown, StateRefuses, PhoneMissing, OneTimeCodesExhausted, and ChannelNotConfigured where nothing
    carries it."""
    await require_able(tx, member_id, Ability.SPEND)
    phone = await phone_of(tx, member_id)
    made = await one_time_code(tx, member_id)
    minutes = rules.ONE_TIME_LIFE // timedelta(minutes=1)
    worded = await messaging.word(tx, ONE_TIME_CODE, {"code": made.code, "minutes": str(minutes)})
    await messaging.say(
        tx,
        member_id,
        worded,
        key=f"one-time-code:{new_id()}",
        channel=Channel.SMS,
        address=phone,
        expires_at=made.expires_at,
    )
    return SentCode(rules.mask_phone(phone), made.expires_at)


async def phone_of(tx: Transaction, member_id: UUID) -> str:
    """The member's own phone, as E.164. Raises PhoneMissing."""
    safe = (await vault().open_safes(await store.wrapped_keys_of(tx, [member_id]))).get(member_id)
    phones = [row for row in await store.identities_of(tx, [member_id]) if row.kind == "phone"]
    if safe is None or not phones:
        raise PhoneMissing
    return safe.open("phone", phones[0].sealed)

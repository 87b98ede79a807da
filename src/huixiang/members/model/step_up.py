"""A one-time code that is sent to a member's phone, to be read out at a till."""

from __future__ import annotations

from datetime import datetime

import msgspec

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text


class SentCode(msgspec.Struct, frozen=True):
    """A one-time code is on its way to the member's phone, good once until `expires_at`. The one before is void."""

    phone_masked: str
    expires_at: datetime


class PhoneMissing(DomainError):
    """The member has no phone that a code could be sent to."""

    code = "member_phone_missing"
    status = 409
    title = Text(zh="会员没有手机号", en="No phone")
    detail = Text(
        zh="该会员没有登记手机号，无法发送验证码：请扫会员卡动态码。",
        en="This member has no phone that a code could be sent to: scan the code on their card.",
    )

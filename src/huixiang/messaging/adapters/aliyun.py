"""Text messages by Aliyun's short message service, through its SDK.

The SDK is told to repeat nothing. It puts phone and values into the address of its request, so its own loggers are
switched off. The stable id is the `OutId` of a message, by which the details of a day's messages to a phone are asked.
"""

from __future__ import annotations

import logging
from datetime import timedelta, timezone
from typing import Any

import aiohttp
import msgspec
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_dysmsapi20170525.models import QuerySendDetailsRequest, SendSmsRequest
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.exceptions import ResponseException, UnretryableException
from darabonba.runtime import RuntimeOptions

from huixiang.messaging.adapters.settings import AliyunSms
from huixiang.messaging.model import Answer, Outcome, Parcel

CONNECT_MS, READ_MS = 3_000, 10_000
PAGE, PAGES = 50, 4  # a phone gets at most 40 codes a day
WAITING, FAILED, DELIVERED = 1, 2, 3  # of a message in the details
_CHINA = timezone(timedelta(hours=8))  # whose days the service counts by

# Refused for now, by what may be mended or passes: tried again. Every other `isv.` is about this message.
_PASSING = frozenset(
    {
        "isv.BUSINESS_LIMIT_CONTROL",
        "isv.DAY_LIMIT_CONTROL",
        "isv.MONTH_LIMIT_CONTROL",
        "isv.AMOUNT_NOT_ENOUGH",
        "isv.OUT_OF_SERVICE",
        "isv.DENY_IP_RANGE",
        "isv.ACCOUNT_ABNORMAL",
        "isv.ACCOUNT_NOT_EXISTS",
        "isv.PRODUCT_UN_SUBSCRIPT",
        "isv.PRODUCT_UNSUBSCRIBE",
        "isp.RAM_PERMISSION_DENY",
    }
)

for _name in ("darabonba-core", "alibabacloud-tea"):
    logging.getLogger(_name).disabled = True


class Aliyun:
    name = "aliyun"

    def __init__(self, settings: AliyunSms) -> None:
        self._settings = settings
        self._client = Client(
            Config(
                access_key_id=settings.access_key_id,
                access_key_secret=settings.access_key_secret,
                endpoint=settings.endpoint,
                protocol=settings.protocol,
            )
        )

    async def send(self, parcel: Parcel) -> Answer:
        code = parcel.content.provider_template or self._settings.templates.get(parcel.template)
        if code is None:
            return Answer(Outcome.REFUSED, "template_unmapped")
        request = SendSmsRequest(
            phone_numbers=_number(parcel.address),
            sign_name=self._settings.sign_name,
            template_code=code,
            template_param=msgspec.json.encode(parcel.content.values).decode(),
            out_id=parcel.message_id.hex,
        )
        try:
            response = await self._client.send_sms_with_options_async(request, _once())
        except (ResponseException, UnretryableException) as error:
            return _failed(error)
        return judged(str(response.body.code), response.body.biz_id)

    async def ask(self, parcel: Parcel) -> Answer:
        """Only a complete list in which the id does not stand says that the message was never taken."""
        seen, total = 0, 0
        try:
            for page in range(1, PAGES + 1):
                body = await self._details(parcel, page)
                if body.code != "OK":
                    return Answer(Outcome.UNKNOWN, str(body.code)[:64])
                details = (body.sms_send_detail_dtos and body.sms_send_detail_dtos.sms_send_detail_dto) or []
                for one in details:
                    if one.out_id == parcel.message_id.hex:
                        return _detailed(one.send_status, one.err_code)
                seen, total = seen + len(details), int(body.total_count or 0)
                if not details or seen >= total:
                    break
        except (ResponseException, UnretryableException) as error:
            return Answer(Outcome.UNKNOWN, _failed(error).reason)
        return Answer(Outcome.NOT_TAKEN, "absent") if seen >= total else Answer(Outcome.UNKNOWN, "incomplete")

    async def close(self) -> None:
        """The SDK keeps no connection."""

    async def _details(self, parcel: Parcel, page: int) -> Any:
        request = QuerySendDetailsRequest(
            phone_number=_number(parcel.address),
            send_date=parcel.tried_at.astimezone(_CHINA).strftime("%Y%m%d"),
            page_size=PAGE,
            current_page=page,
        )
        return (await self._client.query_send_details_with_options_async(request, _once())).body


def judged(code: str, biz_id: str | None = None) -> Answer:
    """What a code of the service comes to."""
    if code == "OK":
        return Answer(Outcome.TAKEN, None, biz_id)
    if code in _PASSING or code.startswith(("Throttling", "InvalidAccessKeyId", "SignatureDoesNotMatch", "Forbidden")):
        return Answer(Outcome.NOT_TAKEN, code[:64])
    return Answer(Outcome.REFUSED if code.startswith("isv.") else Outcome.UNKNOWN, code[:64])


def _detailed(status: int, code: str | None) -> Answer:
    if status == FAILED:
        return Answer(Outcome.REFUSED, (code or "failed")[:64])
    return Answer(Outcome.TAKEN if status in {WAITING, DELIVERED} else Outcome.UNKNOWN, code and code[:64])


def _failed(error: Exception) -> Answer:
    """The text of these errors quotes the request; the code and the class do not."""
    if isinstance(error, ResponseException):
        answer = judged(str(error.code or ""))
        server_failed = int(error.status_code or 0) >= 500
        return Answer(Outcome.UNKNOWN, answer.reason) if server_failed else answer
    inner = error.inner_exception if isinstance(error, UnretryableException) else error
    outcome = Outcome.NOT_TAKEN if isinstance(inner, aiohttp.ClientConnectorError) else Outcome.UNKNOWN
    return Answer(outcome, type(inner).__name__)


def _number(address: str) -> str:
    """Of the mainland without its country, others with it and without the plus."""
    return address.removeprefix("+86") if address.startswith("+86") else address.removeprefix("+")


def _once() -> RuntimeOptions:
    return RuntimeOptions(autoretry=False, max_attempts=1, connect_timeout=CONNECT_MS, read_timeout=READ_MS)

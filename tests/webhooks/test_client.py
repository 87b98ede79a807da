"""The function that integrators verify with, against what the program signs and against who forges it."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from huixiang_webhooks import WebhookRefused, verify

from huixiang.platform.webhook_signature import signature, signed_headers
from huixiang.webhooks import rules

pytestmark = [pytest.mark.requirement("INT-01"), pytest.mark.requirement("INT-02")]

NOW = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(32)).decode()
EVENT_ID, MEMBER = UUID(int=1), UUID(int=7)
BODY = rules.body_of(EVENT_ID, "points.posted.v1", MEMBER, NOW, {"points": 3}).encode()
HEADERS = signed_headers([SECRET], str(EVENT_ID), NOW, BODY)


def reason(secrets: list[str], headers: dict[str, str], body: bytes, now: datetime = NOW) -> str:
    with pytest.raises(WebhookRefused) as refused:
        verify(secrets, headers, body, now)
    return refused.value.reason


def test_what_the_program_signs_is_read() -> None:
    event = verify([SECRET], {name.title(): value for name, value in HEADERS.items()}, BODY, NOW)
    assert (event.event_id, event.type, event.member_id) == (str(EVENT_ID), "points.posted.v1", MEMBER)
    assert (event.occurred_at, event.data) == (NOW, {"points": 3})


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of the Standard Webhooks' own libraries."""
    made = signature(
        "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "1614265330",
        b'{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_during_a_rotation_either_secret_does() -> None:
    both = signed_headers([OTHER, SECRET], str(EVENT_ID), NOW, BODY)
    for secrets in ([SECRET], [OTHER], [OTHER, SECRET]):
        assert verify(secrets, both, BODY, NOW).event_id == str(EVENT_ID)
    assert verify([OTHER, SECRET], HEADERS, BODY, NOW).event_id == str(EVENT_ID)


@pytest.mark.requirement("SEC-01")
def test_who_forges_is_refused() -> None:
    assert reason([OTHER], HEADERS, BODY) == "forged"
    assert reason([], HEADERS, BODY) == "forged"
    assert reason([SECRET], HEADERS, BODY.replace(b"3", b"4")) == "forged"
    assert reason([SECRET], HEADERS | {"webhook-id": str(UUID(int=2))}, BODY) == "forged"
    later = str(int(NOW.timestamp()) + 1)
    assert reason([SECRET], HEADERS | {"webhook-timestamp": later}, BODY) == "forged"
    for empty in ("", "v1", "v1,", "v2," + HEADERS["webhook-signature"][3:], "é"):
        assert reason([SECRET], HEADERS | {"webhook-signature": empty}, BODY) == "forged"
    for name in HEADERS:
        assert reason([SECRET], {key: HEADERS[key] for key in HEADERS if key != name}, BODY) == "headers_missing"


@pytest.mark.requirement("SEC-01")
def test_a_request_of_long_ago_is_not_taken_again() -> None:
    assert verify([SECRET], HEADERS, BODY, NOW + timedelta(minutes=5)).data == {"points": 3}
    assert reason([SECRET], HEADERS, BODY, NOW + timedelta(minutes=5, seconds=1)) == "too_old"
    assert reason([SECRET], HEADERS, BODY, NOW - timedelta(minutes=5, seconds=1)) == "too_early"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", msgspec.json.encode({"id": str(UUID(int=9))})])
def test_what_is_signed_and_no_event_is_refused(body: bytes) -> None:
    assert reason([SECRET], signed_headers([SECRET], str(EVENT_ID), NOW, body), body) == "malformed"


def test_an_event_under_another_id_is_refused() -> None:
    assert reason([SECRET], signed_headers([SECRET], str(UUID(int=2)), NOW, BODY), BODY) == "malformed"


def test_a_timestamp_that_is_none_is_refused() -> None:
    for written in ("soon", "9" * 40):
        signed = signature(SECRET, str(EVENT_ID), written, BODY)
        headers = {"webhook-id": str(EVENT_ID), "webhook-timestamp": written, "webhook-signature": signed}
        assert reason([SECRET], headers, BODY) == "timestamp_malformed"


def test_a_secret_that_is_none_is_a_mistake_of_the_callers() -> None:
    with pytest.raises(ValueError, match="whsec_"):
        verify(["whsec_?"], HEADERS, BODY, NOW)

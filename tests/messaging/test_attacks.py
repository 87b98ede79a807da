"""Header injection in email, requests into the private network through the push address, secrets in the log."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import httpx
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.messaging.adapters.push import Push
from huixiang.messaging.adapters.settings import Gateway, SmtpServer, read
from huixiang.messaging.adapters.smtp import Smtp
from huixiang.messaging.model import Answer, Channel, Content, MessageClass, Outcome, Parcel
from huixiang.platform.outward import Outward, OutwardRefused, is_public
from huixiang.platform.settings import CannotRun
from tests.messaging.doubles import Providers
from tests.support.fixtures import NOW


def parcel(channel: Channel, **content: object) -> Parcel:
    return Parcel(
        member_id=new_id(), message_id=new_id(), channel=channel, message_class=MessageClass.SERVICE,
        template="sign_in_code", content=Content(**{"text": "文本", **content}), created_at=NOW, tried_at=NOW,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.requirement("SEC-01")
@pytest.mark.parametrize(
    "content",
    [
        {"title": "会员日\r\nBcc: all@example.com", "address": "li@example.com"},
        {"title": "会员日\nX-Evil: 1", "address": "li@example.com"},
        {"title": "会员日", "address": "li@example.com\r\nBcc: all@example.com"},
        {"title": "会员日", "address": "li@example.com\nRCPT TO:<all@example.com>"},
    ],
)
async def test_a_line_break_begins_no_header(outside: Providers, content: dict[str, str]) -> None:
    """Also where the caller's own checks had let it through."""
    smtp = Smtp(SmtpServer(host="127.0.0.1", port=outside.smtp, sender="service@huixiang.example", security="none"))
    assert await smtp.send(parcel(Channel.EMAIL, **content)) == Answer(Outcome.REFUSED, "malformed")
    assert outside.requests("smtp") == 0


async def test_a_line_of_the_text_ends_no_message(outside: Providers) -> None:
    smtp = Smtp(SmtpServer(host="127.0.0.1", port=outside.smtp, sender="service@huixiang.example", security="none"))
    text = "一\r\n.\r\nMAIL FROM:<evil@example.com>\r\nRCPT TO:<all@example.com>"
    answer = await smtp.send(parcel(Channel.EMAIL, address="li@example.com", title="会员日", text=text))
    (taken,) = outside.taken("smtp")
    assert (answer.outcome, taken["to"]) == (Outcome.TAKEN, ["li@example.com"])
    assert "RCPT TO:<all@example.com>" in taken["text"]


@pytest.mark.requirement("SEC-01")
@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://127.0.0.1:{port}/push", "address"),
        ("https://localhost:{port}/push", "address"),
        ("https://[::1]:{port}/push", "address"),
        ("https://[::ffff:127.0.0.1]:{port}/push", "address"),
        ("https://[64:ff9b::7f00:1]:{port}/push", "address"),
        ("https://[2002:7f00:1::]:{port}/push", "address"),
        ("https://169.254.169.254/latest/meta-data", "address"),
        ("https://10.0.0.7/push", "address"),
        ("https://192.168.1.1/push", "address"),
        ("https://100.64.0.1/push", "address"),
        ("https://0.0.0.0:{port}/push", "address"),
        ("https://2130706433:{port}/push", "address"),
        ("https://user:password@example.com/push", "user"),
        ("http://example.com/push", "scheme"),
        ("file:///etc/passwd", "scheme"),
    ],
)
async def test_nothing_goes_into_the_private_network(
    outside: Providers, clock: SettableClock, url: str, why: str
) -> None:
    push = Push(Gateway(url=url.format(port=outside.http), secret="secret"), clock, private=False)
    sent = await push.send(parcel(Channel.PUSH, address="device-token-1"))
    assert sent == Answer(Outcome.NOT_TAKEN, f"refused_{why}")
    await push.close()
    assert outside.requests("push") == outside.requests("/latest/meta-data") == 0


async def test_a_host_is_asked_once_and_the_connection_goes_where_was_looked(outside: Providers) -> None:
    """The name that the server hears of is the one that was asked for; the address is one that was looked at."""
    outward = Outward(2, private=True)
    answer = await outward.request("GET", f"http://localhost:{outside.http}/_state", headers={})
    assert answer.status == 200
    with pytest.raises(httpx.ConnectError):
        await outward.request("GET", "http://no-such-host.invalid/", headers={})
    with pytest.raises(OutwardRefused, match="scheme"):
        await outward.request("GET", "ftp://localhost/", headers={})
    await outward.close()


@pytest.mark.parametrize(("address", "public"), [("203.0.113.7", False), ("8.8.8.8", True), ("2606:4700::1111", True)])
def test_documentation_networks_are_not_public(address: str, public: bool) -> None:  # noqa: FBT001 - a cell
    assert is_public(ipaddress.ip_address(address)) is public


OPEN = {
    "sms.protocol": ('protocol = "http"', 'protocol = "https"'),
    "wechat_template.address": ('address = "http://', 'address = "https://'),
    "email.security": ('security = "none"', 'security = "tls"'),
    "push.url": ('url = "http://127.0.0.1', 'url = "https://push.example.com#'),
}


@pytest.mark.requirement("SEC-02")
@pytest.mark.parametrize("name", OPEN)
def test_production_sends_nothing_in_the_clear(tmp_path: Path, name: str) -> None:
    file = tmp_path / "channels.toml"
    text = Providers(1, 1).channels()
    for other, (insecure, secure) in OPEN.items():
        assert insecure in text
        text = text if other == name else text.replace(insecure, secure)
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    assert read(file, production=False).sms is not None
    with pytest.raises(CannotRun, match=name):
        read(file, production=True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[sms]\nsign_name = 'x'", "access_key_id"),
        ("[pager]\n", "pager"),
        ("[sms", "channels.toml"),
        ("[push]\nurl='https://push.example.com'\nsecret='whsec_no base64'", "channels.toml"),
        ("[push]\nurl='file:///etc/passwd'\nsecret='x'", "push.url"),
        ('[email]\nhost="h"\nsender="a\\nb"', "channels.toml"),
    ],
)
def test_a_channels_file_that_says_something_else_stops_the_start(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "channels.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    with pytest.raises(CannotRun, match=says):
        read(file, production=False)


def test_a_channels_file_that_others_can_read_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "channels.toml"
    file.write_text("", encoding="utf-8")
    file.chmod(0o640)
    with pytest.raises(CannotRun, match="chmod 600"):
        read(file, production=False)
    with pytest.raises(CannotRun, match="no channels file"):
        read(tmp_path / "other.toml", production=False)

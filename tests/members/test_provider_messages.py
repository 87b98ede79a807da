"""What providers document of their messages: our adapters read it, and the sandbox says nothing else.

The files in `provider_examples` are the examples of the providers' documentation: WeChat's pages on web authorisation
and `code2Session`, Alipay's on `alipay.system.oauth.token`, its tokens cut short.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from huixiang.entry.sandbox.installation import ALIPAY_APP, WECHAT_APPS
from huixiang.kernel.clock import SettableClock
from huixiang.members.adapters.alipay import Alipay, to_sign
from huixiang.members.adapters.provider_http import ProviderHttp
from huixiang.members.adapters.wechat import WeChat
from huixiang.members.model import ExternalId
from huixiang.members.model.providers import ProviderRefused, ProviderUnavailable
from tests.members.outside import CALLBACK, Sandbox, running

EXAMPLES = Path(__file__).parent / "provider_examples"
NOW = datetime(2014, 7, 23, 19, 7, 50, tzinfo=UTC)  # 03:07:50 in Shanghai


def example(name: str) -> Any:
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


class Replay(BaseHTTPRequestHandler):
    """Says what it was told to, by the end of the path; keeps what it was asked."""

    answers: ClassVar[dict[str, bytes]] = {}
    asked: ClassVar[list[dict[str, str]]] = []

    def do_GET(self) -> None:
        self._answer(urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _answer(self, parameters: str) -> None:
        self.asked.append({name: values[0] for name, values in parse_qs(parameters).items()})
        body = self.answers[urlsplit(self.path).path.rpartition("/")[2]]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def replay() -> Iterator[str]:
    Replay.answers.clear()
    Replay.asked.clear()
    server = HTTPServer(("127.0.0.1", 0), Replay)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


def wechat(url: str, **more: Any) -> WeChat:
    return WeChat(ProviderHttp(url), "wx520c15f417810387", "SECRET", **more)


def alipay(url: str, key: RSAPrivateKey) -> Alipay:
    return Alipay(ProviderHttp(url), "2014072300007148", key, key.public_key(), SettableClock(NOW), callback=CALLBACK)


def say(name: str, content: Any) -> None:
    Replay.answers[name] = json.dumps(content, ensure_ascii=False).encode()


async def test_wechats_example_of_a_token_is_read(replay: str) -> None:
    say("access_token", example("wechat_token") | {"is_snapshotuser": 0})
    named = await wechat(replay, callback=CALLBACK).identify("CODE")
    assert named == [ExternalId("wechat", "UNIONID"), ExternalId("wechat.wx520c15f417810387", "OPENID")]
    asked = {"appid": "wx520c15f417810387", "secret": "SECRET", "code": "CODE", "grant_type": "authorization_code"}
    assert Replay.asked == [asked]


async def test_wechats_example_of_a_visitor_is_refused(replay: str) -> None:
    say("access_token", example("wechat_token"))
    with pytest.raises(ProviderRefused) as refusal:
        await wechat(replay).identify("CODE")
    assert refusal.value.fields["reason"] == "visitor"


async def test_wechats_example_of_a_person_is_read(replay: str) -> None:
    token = example("wechat_token")
    say("access_token", {name: token[name] for name in token if name not in {"unionid", "is_snapshotuser"}})
    say("userinfo", example("wechat_person"))
    named = await wechat(replay).identify("CODE")
    assert named[0] == ExternalId("wechat", "o6_bmasdasdsad6_2sgVt7hMZOPfL")
    assert Replay.asked[1] == {"access_token": "ACCESS_TOKEN", "openid": "OPENID", "lang": "zh_CN"}


async def test_a_person_other_than_the_tokens_is_not_believed(replay: str) -> None:
    token = example("wechat_token")
    say("access_token", {name: token[name] for name in token if name not in {"unionid", "is_snapshotuser"}})
    say("userinfo", example("wechat_person") | {"openid": "ANOTHER"})
    with pytest.raises(ProviderUnavailable):
        await wechat(replay).identify("CODE")


async def test_wechats_example_of_a_session_is_read(replay: str) -> None:
    say("jscode2session", example("wechat_session"))
    named = await wechat(replay, mini_program=True).identify("CODE")
    assert named[0] == ExternalId("wechat", "xxxxx")
    assert Replay.asked[0]["js_code"] == "CODE"


async def test_wechats_example_of_an_error_is_refused(replay: str) -> None:
    say("access_token", example("wechat_error"))
    with pytest.raises(ProviderRefused):
        await wechat(replay).identify("CODE")


def signed(node: str, content: Any, key: RSAPrivateKey) -> bytes:
    """An answer of Alipay's, whose signature is over the node as it stands in the text."""
    text = json.dumps(content, ensure_ascii=False, indent=2)
    sign = base64.b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()
    return f'{{ "{node}": {text}, "sign": "{sign}" }}'.encode()


async def test_alipays_example_of_a_token_is_read_where_it_is_signed(replay: str, key: RSAPrivateKey) -> None:
    ((node, content), _) = example("alipay_token").items()
    Replay.answers["gateway.do"] = signed(node, content, key)
    assert await alipay(replay, key).identify("CODE") == [ExternalId("alipay", "2088102150477652")]
    asked = Replay.asked[0]
    sign = base64.b64decode(asked.pop("sign"))
    key.public_key().verify(sign, to_sign(asked), PKCS1v15(), SHA256())
    assert asked == {
        "app_id": "2014072300007148",
        "method": "alipay.system.oauth.token",
        "format": "JSON",
        "charset": "utf-8",
        "sign_type": "RSA2",
        "timestamp": "2014-07-24 03:07:50",
        "version": "1.0",
        "grant_type": "authorization_code",
        "code": "CODE",
    }


async def test_an_answer_that_alipay_did_not_sign_is_not_believed(replay: str, key: RSAPrivateKey) -> None:
    ((node, content), (_, sign)) = example("alipay_token").items()
    genuine = signed(node, content, key)
    changed = genuine.replace(b"2088102150477652", b"2088102150477653")
    unsigned = json.dumps({node: content}).encode()
    for answer in (json.dumps({node: content, "sign": sign}).encode(), changed, unsigned, b"[]", b"{}"):
        Replay.answers["gateway.do"] = answer
        with pytest.raises(ProviderUnavailable):
            await alipay(replay, key).identify("CODE")


async def test_alipays_example_of_an_error_says_that_it_is_away(replay: str, key: RSAPrivateKey) -> None:
    say("gateway.do", example("alipay_error"))
    with pytest.raises(ProviderUnavailable):
        await alipay(replay, key).identify("CODE")


def test_what_is_signed_is_in_the_order_of_alipays_example() -> None:
    given = {"version": "1.0", "timestamp": "2014-07-24 03:07:50", "sign_type": "RSA2", "sign": "x", "format": ""}
    given |= {"method": "alipay.mobile.public.menu.add", "charset": "GBK", "app_id": "2014072300007148"}
    assert to_sign(given) == (
        b"app_id=2014072300007148&charset=GBK&method=alipay.mobile.public.menu.add&sign_type=RSA2"
        b"&timestamp=2014-07-24 03:07:50&version=1.0"
    )


def shape(content: Any) -> Any:
    """Names and JSON types; a number in a text counts as a number, as Alipay's own examples differ in it."""
    if isinstance(content, dict):
        return {name: shape(value) for name, value in content.items()}
    return "number" if isinstance(content, int) or (isinstance(content, str) and content.isdigit()) else type(content)


def is_part(said: Any, documented: Any) -> bool:
    """Whether everything that was said is documented, with its type."""
    if isinstance(said, dict) and isinstance(documented, dict):
        return all(name in documented and is_part(value, documented[name]) for name, value in said.items())
    return bool(said == documented)


def test_the_sandbox_says_what_wechat_documents(outside: Sandbox) -> None:
    pages, _, mini = WECHAT_APPS
    asked = {"appid": pages, "secret": WECHAT_APPS[pages], "grant_type": "authorization_code"}

    def get(path: str, **more: str) -> Any:
        return httpx.get(f"{outside.url}/sns/{path}", params=asked | more).json()

    token = get("oauth2/access_token", code=outside.kit(pages))
    assert is_part(shape(token), shape(example("wechat_token")))
    person = get("userinfo", access_token=token["access_token"], openid=token["openid"], lang="zh_CN")
    assert shape(person) == shape(example("wechat_person"))
    session = get("jscode2session", appid=mini, secret=WECHAT_APPS[mini], js_code=outside.kit(mini))
    assert is_part(shape(session), shape(example("wechat_session")))
    assert get("oauth2/access_token", code="none") == example("wechat_error")
    assert get("oauth2/access_token", code="none", secret="wrong")["errcode"] == 40125
    assert get("userinfo", access_token="none", openid=token["openid"])["errcode"] == 40001


def test_the_sandbox_says_what_alipay_documents(outside: Sandbox) -> None:
    asked = {"app_id": ALIPAY_APP, "method": "alipay.system.oauth.token", "code": outside.kit(ALIPAY_APP)}
    error = httpx.post(f"{outside.url}/gateway.do", data=asked).json()
    assert shape(error["error_response"]).keys() == example("alipay_error")["error_response"].keys()
    assert error["error_response"]["sub_code"] == "isv.invalid-signature"

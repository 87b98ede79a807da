"""Headers and cookies of every kind of answer, and what a caller can put into them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
import pytest_asyncio
from litestar import Litestar

from huixiang.entry.http import AUTHENTICATORS, create_app
from huixiang.entry.pages import PAGES
from huixiang.platform.db import Database
from huixiang.platform.idempotency import IdempotencyLog
from huixiang.platform.settings import Settings
from huixiang.platform.throttle import Limits, Throttle
from huixiang.platform.web.application import Wiring, connect
from huixiang.staff import service as staff
from huixiang.staff.model import Role
from tests.attacks.callers import document
from tests.entry.program import Program, running, settings, sign_in
from tests.entry.test_http import order

CRLF = ("x\r\nSet-Cookie: hx_session=evil", "x\nX-Evil: 1", "x\r\n\r\n<script>1</script>", "x\u010d\u010aX-Evil: 1")


@pytest_asyncio.fixture
async def program(db: Database) -> AsyncIterator[Program]:
    async with running(db) as one:
        yield one


async def answers(program: Program, db: Database) -> dict[str, httpx.Response]:
    """One answer of every kind that there is."""
    client, console = program.client, await sign_in(db, Role.FINANCE)
    page = (await client.get("/m/")).text
    asset = re.search(r'src="(/m/assets/[^"]+)"', page)
    order_headers = program.system | {"Idempotency-Key": "k"}
    found = {
        "page": await client.get("/console/"),
        "place in a page": await client.get("/m/points"),
        "page unchanged": await client.head("/console/"),
        "asset missing": await client.get("/console/assets/none.js"),
        "document": await client.get("/openapi.json"),
        "health": await client.get("/healthz"),
        "read": await client.get("/api/member/v1/me", headers=program.member),
        "created": await client.post("/api/v1/orders", json=order(), headers=order_headers),
        "replayed": await client.post("/api/v1/orders", json=order(), headers=order_headers),
        "sheet": await client.get("/api/console/v1/finance/trial-balance.csv", headers=console),
        "stream": await client.get("/api/member/v1/me/points/postings/export", headers=program.member),
        "no body": await client.delete("/api/member/v1/me/devices", headers=program.member),
        "no credentials": await client.get("/api/member/v1/me"),
        "no permission": await client.get("/api/console/v1/keys", headers=console),
        "no route": await client.get("/nowhere"),
        "no method": await client.put("/healthz"),
        "options": await client.options("/api/member/v1/me"),
        "not there": await client.get(f"/api/v1/orders/{program.member_id}", headers=program.system),
        "invalid": await client.post("/api/v1/orders", json={}, headers=order_headers),
        "malformed": await client.get("/%00"),
        "too long": await client.get("/" + "a" * 5000),
        "too large": await client.get("/healthz", headers={"X-Long": "a" * 20_000}),
    }
    if asset:
        found["asset"] = await client.get(asset[1])
    client._transport.app.state.throttle = Throttle(Limits(address=1))  # type: ignore[attr-defined]
    await client.get("/api/member/v1/me")
    found["too many"] = await client.get("/api/member/v1/me")
    return found


@pytest.mark.requirement("SEC-02")
async def test_security_headers_on_every_kind_of_answer(program: Program, db: Database) -> None:
    statuses = set()
    for kind, answer in (await answers(program, db)).items():
        headers = answer.headers
        statuses.add(answer.status_code)
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy, kind
        assert "frame-ancestors 'none'" in policy, kind
        assert "base-uri 'none'" in policy, kind
        assert "unsafe" not in policy, kind
        said = [headers[name] for name in ("x-content-type-options", "x-frame-options", "referrer-policy")]
        assert said == ["nosniff", "DENY", "no-referrer"], kind
        assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin", kind
        assert not {"server", "x-powered-by", "strict-transport-security"} & set(headers), kind
        assert len(headers.get_list("content-security-policy")) == len(headers.get_list("cache-control")) == 1, kind
        if answer.content:
            assert headers["content-type"].partition(";")[0] in TYPES, kind
            assert not headers["content-type"].startswith("text/") or "charset=utf-8" in headers["content-type"], kind
    assert statuses >= {200, 201, 204, 400, 401, 403, 404, 405, 414, 422, 429, 431}


TYPES = {
    "application/json",
    "application/problem+json",
    "text/css",
    "text/csv",
    "text/html",
    "text/javascript",
    "text/plain",
}


@pytest.mark.requirement("SEC-01")
async def test_private_answers_are_kept_by_nobody(program: Program, db: Database) -> None:
    public = {"page", "place in a page", "page unchanged", "document", "asset"}
    for kind, answer in (await answers(program, db)).items():
        assert (answer.headers["cache-control"] == "no-store") is (kind not in public), kind


@pytest.mark.requirement("SEC-01")
async def test_clickjacking_pages_cannot_be_framed(program: Program) -> None:
    for path in ("/console/", "/m/", "/console/members"):
        headers = (await program.client.get(path)).headers
        assert (headers["x-frame-options"], "frame-ancestors 'none'" in headers["content-security-policy"]) == (
            "DENY",
            True,
        )


@pytest.mark.requirement("SEC-02")
async def test_over_tls_browsers_are_told_to_stay_with_it(program: Program) -> None:
    for path in ("/console/", "/healthz", "/nowhere", "/api/member/v1/me", "/m/assets/none.js"):
        answer = await program.client.get(f"https://huixiang.test{path}")
        assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains", path


async def signed_in(app: Litestar, db: Database, scheme: str) -> httpx.Response:
    async with db.transaction() as tx:
        account = await staff.add_account(tx, f"lin-{scheme}-{id(app)}", "Lin", Role.ADMIN, "tests", lasting=True)
    code = staff.current_code(account.totp_secret, db.clock.now())
    body = {"username": account.account.username, "password": account.password, "code": code}
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://huixiang.test") as client:
        return await client.post("/api/console/v1/session", json=body)


async def reads(app: Litestar, scheme: str, cookie: str) -> int:
    """What reading the session answers who sends a cookie."""
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://huixiang.test") as client:
        return (await client.get("/api/console/v1/session", headers={"Cookie": cookie})).status_code


async def _none() -> Database:
    raise AssertionError("the test hands over its own database")


@pytest.mark.requirement("SEC-02")
@pytest.mark.parametrize(
    ("environment", "scheme", "secure"),
    [("test", "http", False), ("test", "https", True), ("production", "http", True)],
)
async def test_cookie_flags(program: Program, db: Database, environment: str, scheme: str, secure: bool) -> None:  # noqa: FBT001
    """Wherever it is Secure its name has the prefix by which browsers hold the other flags to it, and no other name is
    read there; over plain HTTP on this machine they would refuse it with the prefix."""
    del program
    chosen: Settings = msgspec.structs.replace(settings("postgresql://nobody@/none"), environment=environment)
    app = create_app(chosen)
    connect(app, Wiring(_none, AUTHENTICATORS, IdempotencyLog(bytes(32))), db)
    answer = await signed_in(app, db, scheme)
    [cookie] = answer.headers.get_list("set-cookie")
    _, *flags = [part.strip().lower() for part in cookie.split(";")]
    assert {"httponly", "path=/", "samesite=strict"} <= set(flags)
    assert ("secure" in flags) is secure
    assert not [flag for flag in flags if flag.startswith(("domain", "expires", "max-age"))]
    name, _, value = answer.headers["set-cookie"].partition(";")[0].partition("=")
    assert name == ("__Host-hx_session" if secure else "hx_session")
    assert await reads(app, scheme, f"{name}={value}") == 200
    others = {"__Host-hx_session", "hx_session", "__Secure-hx_session", "__host-hx_session"} - {name}
    assert [await reads(app, scheme, f"{other}={value}") for other in sorted(others)] == [401] * len(others)
    assert len(value) >= 43, "256 bits"
    assert value not in answer.text


@pytest.mark.requirement("SEC-01")
async def test_header_injection_through_what_becomes_a_header(program: Program, db: Database) -> None:
    """The request id, the language, the name of a file, and what is replayed are all that a caller has in headers."""
    finance = await sign_in(db, Role.FINANCE)
    for text in CRLF:
        sent = text.encode("latin-1", "replace").replace(b"\r", b"%0d").replace(b"\n", b"%0a").decode()
        tries = [
            await program.client.get("/healthz", headers={"X-Request-Id": sent, "Accept-Language": sent}),
            await program.client.get(f"/{sent}"),
            await program.client.get("/healthz", params={"x": text}),
            await program.client.get("/api/member/v1/me/points/postings/export", params={"book": text},
                                     headers=program.member),
            await program.client.get("/api/console/v1/finance/trial-balance.csv", params={"book": text},
                                     headers=finance),
            await program.client.get("/console/assets/" + sent),
        ]  # fmt: skip
        for answer in tries:
            assert answer.status_code < 500
            assert "x-evil" not in answer.headers
            assert "evil" not in str(answer.headers.get_list("set-cookie"))
            raw = [value for pair in answer.headers.raw for value in pair]
            assert not [value for value in raw if b"\r" in value or b"\n" in value or b"%0d" in value.lower()]


@pytest.mark.requirement("SEC-01")
async def test_header_injection_through_a_request_id_changes_it(program: Program) -> None:
    for harmful in ("a b", "13812345678", "x" * 65, "a\u00e9", "<script>"):
        headers = {"X-Request-Id": harmful.encode("latin-1").decode("latin-1")}
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        answer = await program.client.get("/healthz", headers=raw)
        assert answer.headers["x-request-id"] != harmful
    kept = await program.client.get("/healthz", headers={"X-Request-Id": "till-7.42"})
    assert kept.headers["x-request-id"] == "till-7.42"


def test_the_document_names_no_redirect() -> None:
    """Nothing answers 3xx, so there is nothing that a parameter could send a browser away by."""
    statuses = {status for one in document().operations() for status in one.responses}
    assert not [status for status in statuses if status.startswith("3")]


def test_the_built_pages_hold_no_script_of_another_place() -> None:
    for name in ("console", "h5"):
        file = PAGES / name / "index.html"
        text = file.read_text() if file.is_file() else ""
        assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", text)
        assert not re.findall(r"<script(?![^>]*\bsrc=)|\son\w+=|javascript:", text)

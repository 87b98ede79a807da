"""Method override, host header, path traversal, parameters given twice: another request than was looked at."""

from __future__ import annotations

import pytest

from huixiang.platform.db import Database
from huixiang.staff.model import Role
from tests.entry.program import running, sign_in

pytestmark = pytest.mark.requirement("SEC-01")


async def test_method_override_is_not_heard(db: Database) -> None:
    async with running(db) as program:
        staff = await sign_in(db, Role.ADMIN)
        for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
            headers = staff | {header: "DELETE"}
            path = "/api/console/v1/session?_method=DELETE"
            answers = [await program.client.get(path.partition("?")[0], headers=headers)]
            answers.append(await program.client.get(path, headers=headers))
            assert answers[0].status_code == 200
        assert (await program.client.get("/api/console/v1/session", headers=staff)).status_code == 200


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "TRACK", "DEBUG", "PROPFIND"])
async def test_methods_that_nobody_needs_are_refused(db: Database, method: str) -> None:
    async with running(db) as program:
        for path in ("/healthz", "/api/member/v1/me", "/console/", "/nowhere"):
            answer = await program.client.request(method, path, headers={"X-Secret": "echo"})
            assert answer.status_code in (404, 405), (path, answer.status_code)
            assert "echo" not in answer.text


async def test_host_header_is_not_believed(db: Database) -> None:
    """Nothing that is answered holds the host that was asked for: no link, no redirect, no cookie's domain."""
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    async with running(db) as program:
        visits = {"provider": "wechat", "return_to": "/m/"}
        answers = [
            *[await program.client.get(path, headers=evil) for path in ("/console", "/m", "/openapi.json", "/nowhere")],
            await program.client.post("/api/member/v1/sign-in/visits", json=visits, headers=evil),
            await program.client.post("/api/member/v1/sign-in/codes", json={"phone": "13800138000"}, headers=evil),
        ]
        for answer in answers:
            assert "evil.example" not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    "path",
    [
        "/console/../../pages.py",
        "/console/%2e%2e/%2e%2e/pages.py",
        "/console/..%2f..%2fpages.py",
        "/console/assets/..%2f..%2f..%2fpages.py",
        "/console/assets/%2e%2e%5c%2e%2e%5cpages.py",
        "/m/assets//etc/passwd",
        "/m/assets/%252e%252e/%252e%252e/pages.py",
        "/console/assets/....//....//pages.py",
        "/m/.git/config",
        "/.git/config",
        "/.env",
        "/console/index.html.br",
    ],
)
async def test_path_traversal_finds_no_file(db: Database, path: str) -> None:
    async with running(db) as program:
        answer = await program.client.get(path)
        assert answer.status_code in (200, 400, 404, 503)
        for told in ("import annotations", "root:x:", "[core]", "PAGES ="):
            assert told not in answer.text


async def test_parameters_given_twice_are_refused(db: Database) -> None:
    async with running(db) as program:
        path = f"/api/v1/members/{program.member_id}/points"
        headers = program.system
        for query in ("book=points&book=growth", "book=points&book=points", "book[]=points", "book=points&member_id=x"):
            answer = await program.client.get(f"{path}?{query}", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (422, "input_invalid"), query

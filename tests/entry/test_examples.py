"""Examples of the API document: there is one of everything, each is as its schema says, and each request is answered
by the program as the document says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from huixiang.platform.db import Database
from huixiang.platform.web.openapi import operations
from huixiang.staff.model import Role
from huixiang.staff.rules import ROLES
from tests.entry.document import JSON, PROBLEM, Described, Document
from tests.entry.program import Program, application, running, sign_in

pytestmark = pytest.mark.requirement("INT-01")

# What is wrong with a request as such: no example may have it.
UNREADABLE = {"input_invalid", "json_malformed", "request_malformed", "idempotency_key_malformed", "route_unknown"}
LAST = ("sign_out", "sign_out_everywhere")  # what ends the session that the others use


@pytest.fixture(scope="module")
def document() -> Document:
    return Document()


def examples(document: Document) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Place, example and schema of everything that has a schema."""
    for one in document.operations():
        for parameter in one.parameters:
            yield f"{one.name}: {parameter['name']}", parameter.get("example", ...), parameter["schema"]
        for media_type, content in one.body.items():
            yield f"{one.name}: {media_type}", content.get("example", ...), content["schema"]
        for status, answer in one.responses.items():
            for media_type, content in answer.get("content", {}).items():
                yield f"{one.name}: {status} {media_type}", content.get("example", ...), content["schema"]


def test_everything_has_an_example_that_is_as_its_schema_says(document: Document) -> None:
    faults, count = [], 0
    for place, example, schema in examples(document):
        count += 1
        faults += (
            [f"{place}: none"] if example is ... else [f"{place}: {one}" for one in document.faults(example, schema)]
        )
    assert count > 1_000
    assert faults == []


def test_an_example_that_is_not_as_its_schema_says_is_caught(document: Document) -> None:
    problem = {"$ref": "#/components/schemas/Problem"}
    assert document.faults({"type": "urn:x"}, problem) != []
    assert document.faults("yesterday", {"type": "string", "format": "date"}) != []
    assert document.faults("x", {"type": "string", "format": "uuid"}) != []


class Caller:
    """Sends the examples with credentials of the kind that each asks for, about a member who is there."""

    def __init__(self, program: Program, staff: dict[str | None, dict[str, str]]) -> None:
        self._program = program
        self._staff = staff
        self._needs = {(one.path, one.method): one.access for one in operations(application())}

    def credentials(self, one: Described) -> dict[str, str]:
        access = self._needs[one.path, one.method]
        return {
            "system": self._program.system,
            "member": self._program.member,
            "staff": self._staff.get(access.permission, {}),
            "public": {},
        }[access.kind]

    async def send(self, one: Described) -> httpx.Response:
        needed = [p for p in one.parameters if p["required"]]
        given = {place: {p["name"]: p["example"] for p in needed if p["in"] == place} for place in PLACES}
        given["path"] |= {"member_id": str(self._program.member_id)} if "member_id" in given["path"] else {}
        headers = given["header"] | {"Idempotency-Key": f"key of {one.name}"} | self.credentials(one)
        body: dict[str, Any] = {}
        for media_type, content in one.body.items():
            if media_type == JSON:
                body = {"json": content["example"]}
            else:
                body = {"content": content["example"].encode()}
                headers["Content-Type"] = media_type
        path = one.path.format_map(given["path"])
        return await self._program.client.request(one.method, path, params=given["query"], headers=headers, **body)


PLACES = ("path", "query", "header")


async def staff_of(db: Database) -> dict[str | None, dict[str, str]]:
    """Headers of somebody who may do it, by permission."""
    signed_in = {role: await sign_in(db, role, name=f"of_{role}") for role in Role}
    found: dict[str | None, dict[str, str]] = {None: signed_in[Role.ADMIN]}
    for role, permissions in ROLES.items():
        found |= dict.fromkeys(permissions, signed_in[role])
    return found


def faults_of(document: Document, one: Described, answer: httpx.Response) -> list[str]:
    """What in an answer is not as the document says."""
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    described = one.responses.get(str(answer.status_code))
    if described is None:
        return [f"{answer.status_code} is not documented: {answer.text[:200]}"]
    contents = {media.partition(";")[0]: content for media, content in described.get("content", {}).items()}
    if not contents:
        return [f"{answer.status_code} has a body: {answer.text[:100]}"] if answer.content else []
    if media_type not in contents:
        return [f"{answer.status_code} as {media_type}"]
    if media_type not in (JSON, PROBLEM):
        return []
    found = document.faults(answer.json(), contents[media_type]["schema"])
    if media_type == PROBLEM and answer.json()["code"] in UNREADABLE:
        found.append(f"the example is refused: {answer.text[:300]}")
    if "application/x-ndjson" in one.body and answer.status_code == 200:
        found += [str(row) for row in answer.json()["rows"] if (row.get("problem") or {}).get("code") in UNREADABLE]
    return found


async def test_each_request_is_answered_as_the_document_says(document: Document, db: Database) -> None:
    faults, done = [], 0
    async with running(db) as program:
        caller = Caller(program, await staff_of(db))
        for one in sorted(document.operations(), key=lambda one: one.name in LAST):
            answer = await caller.send(one)
            done += answer.is_success
            faults += [f"{one.method} {one.path}: {fault}" for fault in faults_of(document, one, answer)]
    assert not faults, "\n".join(faults)
    assert done > 60, "most examples only show how they are refused"

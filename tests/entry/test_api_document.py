"""The clients are generated from the document, which must be the program's own."""

from __future__ import annotations

import json
from pathlib import Path

from huixiang.entry.http import openapi_document
from tools import python_client

COMMITTED = Path(__file__).parents[2] / "web" / "api" / "openapi.json"


def test_the_clients_document_is_the_programs() -> None:
    """After a route or a shape has changed, run `web/api/generate`."""
    document = json.loads(COMMITTED.read_text(encoding="utf-8"))
    own = json.loads(json.dumps(openapi_document()))
    assert document["paths"].keys() == own["paths"].keys()
    assert document == own


def test_the_python_client_is_what_the_document_gives() -> None:
    """After a route or a shape has changed, run `make docs`."""
    assert python_client.main(["--check"]) == 0


def test_a_client_of_another_document_or_changed_by_hand_is_caught() -> None:
    kept = json.loads(python_client.DIGESTS.read_text(encoding="utf-8"))
    found = python_client.digests()
    assert len(found["files"]) > 200
    assert {**found, "document": "0"} != kept
    assert {**found, "files": {**found["files"], "huixiang_client/client.py": "0"}} != kept

"""The pages' client is generated from the committed document, which must be the program's own."""

from __future__ import annotations

import json
from pathlib import Path

from huixiang.entry.http import openapi_document

COMMITTED = Path(__file__).parents[2] / "web" / "api" / "openapi.json"


def test_the_clients_document_is_the_programs() -> None:
    """After a route or a shape has changed, run `web/api/generate`."""
    document = json.loads(COMMITTED.read_text(encoding="utf-8"))
    own = json.loads(json.dumps(openapi_document()))
    assert document["paths"].keys() == own["paths"].keys()
    assert document == own

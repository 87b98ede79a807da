"""The API document taken apart: its operations, and what in them has a schema and examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from jsonschema import Draft202012Validator

from huixiang.entry.http import openapi_document

JSON = "application/json"
PROBLEM = "application/problem+json"


class Described(msgspec.Struct, frozen=True):
    """One operation of the document, with references to answers followed."""

    path: str
    method: str
    operation: dict[str, Any]
    responses: dict[str, dict[str, Any]]

    @property
    def name(self) -> str:
        return str(self.operation["operationId"])

    @property
    def parameters(self) -> list[dict[str, Any]]:
        return list(self.operation.get("parameters", []))

    @property
    def body(self) -> dict[str, Any]:
        """Media types of the request's body; empty where it has none."""
        return dict(self.operation.get("requestBody", {}).get("content", {}))


class Document:
    """The document of this version, as JSON."""

    def __init__(self) -> None:
        self.whole: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(openapi_document()))

    def operations(self) -> Iterator[Described]:
        for path, item in self.whole["paths"].items():
            for method, operation in item.items():
                responses = {status: self._followed(one) for status, one in operation["responses"].items()}
                yield Described(path, method.upper(), operation, responses)

    def faults(self, value: Any, schema: dict[str, Any]) -> list[str]:
        """What in a value is not as a schema of the document says."""
        rooted = {**schema, "components": self.whole["components"]}
        validator = Draft202012Validator(rooted, format_checker=Draft202012Validator.FORMAT_CHECKER)
        return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(value)]

    def _followed(self, answer: dict[str, Any]) -> dict[str, Any]:
        name = answer.get("$ref", "").rpartition("/")[2]
        found: dict[str, Any] = self.whole["components"]["responses"][name] if name else answer
        return found

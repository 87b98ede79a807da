"""Rule documents: what a programme's rules are written in, with versions, periods and states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

import msgspec

from huixiang.kernel.errors import InvariantBroken
from huixiang.kernel.period import Period
from huixiang.rulebook.model.errors import RuleDocumentUnknown

T = TypeVar("T")

Name = tuple[str, str]  # kind and code of a document, whatever its version
State = Literal["published", "withdrawn"]

# Shipped documents are valid from here: long before any order that is posted late or imported.
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class Kind(msgspec.Struct, frozen=True):
    """How documents of one kind look. `check` sees what the types cannot say and raises InvalidInput with the path."""

    name: str
    shape: type[Any]
    check: Callable[[Any], None] | None = None


class Document(msgspec.Struct, frozen=True):
    """One version of one rule document. It never changes but for its state; `body` has the shape of its kind.

    `hash` is the sha256 of the body as JSON with sorted keys: what a decision stores to be replayed by is (kind, code,
    version), and the hash proves that the version still says the same.
    """

    kind: str
    code: str
    version: int
    hash: bytes
    body: Any
    period: Period
    state: State
    published_at: datetime | None
    published_by: str | None
    note: str | None

    def read(self, shape: type[T]) -> T:
        """The body as its struct. Raises InvariantBroken where the kind is registered with another one."""
        if not isinstance(self.body, shape):
            raise InvariantBroken(f"a {self.kind} document is {type(self.body).__name__}, not {shape.__name__}")
        return self.body


class Version(msgspec.Struct, frozen=True):
    """A version of a rule document without what it says."""

    kind: str
    code: str
    version: int
    period: Period
    state: State
    published_at: datetime | None
    published_by: str | None
    note: str | None
    hash: bytes


class Timeline(msgspec.Struct, frozen=True):
    """Every published version of one document, newest first: one read serves a batch of instants."""

    kind: str
    code: str
    documents: Sequence[Document]

    def find(self, instant: datetime) -> Document | None:
        """The highest version whose period holds `instant`."""
        return next((document for document in self.documents if instant in document.period), None)

    def at(self, instant: datetime) -> Document:
        """The same. Raises RuleDocumentUnknown where there is none."""
        document = self.find(instant)
        if document is None:
            raise RuleDocumentUnknown.at(self.kind, self.code, instant)
        return document


class Standing(msgspec.Struct, frozen=True):
    """How one document stands: every version of it, newest first, without what they say, and its parts that are
    switched off, whichever version has them."""

    kind: str
    code: str
    versions: Sequence[Version]
    off: frozenset[str]

    @property
    def latest(self) -> int:
        """The highest version number there is, whatever its state; 0 where there is none."""
        return self.versions[0].version if self.versions else 0

    def find(self, instant: datetime) -> Version | None:
        """What is in force at an instant: the highest published version whose period holds it."""
        return next((one for one in self.versions if one.state == "published" and instant in one.period), None)

    def at(self, instant: datetime) -> Version:
        """The same. Raises RuleDocumentUnknown where there is none."""
        found = self.find(instant)
        if found is None:
            raise RuleDocumentUnknown.at(self.kind, self.code, instant)
        return found

    def numbered(self, version: int) -> Version:
        """A version whatever its state. Raises RuleDocumentUnknown where there is none."""
        found = next((one for one in self.versions if one.version == version), None)
        if found is None:
            raise RuleDocumentUnknown.numbered(self.kind, self.code, version)
        return found

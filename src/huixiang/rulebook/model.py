"""Rule documents: what a programme's rules are written in, with versions, periods and states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

import msgspec

from huixiang.kernel.errors import DomainError, InvariantBroken
from huixiang.kernel.period import Period
from huixiang.kernel.text import Text

T = TypeVar("T")

Name = tuple[str, str]  # kind and code of a document, whatever its version
State = Literal["draft", "published", "withdrawn"]

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


class RuleKindUnknown(DomainError):
    code = "rule_kind_unknown"
    status = 404
    title = Text(zh="规则类型不存在", en="Unknown kind of rule")
    detail = Text(zh="没有“{kind}”这类规则。", en="There is no kind of rule {kind}.")


class RuleDocumentUnknown(DomainError):
    code = "rule_document_unknown"
    status = 404
    title = Text(zh="规则不存在", en="Unknown rule document")
    detail = Text(
        zh="没有规则 {kind}/{document}({wanted})。", en="There is no rule document {kind}/{document} ({wanted})."
    )

    @classmethod
    def at(cls, kind: str, document: str, instant: datetime) -> RuleDocumentUnknown:
        return cls(kind=kind, document=document, wanted=f"at {instant.isoformat()}")

    @classmethod
    def numbered(cls, kind: str, document: str, version: int) -> RuleDocumentUnknown:
        return cls(kind=kind, document=document, wanted=f"version {version}")


class RuleDocumentInvalid(DomainError):
    """The body does not have the shape of its kind. `path` is a JSON path into the body (`$.tiers[0].threshold`)."""

    code = "rule_document_invalid"
    status = 422
    title = Text(zh="规则内容有误", en="Invalid rule document")
    detail = Text(zh="规则 {kind}/{document} 的 {path}:{problem}", en="{kind}/{document}, {path}: {problem}")


class RuleDocumentWithdrawn(DomainError):
    code = "rule_document_withdrawn"
    status = 409
    title = Text(zh="规则已撤回", en="Rule document already withdrawn")
    detail = Text(
        zh="规则 {kind}/{document} 第 {version} 版已撤回。",
        en="Version {version} of {kind}/{document} is withdrawn already.",
    )

"""What the rulebook refuses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from huixiang.kernel.errors import DomainError, Problem
from huixiang.kernel.text import Text


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
    """The body does not have the shape of its kind, or says what cannot be. `path` is a JSON path into the body
    (`$.tiers[0].threshold`), `problem` what was expected there: the first of all that was found, which is in
    `errors`."""

    code = "rule_document_invalid"
    status = 422
    title = Text(zh="规则内容有误", en="Invalid rule document")
    detail = Text(zh="规则 {kind}/{document} 的 {path}：{problem}", en="{kind}/{document}, {path}: {problem}")

    @classmethod
    def of(cls, kind: str, document: str, problems: Sequence[Problem]) -> RuleDocumentInvalid:
        """A refusal for all of them; there is at least one."""
        refusal = cls(kind=kind, document=document, path=problems[0].path, problem=problems[0].problem)
        refusal.problems = problems
        return refusal


class RuleDocumentWithdrawn(DomainError):
    code = "rule_document_withdrawn"
    status = 409
    title = Text(zh="规则已撤回", en="Rule document already withdrawn")
    detail = Text(
        zh="规则 {kind}/{document} 第 {version} 版已撤回。",
        en="Version {version} of {kind}/{document} is withdrawn already.",
    )


class RuleBaseMoved(DomainError):
    """Another version was published since the one that a change was made against."""

    code = "rule_base_moved"
    status = 409
    title = Text(zh="规则已有新版本", en="Another version was published")
    detail = Text(
        zh="规则 {kind}/{document} 的最新版本是第 {latest} 版，不是第 {base} 版。请查看差异后再发布。",
        en="The latest version of {kind}/{document} is {latest}, not {base}: look at what it changed, then publish.",
    )


class RuleDraftUnknown(DomainError):
    code = "rule_draft_unknown"
    status = 404
    title = Text(zh="没有这份草稿", en="Unknown draft")
    detail = Text(zh="规则 {kind}/{document} 没有草稿 {draft_id}。", en="{kind}/{document} has no draft {draft_id}.")


class RuleDraftMoved(DomainError):
    """Somebody replaced the draft since it was read."""

    code = "rule_draft_moved"
    status = 409
    title = Text(zh="草稿已被修改", en="The draft was changed")
    detail = Text(
        zh="草稿 {draft_id} 现在是第 {edition} 稿，不是第 {read} 稿。",
        en="Draft {draft_id} is at edition {edition}, not {read}.",
    )


class RuleDraftClosed(DomainError):
    """The draft was published or discarded."""

    code = "rule_draft_closed"
    status = 409
    title = Text(zh="草稿已关闭", en="The draft is closed")
    detail = Text(zh="草稿 {draft_id} 已关闭（{state}）。", en="Draft {draft_id} is {state}.")


class RulePartUnknown(DomainError):
    """No version that is or will be in force has a part of that code, or the kind has none that can be switched."""

    code = "rule_part_unknown"
    status = 404
    title = Text(zh="没有这条规则", en="Unknown rule")
    detail = Text(
        zh="规则 {kind}/{document} 中没有可开关的 {part}。", en="{kind}/{document} has no rule {part} to switch."
    )

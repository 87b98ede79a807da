"""Nouns of the rulebook: `documents`, `drafts`, `switches`, `findings`, and what it refuses."""

from huixiang.rulebook.model.documents import BEGINNING, Document, Kind, Name, Standing, State, Timeline, Version
from huixiang.rulebook.model.drafts import Draft, DraftChange, DraftSummary, NewDraft, NewVersion, Withdrawal
from huixiang.rulebook.model.errors import (
    RuleBaseMoved,
    RuleDocumentInvalid,
    RuleDocumentUnknown,
    RuleDocumentWithdrawn,
    RuleDraftClosed,
    RuleDraftMoved,
    RuleDraftUnknown,
    RuleKindUnknown,
    RulePartUnknown,
)
from huixiang.rulebook.model.findings import Change, Difference, Findings
from huixiang.rulebook.model.switches import NewSwitch, Switch

__all__ = [
    "BEGINNING",
    "Change",
    "Difference",
    "Document",
    "Draft",
    "DraftChange",
    "DraftSummary",
    "Findings",
    "Kind",
    "Name",
    "NewDraft",
    "NewSwitch",
    "NewVersion",
    "RuleBaseMoved",
    "RuleDocumentInvalid",
    "RuleDocumentUnknown",
    "RuleDocumentWithdrawn",
    "RuleDraftClosed",
    "RuleDraftMoved",
    "RuleDraftUnknown",
    "RuleKindUnknown",
    "RulePartUnknown",
    "Standing",
    "State",
    "Switch",
    "Timeline",
    "Version",
    "Withdrawal",
]

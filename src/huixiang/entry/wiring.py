"""What the program is put together from: kinds of rule documents, reactions to events, schedules."""

from __future__ import annotations

from huixiang.points.model import EarningRules
from huixiang.rulebook import service as rulebook
from huixiang.tiers.model import TierRules


def register_rule_kinds() -> None:
    """Let the rulebook know each module's kind of document. Harmless when repeated."""
    rulebook.register_kind("tiers", TierRules)
    rulebook.register_kind("earning", EarningRules)

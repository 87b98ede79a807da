"""What is said of a body before it is published: what is wrong with it, and how it differs from another."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from huixiang.kernel.errors import Problem

PROBLEMS_MAX = 100
CHANGES_MAX = 1000


class Findings(msgspec.Struct, frozen=True):
    """problems: what keeps a body from being published; warnings: what may be a slip. At most a hundred of each."""

    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference. path: where, `$.rules[tier_rate].effect.rate_bp`; entries that have a code are named by it,
    others by their place, from 0."""

    path: str
    what: Literal["added", "removed", "changed"]
    before: Any = None
    after: Any = None


class Difference(msgspec.Struct, frozen=True):
    """What a body would change. against: the version that it is compared with, None where nothing is in force.
    more: changes that are left out, beyond the first thousand."""

    against: int | None
    changes: tuple[Change, ...]
    more: int = 0

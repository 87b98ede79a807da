"""Why a condition holds or not: its tree with what was found at each node, and the shortest reason."""

from __future__ import annotations

import msgspec

from huixiang.conditions.facts import Facts
from huixiang.conditions.model import All, Any, Condition, Not
from huixiang.conditions.predicate import build
from huixiang.conditions.registry import Registry
from huixiang.conditions.wording import leaf_text
from huixiang.kernel.text import Text


class Explained(msgspec.Struct, frozen=True):
    """A node: where it stands, whether it holds, what was found there, and the nodes below it."""

    path: str
    kind: str
    met: bool
    text: Text
    parts: tuple[Explained, ...] = ()


def explain(condition: Condition, facts: Facts, registry: Registry, path: str = "$") -> Explained:
    """Of a condition that was checked. `met` is what its predicate says."""
    kind = type(condition).__struct_config__.tag
    if isinstance(condition, Not):
        inner = explain(condition.of, facts, registry, f"{path}.of")
        return Explained(path, str(kind), not inner.met, _NOT[inner.met], (inner,))
    if isinstance(condition, All | Any):
        parts = tuple(explain(part, facts, registry, f"{path}.of[{place}]") for place, part in enumerate(condition.of))
        met = sum(part.met for part in parts)
        holds = met == len(parts) if isinstance(condition, All) else met > 0
        return Explained(path, str(kind), holds, _counted(met, len(parts)), parts)
    met_here = build(condition, registry)(facts)
    return Explained(path, str(kind), met_here, leaf_text(condition, facts, registry, met=met_here))


def reason(explained: Explained) -> Text:
    """What was found, in as few nodes as can say why the whole is as it is: why it failed where it did."""
    leaves = _why(explained)
    if not leaves:
        return explained.text
    return Text(zh=";".join(leaf.text.zh for leaf in leaves), en="; ".join(leaf.text.en for leaf in leaves))


def _why(node: Explained) -> list[Explained]:
    """The fewest leaves that make a node hold or fail: one part where one is enough, else every part."""
    if not node.parts:
        return [] if node.kind in {"all", "any"} else [node]
    if node.kind == "not":
        return _why(node.parts[0])
    whys = [_why(part) for part in node.parts if part.met == node.met]
    one_is_enough = node.met == (node.kind == "any")
    return min(whys, key=len) if one_is_enough else [leaf for why in whys for leaf in why]


_NOT = {
    True: Text(zh="不应成立的条件成立", en="What must not hold does"),
    False: Text(zh="不应成立的条件不成立", en="What must not hold does not"),
}


def _counted(met: int, parts: int) -> Text:
    return Text(zh=f"{parts} 项中有 {met} 项成立", en=f"{met} of {parts} hold")

"""What of a condition the occasion alone decides, decided: what is left asks for members alone."""

from __future__ import annotations

from huixiang.conditions.depends import depends_on
from huixiang.conditions.facts import Facts
from huixiang.conditions.model import All, Any, Condition, Not
from huixiang.conditions.predicate import build
from huixiang.conditions.registry import Registry


def fold(node: Condition, registry: Registry, occasion: Facts) -> Condition | bool:
    """The condition without its parts that ask for the context and the time, or its truth where nothing else asks."""
    if isinstance(node, Not):
        inner = fold(node.of, registry, occasion)
        return not inner if isinstance(inner, bool) else Not(inner)
    if isinstance(node, All | Any):
        decisive = isinstance(node, Any)  # one such part decides
        parts = [fold(part, registry, occasion) for part in node.of]
        if any(part is decisive for part in parts):
            return decisive
        left = tuple(part for part in parts if not isinstance(part, bool))
        return type(node)(left) if left else not decisive
    if "member" in depends_on(node, registry):
        return node
    return build(node, registry)(occasion)

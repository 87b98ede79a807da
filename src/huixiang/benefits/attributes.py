"""What conditions may ask of privileges: those of which something is left."""

from __future__ import annotations

from huixiang.conditions.registry import Attribute, Source
from huixiang.kernel.text import Text

ATTRIBUTES = (
    Attribute(
        code="benefits",
        name=Text(zh="权益", en="Benefits"),
        type="texts",
        scope="member",
        source=Source("benefits.benefits_facts", "benefits"),
    ),
)

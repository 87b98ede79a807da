"""Text that people read, in the two languages of every installation."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Words = Annotated[str, Meta(max_length=4_000)]
Language = Literal["zh", "en"]


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text in Chinese and English. Both are always there: a screen never falls back to the other language."""

    zh: Words
    en: Words

    def in_language(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en

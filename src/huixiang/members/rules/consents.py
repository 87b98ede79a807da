"""Decisions on the texts that members consent to."""

from __future__ import annotations

from collections.abc import Iterable

from huixiang.kernel.errors import InvalidInput, Problem
from huixiang.members.model.consents import TEXT_MAX, TITLE_MAX, ConsentText, ConsentTexts


def check_texts(texts: ConsentTexts) -> None:
    """Raises InvalidInput for what is empty, or too long to be read."""
    for place, one in enumerate(texts.purposes):
        for name, text, most in (("title", one.title, TITLE_MAX), ("text", one.text, TEXT_MAX)):
            for language, words in (("zh", text.zh), ("en", text.en)):
                if not words.strip() or len(words) > most:
                    path = f"$.purposes[{place}].{name}.{language}"
                    raise InvalidInput(path=path, problem=f"must have 1 to {most} characters")


def reworded(before: Iterable[ConsentText], now: ConsentTexts) -> list[Problem]:
    """What keeps a version: a text of other words under a text_version that members may have consented to. before: of
    all versions."""
    said = {(one.purpose, one.text_version): one.text for one in before}
    return [
        Problem(f"$.purposes[{place}].text_version", f"{one.text_version} had other words: give these another one")
        for place, one in enumerate(now.purposes)
        if said.get((one.purpose, one.text_version), one.text) != one.text
    ]

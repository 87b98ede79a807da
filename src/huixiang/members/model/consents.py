"""What members are asked to consent to: each purpose with its text, versioned by the words themselves."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from huixiang.kernel.text import Text
from huixiang.members.model.attributes import Purpose, TextVersion

KIND, CODE = "consents", "default"  # of the rule document
MARKETING = "marketing"  # the purpose without which nothing but notices is sent
TITLE_MAX, TEXT_MAX = 40, 2000


class ConsentText(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a member reads before they consent to a purpose. text_version: what the log of consents keeps; another text
    has another one."""

    purpose: Purpose
    text_version: TextVersion
    title: Text
    text: Text


class ConsentTexts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rule document of kind `consents`: the purposes that members are asked for, in the order in which they are
    shown."""

    purposes: Annotated[tuple[ConsentText, ...], Meta(max_length=32)] = ()

    def __post_init__(self) -> None:
        codes = [one.purpose for one in self.purposes]
        if len(set(codes)) < len(codes):
            raise ValueError("two texts have the same purpose")

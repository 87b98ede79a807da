"""What a template says with its values, and what is wrong with a template before it is published."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from huixiang.kernel.errors import InvalidInput
from huixiang.messaging.model import OWN
from huixiang.messaging.model.templates import Language, MessageTemplate, Rendered

TITLE_MAX, TEXT_MAX = 128, 4000
# Of a Chinese text message: alone, and of each part of a longer one. The signature, such as 【惠象】, counts too.
SMS_ALONE, SMS_PART = 70, 67
_PLACE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]{0,31})\}")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def check_template(template: MessageTemplate) -> None:
    """Raises InvalidInput for the first thing that keeps a template from being published."""
    if template.secret and OWN & set(template.channels):
        raise InvalidInput(path="$.secret", problem="must be false for the inbox and pop-ups, where a message stays")
    for language in LANGUAGES:
        used: set[str] = set()
        for path, said, most in _said(template, language):
            used |= _used(path, said, template)
            longest = {name: "x" * variable.at_most for name, variable in template.variables.items()}
            if not 1 <= len(filled(said, longest)) <= most:
                raise InvalidInput(path=path, problem=f"must have 1 to {most} characters with its longest values")
        if idle := sorted(set(template.variables) - used):
            raise InvalidInput(path=f"$.variables.{idle[0]}", problem=f"is not used in {language}")
    for name, variable in template.variables.items():
        if len(variable.example) > variable.at_most:
            raise InvalidInput(path=f"$.variables.{name}.example", problem=f"is longer than {variable.at_most}")


def check_values(template: MessageTemplate, values: Mapping[str, str]) -> None:
    """Raises InvalidInput unless there is one value for each variable, no longer than it may be and of one line."""
    for name in sorted(set(template.variables) ^ set(values)):
        problem = "is missing" if name in template.variables else "is no variable of the template"
        raise InvalidInput(path=f"$.values.{name}", problem=problem)
    for name, value in values.items():
        most = template.variables[name].at_most
        if not 1 <= len(value) <= most or _UNSEEN.search(value) or "\n" in value:
            raise InvalidInput(path=f"$.values.{name}", problem=f"must be one line of 1 to {most} characters")


def rendered(template: MessageTemplate, language: Language, values: Mapping[str, str]) -> Rendered:
    """What a checked template says with checked values."""
    text = filled(getattr(template.text, language), values)
    title = None if template.title is None else filled(getattr(template.title, language), values)
    return Rendered(title, text, len(text), sms_parts(text))


def filled(said: str, values: Mapping[str, str]) -> str:
    """Each place once: what a value says is no template."""
    return _PLACE.sub(lambda place: values[place[1]], said)


def sms_parts(text: str) -> int:
    """A character beyond U+FFFF counts as two, as it does to networks."""
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= SMS_ALONE else -(-units // SMS_PART)


def _said(template: MessageTemplate, language: Language) -> Iterator[tuple[str, str, int]]:
    """(path, what it says, how long it may be)."""
    yield f"$.text.{language}", getattr(template.text, language), TEXT_MAX
    if template.title is not None:
        yield f"$.title.{language}", getattr(template.title, language), TITLE_MAX


def _used(path: str, said: str, template: MessageTemplate) -> set[str]:
    names = set(_PLACE.findall(said))
    if unknown := sorted(names - set(template.variables)):
        raise InvalidInput(path=path, problem=f"names {unknown[0]}, which is no variable")
    if set("{}") & set(_PLACE.sub("", said)):
        raise InvalidInput(path=path, problem="has a brace that encloses no variable")
    if _UNSEEN.search(said) or (path.startswith("$.title") and "\n" in said):
        raise InvalidInput(path=path, problem="has characters that no message may have")
    return names

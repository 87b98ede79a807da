"""What a template says with its values, and what is wrong with a template before it is published."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from huixiang.kernel.errors import InvalidInput, Problem
from huixiang.kernel.text import Language, Text
from huixiang.messaging.model import OWN, Channel, MessageClass
from huixiang.messaging.model.templates import MessageTemplate, Rendered, Said, Variable, VariableType

TITLE_MAX, TEXT_MAX = 128, 4000
# Of a Chinese text message: alone, and of each part of a longer one. The signature, such as 【惠象】, counts too.
SMS_ALONE, SMS_PART = 70, 67
_PLACE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]{0,31})\}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
LANGUAGES: tuple[Language, ...] = ("zh", "en")
_SHAPES: Mapping[VariableType, tuple[re.Pattern[str], str]] = {
    "text": (re.compile(r"[^\x00-\x1f\x7f]+"), "one line"),
    "code": (re.compile(r"[0-9A-Za-z]{4,12}"), "4 to 12 letters and digits"),
    "number": (re.compile(r"[0-9]{1,18}"), "digits"),
    "day": (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "a day such as 2026-04-01"),
}
_DAY_MAX = len("30 September 2026")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def check_template(template: MessageTemplate) -> None:
    """Raises InvalidInput for the first thing that keeps a template from being published."""
    if template.secret and OWN & set(template.channels):
        raise InvalidInput(path="$.secret", problem="must be false for the inbox and pop-ups, where a message stays")
    for language in LANGUAGES:
        used: set[str] = set()
        for path, said, most in _said(template, language):
            used |= _used(path, said, template)
            longest = {
                name: "x" * (max(variable.at_most, _DAY_MAX) if variable.type == "day" else variable.at_most)
                for name, variable in template.variables.items()
            }
            if not 1 <= len(filled(said, longest)) <= most:
                raise InvalidInput(path=path, problem=f"must have 1 to {most} characters with its longest values")
        if idle := sorted(set(template.variables) - used):
            raise InvalidInput(path=f"$.variables.{idle[0]}", problem=f"is not used in {language}")
    for name, variable in template.variables.items():
        if (problem := _unfit(variable.example, variable.type, variable.at_most)) is not None:
            raise InvalidInput(path=f"$.variables.{name}.example", problem=problem)
    _check_providers(template)


def check_said(said: Said, template: MessageTemplate) -> list[Problem]:
    """Why a template cannot be the one of a message that the program itself sends."""
    found = []
    for name in template.variables:
        if name not in said.variables:
            has = ", ".join(sorted(said.variables))
            found.append(Problem(f"$.variables.{name}", f"is nothing that {said.name} has a value for; it has {has}"))
        elif template.variables[name].type != said.variables[name]:
            found.append(Problem(f"$.variables.{name}.type", f"must be {said.variables[name]}"))
    found += [
        Problem("$.variables", f"must have {name}, which {said.name} has to say")
        for name in said.variables
        if name not in template.variables and name not in said.optional
    ]
    found += [
        Problem("$.channels", f"must have {channel}, by which {said.name} is sent")
        for channel in said.channels
        if channel not in template.channels
    ]
    if template.secret != said.secret:
        found.append(Problem("$.secret", f"must be {str(said.secret).lower()} for {said.name}"))
    if template.message_class is not MessageClass.SERVICE:
        found.append(Problem("$.message_class", f"must be service: {said.name} asks for no consent"))
    return found


def check_values(template: MessageTemplate, values: Mapping[str, str]) -> None:
    """Raises InvalidInput unless there is one value for each variable, no longer than it may be and of its type."""
    for name in sorted(set(template.variables) ^ set(values)):
        problem = "is missing" if name in template.variables else "is no variable of the template"
        raise InvalidInput(path=f"$.values.{name}", problem=problem)
    for name, value in values.items():
        variable = template.variables[name]
        if (unfit := _unfit(value, variable.type, variable.at_most)) is not None:
            raise InvalidInput(path=f"$.values.{name}", problem=unfit)


def own_values(template: MessageTemplate, given: Mapping[str, str | Text], language: Language) -> dict[str, str]:
    """Of what the program has values for, what a template uses, in a language. Text that people wrote elsewhere, such
    as the name of a coupon, is put into one line, and cut where the template has less room: no notice is lost for
    it."""
    return {
        name: _fitted(value if isinstance(value, str) else value.in_language(language), template.variables[name])
        for name, value in given.items()
        if name in template.variables
    }


def _fitted(value: str, variable: Variable) -> str:
    if variable.type != "text":
        return value
    line = " ".join(_CONTROL.sub(" ", value).split())
    return line if len(line) <= variable.at_most else line[: variable.at_most - 1] + "…"


def rendered(template: MessageTemplate, language: Language, values: Mapping[str, str]) -> Rendered:
    """What a checked template says with checked values."""
    words = {name: in_words(value, template.variables[name].type, language) for name, value in values.items()}
    text = filled(template.text.in_language(language), words)
    title = None if template.title is None else filled(template.title.in_language(language), words)
    return Rendered(title, text, len(text), sms_parts(text))


def provided(
    template: MessageTemplate, channel: Channel, language: Language, values: Mapping[str, str]
) -> tuple[str | None, dict[str, str]]:
    """What the provider of a channel calls its own template, and what it fills in; None where the document does not
    say."""
    own = next((one for name, one in template.providers.items() if name == channel.value), None)
    if own is None:
        return None, dict(values)
    template_id = own.en if language == "en" and own.en is not None else own.zh
    return template_id, {theirs: values[ours] for theirs, ours in own.names.items()} or dict(values)


def in_words(value: str, kind: VariableType, language: Language) -> str:
    """A value as people read it."""
    if kind != "day":
        return value
    day = date.fromisoformat(value)
    if language == "zh":
        return f"{day.year} 年 {day.month} 月 {day.day} 日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


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


def _check_providers(template: MessageTemplate) -> None:
    for channel, own in template.providers.items():
        if channel not in {one.value for one in template.channels}:
            raise InvalidInput(path=f"$.providers.{channel}", problem="is none of the channels of the template")
        for theirs, ours in own.names.items():
            if ours not in template.variables:
                path = f"$.providers.{channel}.names.{theirs}"
                raise InvalidInput(path=path, problem=f"names {ours}, which is no variable")


def _unfit(value: str, kind: VariableType, at_most: int) -> str | None:
    shape, described = _SHAPES[kind]
    if not 1 <= len(value) <= at_most:
        return f"must have 1 to {at_most} characters"
    if not shape.fullmatch(value):
        return f"must be {described}"
    if kind == "day":
        try:
            date.fromisoformat(value)
        except ValueError:
            return f"must be {described}"
    return None


def _used(path: str, said: str, template: MessageTemplate) -> set[str]:
    names = set(_PLACE.findall(said))
    if unknown := sorted(names - set(template.variables)):
        raise InvalidInput(path=path, problem=f"names {unknown[0]}, which is no variable")
    if set("{}") & set(_PLACE.sub("", said)):
        raise InvalidInput(path=path, problem="has a brace that encloses no variable")
    if _UNSEEN.search(said) or (path.startswith("$.title") and "\n" in said):
        raise InvalidInput(path=path, problem="has characters that no message may have")
    return names

"""Which attributes conditions may ask for: their types, whose they are, and where SQL finds them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from huixiang.kernel.text import Text

Type = Literal["integer", "text", "boolean", "date", "month_day", "texts"]
AttributeScope = Literal["member", "context", "goods"]
_VIEW = re.compile(r"[a-z]+\.[a-z_]+_facts")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def _check_view(view: str) -> None:
    """Names of the registry stand in SQL as they are."""
    if not _VIEW.fullmatch(view):
        raise ValueError(f"{view} is not a view of facts with its schema")


class Source(msgspec.Struct, frozen=True):
    """Where SQL finds a member's value: a column of a view with one row a member, under `member_id`.

    stored: `plain`, as the attribute's type is in SQL; `instant`, of which the business day is wanted; `json`, under
    `key` of a jsonb column, dates as text.
    rows: a view of several rows a member gives the one in which the column `rows[0]` is `rows[1]`.
    """

    view: str
    column: str
    stored: Literal["plain", "instant", "json"] = "plain"
    key: str | None = None
    rows: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        _check_view(self.view)
        for column in (self.column, *(self.rows[:1] if self.rows else ())):
            if not _NAME.fullmatch(column):
                raise ValueError(f"{column} is not the name of a column")
        if (self.stored == "json") != (self.key is not None):
            raise ValueError("a key is given for a column of json, and only there")


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that conditions may ask for. unit: what an integer counts, where it is money. choices: the only values
    it has, where those are known."""

    code: str
    name: Text
    type: Type
    scope: AttributeScope
    source: Source | None = None
    unit: Literal["fen"] | None = None
    choices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.scope == "member") != (self.source is not None):
            raise ValueError(f"{self.code}: members' attributes have a source in SQL, and no others")


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """All attributes whose code begins with `prefix`, such as `experiment.`: what they are called is not known
    beforehand. Not for members' attributes, of which each says where it stands."""

    prefix: str
    name: Text
    type: Type
    scope: Literal["context", "goods"]


class Views(msgspec.Struct, frozen=True):
    """members: every member once, under `member_id`. purchases: what they bought: kind (all, category, sku), member_id,
    business_day, category, sku, orders, quantity, spend_fen, in rows as `facts.Purchase` says."""

    members: str
    purchases: str

    def __post_init__(self) -> None:
        for view in (self.members, self.purchases):
            _check_view(view)


class Registry:
    """The attributes of an installation. Immutable; `extended` gives one with more. Without `views` nothing is compiled
    to SQL."""

    def __init__(
        self, attributes: Iterable[Attribute], families: Iterable[Family] = (), views: Views | None = None
    ) -> None:
        self._attributes: dict[str, Attribute] = {}
        self.families = tuple(families)
        self.views = views
        for attribute in attributes:
            if attribute.code in self._attributes:
                raise ValueError(f"two attributes are called {attribute.code}")
            self._attributes[attribute.code] = attribute

    @property
    def attributes(self) -> Mapping[str, Attribute]:
        return self._attributes

    def find(self, code: str) -> Attribute | None:
        """The attribute of that name, None where there is none."""
        if (known := self._attributes.get(code)) is not None:
            return known
        for family in self.families:
            if code.startswith(family.prefix) and len(code) > len(family.prefix):
                return Attribute(code=code, name=family.name, type=family.type, scope=family.scope)
        return None

    def extended(self, attributes: Iterable[Attribute]) -> Registry:
        """With these too, such as those that operators define."""
        return Registry((*self._attributes.values(), *attributes), self.families, self.views)

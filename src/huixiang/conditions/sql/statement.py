"""A statement in the making: its parameters, the views it joins, and attributes as expressions over them."""

from __future__ import annotations

from typing import Any

from huixiang.conditions.registry import Attribute, Registry, Source, Type, Views
from huixiang.kernel.calendar import BusinessCalendar

SQL_TYPES: dict[Type, str] = {
    "integer": "bigint",
    "text": "text",
    "boolean": "boolean",
    "date": "date",
    "month_day": "text",
    "texts": "text[]",
}
_JSON_TYPES: dict[Type, str] = {"integer": "number", "boolean": "boolean", "date": "string", "text": "string"}


class Statement:
    """`m` is the member's row; every view is joined once."""

    def __init__(self, registry: Registry, calendar: BusinessCalendar, first_parameter: int) -> None:
        self.registry = registry
        self.calendar = calendar
        self.parameters: list[Any] = []
        self._first = first_parameter
        self._joined: dict[object, str] = {}
        self._joins: list[str] = []
        self._zone: str | None = None

    @property
    def views(self) -> Views:
        if self.registry.views is None:
            raise ValueError("the registry names no views, so that nothing of it is SQL")
        return self.registry.views

    @property
    def joins(self) -> str:
        return "\n".join(self._joins)

    def parameter(self, value: Any, kind: str) -> str:
        self.parameters.append(value)
        return f"${self._first + len(self.parameters) - 1}::{kind}"

    def value_of(self, attribute: Attribute) -> str:
        """The attribute of the member `m`, null where it is unknown."""
        source = attribute.source
        if source is None:
            raise ValueError(f"{attribute.code} is not known in SQL")
        column = f"{self._view(source)}.{source.column}"
        if source.stored == "instant":
            if self._zone is None:
                self._zone = self.parameter(self.calendar.zone_name, "text")
            return f"({column} AT TIME ZONE {self._zone})::date"
        if source.stored == "json":
            key = self.parameter(source.key, "text")
            cast = f"({column} ->> {key})::{SQL_TYPES[attribute.type]}"
            return f"(CASE jsonb_typeof({column} -> {key}) WHEN '{_JSON_TYPES[attribute.type]}' THEN {cast} END)"
        return column

    def _view(self, source: Source) -> str:
        if source.view == self.views.members:
            return "m"
        key = (source.view, source.rows)
        if key not in self._joined:
            alias = self._joined[key] = f"v{len(self._joined)}"
            row = f" AND {alias}.{source.rows[0]} = {self.parameter(source.rows[1], 'text')}" if source.rows else ""
            self._joins.append(f"LEFT JOIN {source.view} AS {alias} ON {alias}.member_id = m.member_id{row}")
        return self._joined[key]

    def purchases_of(self, category: str | None, sku: str | None) -> str:
        """Which rows of purchases are meant. The kind is a constant of each part of the view, so that the database
        reads no other part."""
        if category is not None:
            return f"kind = 'category' AND category = {self.parameter(category, 'text')}"
        return "kind = 'all'" if sku is None else f"kind = 'sku' AND sku = {self.parameter(sku, 'text')}"

    def join(self, table: str) -> str:
        """Join a table that has a row for some members, under `member_id`; its alias."""
        if table not in self._joined:
            alias = self._joined[table] = f"v{len(self._joined)}"
            self._joins.append(f"LEFT JOIN {table} AS {alias} ON {alias}.member_id = m.member_id")
        return self._joined[table]

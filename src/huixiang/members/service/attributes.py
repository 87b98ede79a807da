"""Attributes that operators define: their definitions, and members' values of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from huixiang.conditions.registry import Attribute, Source
from huixiang.members import rules, store
from huixiang.members.model import (
    AttributeDefinition,
    AttributeTypeFixed,
    AttributeValue,
    MemberCard,
    MemberUnknown,
)
from huixiang.members.service.cards import card
from huixiang.platform.db import Transaction

DEFINED = "custom."  # before the codes that operators give, which could be those of other modules


async def define_attributes(tx: Transaction, definitions: Sequence[AttributeDefinition]) -> None:
    """Define attributes, or change their title, purpose and choices. Raises AttributeTypeFixed."""
    saved = await store.save_attribute_definitions(tx, definitions)
    for definition in definitions:
        if definition.code not in saved:
            raise AttributeTypeFixed(attribute=definition.code)


async def attribute_definitions(tx: Transaction) -> list[AttributeDefinition]:
    return list((await store.attribute_definitions(tx)).values())


async def defined_attributes(tx: Transaction) -> list[Attribute]:
    """What conditions may ask of them. A choice is text here: what was a choice once stays valid in a rule."""
    return [
        Attribute(
            code=f"{DEFINED}{definition.code}",
            name=definition.title,
            type="text" if definition.type == "choice" else definition.type,
            scope="member",
            source=Source("members.members_facts", "attributes", "json", key=definition.code),
        )
        for definition in await attribute_definitions(tx)
    ]


async def set_attributes(tx: Transaction, member_id: UUID, changes: Mapping[str, AttributeValue | None]) -> MemberCard:
    """Set the values given and remove those that are None; others stay. Raises AttributeUnknown, AttributeRefused,
    MemberUnknown."""
    definitions = await store.attribute_definitions(tx)
    values = {code: value for code, value in changes.items() if value is not None}
    for code, value in values.items():
        rules.check_attribute(code, value, definitions)
    removed = [code for code, value in changes.items() if value is None]
    if not await store.update_attributes(tx, member_id, values, removed):
        raise MemberUnknown(by="member_id")
    return await card(tx, member_id)

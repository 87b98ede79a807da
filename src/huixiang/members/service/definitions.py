"""Attributes that operators define: the rule document that has them, and what conditions may ask of them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huixiang.conditions.registry import Attribute, Source, Type
from huixiang.members.model import AttributeTypeFixed
from huixiang.members.model.attributes import (
    CODE,
    KIND,
    AttributeDefinition,
    Attributes,
    DefinedAttributes,
    NewDefinition,
)
from huixiang.members.rules import attributes as rules
from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Findings, NewVersion
from huixiang.staff.model.approvals import Approval, Maker

DEFINED = "custom."  # before the codes that operators give, which could be those of other modules
NOBODYS = ""  # no attribute has this code, so whoever asks under it finds it unknown


async def defined(tx: Transaction) -> DefinedAttributes:
    """The definitions in force, also of what is retired, in the order of the document."""
    line = (await rulebook.timelines(tx, [(KIND, CODE)])).get((KIND, CODE))
    document = line.find(tx.now) if line is not None else None
    if document is None:
        return DefinedAttributes(0, [])
    return DefinedAttributes(document.version, list(document.read(Attributes).attributes))


async def attribute_definitions(tx: Transaction) -> list[AttributeDefinition]:
    return (await defined(tx)).attributes


async def definitions_by_code(tx: Transaction) -> dict[str, AttributeDefinition]:
    return {one.code: one for one in await attribute_definitions(tx)}


async def define_attributes(
    tx: Transaction, definitions: Sequence[AttributeDefinition], by: str = "cli", note: str = "defined"
) -> None:
    """Define attributes at once, or change what may change of them. Raises AttributeTypeFixed, RuleDocumentInvalid."""
    known = await definitions_by_code(tx)
    for one in definitions:
        if one.code in known and known[one.code].type != one.type:
            raise AttributeTypeFixed(attribute=one.code)
    body = Attributes(tuple((known | {one.code: one for one in definitions}).values()))
    await rulebook.publish(tx, KIND, CODE, body, tx.now, by, note)


async def request_definition(tx: Transaction, new: NewDefinition, made_by: UUID) -> Approval:
    """Ask a second person to let an attribute be defined, or changed. Raises RuleDocumentInvalid with all that is
    wrong."""
    return await _request(tx, new.attribute, new.reason, made_by)


async def request_retirement(tx: Transaction, code: str, reason: str, made_by: UUID) -> Approval:
    """Ask a second person to let an attribute be used no more. Raises AttributeUnknown, AttributeRetired."""
    definition = rules.definition_of(code, await definitions_by_code(tx))
    return await _request(tx, rules.retired(definition), reason, made_by)


async def examine(tx: Transaction, body: Attributes) -> Findings:
    """What keeps definitions from being published: what was said of an attribute before."""
    line = (await rulebook.timelines(tx, [(KIND, CODE)])).get((KIND, CODE))
    before = sorted(line.documents, key=lambda one: one.version) if line is not None else []
    said = [definition for document in before for definition in document.read(Attributes).attributes]
    return Findings(tuple(rules.broken_promises(said, body.attributes)))


async def defined_attributes(tx: Transaction) -> list[Attribute]:
    """What conditions may ask of them: what is not personal. A choice is text here: what was a choice once stays valid
    in a rule. A retired one is unknown of everybody, so that rules that ask for it still run."""
    return [
        Attribute(code=f"{DEFINED}{one.code}", name=one.title, type=_type(one), scope="member", source=_source(one))
        for one in await attribute_definitions(tx)
        if not one.personal
    ]


def _source(definition: AttributeDefinition) -> Source:
    key = NOBODYS if definition.retired else definition.code
    if definition.type == "choices":
        return Source("members.members_chosen_facts", "chosen", rows=("code", key))
    return Source("members.members_facts", "attributes", "json", key=key)


def _type(definition: AttributeDefinition) -> Type:
    if definition.type == "choices":
        return "texts"
    return "text" if definition.type == "choice" else definition.type


async def _request(tx: Transaction, definition: AttributeDefinition, reason: str, made_by: UUID) -> Approval:
    known = await definitions_by_code(tx)
    body = Attributes(tuple((known | {definition.code: definition}).values()))
    latest = (await rulebook.standing(tx, KIND, CODE)).latest
    new = NewVersion(base=latest, note=reason, body=rules.written(body))
    return await rulebook.request_publication(tx, KIND, CODE, new, Maker(made_by))

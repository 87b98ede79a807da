"""Rule sets: promotions compiled, once for each version and process, and kept while they are asked for.

How the document stands costs what `rulebook.standing` does: one small statement, none where the caller has read the
revision among its facts. So a publication, a withdrawal and a switched-off rule hold for the next quote of every
process. Ask once a request: what was answered does not change under it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import msgspec

from huixiang.conditions.registry import Registry
from huixiang.kernel.errors import InvariantBroken
from huixiang.platform.db import Transaction
from huixiang.pricing.model.rules import Promotions
from huixiang.pricing.rules.compile import RuleSet, compile_promotions
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Version

T = TypeVar("T")

DOCUMENT = ("promotions", "main")
KEPT = 8  # the one in force, the next, and those that quotes still hold
BESIDE_FROM = 200  # rules: some 5 ms of a processor

LoadRegistry = Callable[[Transaction], Awaitable[Registry]]
# Of what no version changes: its number and its hash, as tests of one process have several databases.
_Key = tuple[int, bytes]

_load_registry: list[LoadRegistry] = []
_kept: OrderedDict[_Key, RuleSet] = OrderedDict()
_compiling: dict[_Key, asyncio.Lock] = {}


class InForce(msgspec.Struct, frozen=True):
    """A rule set, and the codes of rules that are switched off now, whichever version it is. revision: of the rulebook,
    where it was read alone."""

    rule_set: RuleSet
    killed: frozenset[str]
    revision: UUID | None = None


def use_registry(load: LoadRegistry) -> None:
    """Say where the attributes come from that conditions may ask for. Called where the program is wired."""
    _load_registry[:] = [load]


async def load_registry(tx: Transaction) -> Registry:
    """The attributes that conditions may ask for, with those that operators have defined by now."""
    if not _load_registry:
        raise InvariantBroken("nobody has said where the attributes of conditions come from")
    return await _load_registry[0](tx)


async def in_force(tx: Transaction, *, version: int | None = None, revision: UUID | None = None) -> InForce:
    """What holds now, or a version whatever its state, for a quote that keeps its own. revision: of the rulebook, where
    it was read in this transaction. Raises RuleDocumentUnknown."""
    stands = await rulebook.standing(tx, *DOCUMENT, revision)
    wanted = stands.at(tx.now) if version is None else stands.numbered(version)
    return InForce(await _rule_set(tx, wanted), stands.off)


def known(version: int, revision: UUID | None) -> InForce | None:
    """As `in_force`, where this process has all of it. revision: of the rulebook, as it was just read. Raises
    RuleDocumentUnknown."""
    stands = rulebook.known_standing(*DOCUMENT, revision)
    if stands is None:
        return None
    wanted = stands.numbered(version)
    key = (wanted.version, wanted.hash)
    if key not in _kept:
        return None
    _kept.move_to_end(key)
    return InForce(_kept[key], stands.off, revision)


async def current(tx: Transaction) -> RuleSet:
    """The rule set in force now. Raises RuleDocumentUnknown."""
    return (await in_force(tx)).rule_set


async def at(tx: Transaction, version: int) -> RuleSet:
    """The rule set of a version, whatever its state. Raises RuleDocumentUnknown."""
    return (await in_force(tx, version=version)).rule_set


async def _rule_set(tx: Transaction, version: Version) -> RuleSet:
    key = (version.version, version.hash)
    if (found := _kept.get(key)) is not None:
        _kept.move_to_end(key)
        return found
    # Who waits here goes on where the one before failed or was given up, and compiles in its stead.
    lock = _compiling.setdefault(key, asyncio.Lock())
    try:
        async with lock:
            if (found := _kept.get(key)) is None:
                found = _keep(key, await _compile(tx, version.version))
            return found
    finally:
        if not lock.locked():
            _compiling.pop(key, None)


async def _compile(tx: Transaction, version: int) -> RuleSet:
    promotions = (await rulebook.version(tx, *DOCUMENT, version)).read(Promotions)
    registry = await load_registry(tx)
    return await beside(promotions, lambda: compile_promotions(promotions, version, registry))


async def beside(promotions: Promotions, work: Callable[[], T]) -> T:
    """Work on promotions that waits for nothing: where they are many, in a thread, so that others are answered."""
    return work() if len(promotions.rules) < BESIDE_FROM else await asyncio.to_thread(work)


def _keep(key: _Key, rule_set: RuleSet) -> RuleSet:
    _kept[key] = rule_set
    while len(_kept) > KEPT:
        _kept.popitem(last=False)
    return rule_set

"""Prices of goods on a page: what anybody pays, what this member pays, and what each tier would."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from huixiang.members.model import MemberRef
from huixiang.pricing.model.quotes import Channel, ExperimentCode, Name

SKUS_MAX = 200


class PricesRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Prices of one piece, or of 1,000 grams. tiers: whether to say what each tier would pay."""

    channel: Channel
    skus: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=SKUS_MAX)]
    store: Name | None = None
    city: Name | None = None
    experiments: Annotated[Mapping[ExperimentCode, Name], Meta(max_length=50)] = {}
    tiers: bool = True


class MemberPricesRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The same as a member may ask for it."""

    channel: Channel
    skus: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=SKUS_MAX)]
    store: Name | None = None
    tiers: bool = True

    def whole(self) -> PricesRequest:
        return PricesRequest(channel=self.channel, skus=self.skus, store=self.store, tiers=self.tiers)


class SystemPricesRequest(PricesRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """For a member, or without one for a guest."""

    member: MemberRef | None = None


class PriceTag(msgspec.Struct, frozen=True, kw_only=True):
    """One good. public_fen: what it costs in the store without any promotion; member_fen: the best unit price now;
    saving_fen: the one less the other. label, rule: of the price that was chosen, where it is not the public one.
    reference_fen: the lowest public price in the store in the days before, for a price that is struck through.
    by_tier: by the tier's code."""

    sku: str
    price_basis: int
    list_fen: int
    public_fen: int
    member_fen: int
    saving_fen: int
    label: str | None
    rule: str | None
    reference_fen: int | None
    by_tier: Mapping[str, int]


class Prices(msgspec.Struct, frozen=True, kw_only=True):
    """By sku in the order asked for. unknown: those that the catalogue does not sell."""

    version: int
    items: tuple[PriceTag, ...]
    unknown: tuple[str, ...]

"""Packs: several coupons that a member is given at once, all of them or none, once."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from huixiang.coupons.model.copies import Coupon, TemplateCode
from huixiang.coupons.model.templates import ClaimTerms, PictureKey
from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text

PACK_KIND = "coupon_pack"  # of rule documents
PACK_COPIES_MAX = 50

PackCode = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,31}$(?!\n)", description="A pack of coupons, by its document.")
]
ByCode = Annotated[str, Meta(min_length=1, max_length=64, description="A tier of the programme, or a plan.")]


class PackItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many copies of a template."""

    template: TemplateCode
    copies: Annotated[int, Meta(ge=1, le=20)] = 1


class GivenOn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who reaches one of these tiers from below, or begins one of these plans, is given the pack."""

    tiers: Annotated[tuple[ByCode, ...], Meta(max_length=50)] = ()
    plans: Annotated[tuple[ByCode, ...], Meta(max_length=50)] = ()


class CouponPack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule document of kind `coupon_pack`. A member has a pack once, whichever of its versions.

    holds: what is in it, each template once. claim: members take it themselves, as they do a template; grant: systems
    give it; given_on: it is given by itself. What it is worth is the sum of what its templates say that a copy is
    worth.
    """

    name: Text
    picture: PictureKey | None = None
    holds: Annotated[tuple[PackItem, ...], Meta(min_length=1, max_length=20)]
    claim: ClaimTerms | None = None
    grant: bool = True
    given_on: GivenOn | None = None


class NewPackIssue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pack for a member."""

    pack: PackCode


class PackIssue(msgspec.Struct, frozen=True, kw_only=True):
    """A pack that a member was given, with its copies. worth_fen: of all of them together."""

    pack: str
    pack_version: int
    worth_fen: int
    coupons: list[Coupon]


class OfferedItem(msgspec.Struct, frozen=True, kw_only=True):
    template: str
    name: Text
    copies: int


class PackOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A pack that a member may take now, or has taken (`had`)."""

    pack: str
    name: Text
    picture: str | None
    worth_fen: int
    holds: list[OfferedItem]
    had: bool


class CouponPackUnknown(DomainError):
    """Field: pack."""

    code = "coupon_pack_unknown"
    status = 404
    title = Text(zh="没有这个券包", en="Unknown pack of coupons")
    detail = Text(zh="目前没有名为 {pack} 的券包。", en="There is no pack of coupons {pack} in force.")


class CouponPackHad(DomainError):
    """Field: pack."""

    code = "coupon_pack_had"
    status = 409
    title = Text(zh="券包已领取", en="The pack was given before")
    detail = Text(zh="该会员已领取过券包 {pack}，每人限领一次。", en="The member has had {pack}, which is given once.")

"""What is refused of coupons."""

from __future__ import annotations

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text


class CouponUnknown(DomainError):
    code = "coupon_unknown"
    status = 404
    title = Text(zh="没有这张券", en="Unknown coupon")
    detail = Text(zh="该会员没有编号为 {coupon_id} 的券。", en="The member has no coupon {coupon_id}.")


class CouponStateFixed(DomainError):
    """An order holds or used it, or it is over. Fields: coupon_id, state."""

    code = "coupon_state_fixed"
    status = 409
    title = Text(zh="券状态不可变更", en="The coupon cannot be taken back")
    detail = Text(
        zh="券 {coupon_id} 的状态为 {state}，不可作废。", en="Coupon {coupon_id} is {state} and cannot be voided."
    )


class CouponTemplateUnknown(DomainError):
    """Field: template."""

    code = "coupon_template_unknown"
    status = 404
    title = Text(zh="没有这个券模板", en="Unknown coupon template")
    detail = Text(zh="目前没有名为 {template} 的券模板。", en="There is no coupon template {template} in force.")


class CouponNotOffered(DomainError):
    """The template, or pack, does not say that it may be had this way. Fields: template, way."""

    code = "coupon_not_offered"
    status = 409
    title = Text(zh="不可以此方式领取", en="Not to be had this way")
    detail = Text(zh="{template} 不支持以 {way} 方式发放。", en="{template} is not to be had by {way}.")


class CouponClaimNotOpen(DomainError):
    """Fields: template, opens_at."""

    code = "coupon_claim_not_open"
    status = 409
    title = Text(zh="领取尚未开始", en="Claims have not begun")
    detail = Text(zh="券 {template} 于 {opens_at} 开始领取。", en="Claims of {template} begin at {opens_at}.")


class CouponClaimOver(DomainError):
    """Fields: template, closes_at."""

    code = "coupon_claim_over"
    status = 409
    title = Text(zh="领取已结束", en="Claims are over")
    detail = Text(zh="券 {template} 已于 {closes_at} 停止领取。", en="Claims of {template} ended at {closes_at}.")


class CouponNotForMember(DomainError):
    """The condition of the template, or pack, does not hold for the member. Field: template."""

    code = "coupon_not_for_member"
    status = 409
    title = Text(zh="不符合领取条件", en="Not for this member")
    detail = Text(zh="该会员不符合券 {template} 的领取条件。", en="The member does not meet what {template} asks for.")


class CouponLimitReached(DomainError):
    """Fields: template, limit."""

    code = "coupon_limit_reached"
    status = 409
    title = Text(zh="已达领取上限", en="As many as one member may have")
    detail = Text(zh="每位会员最多可获得券 {template} 共 {limit} 张。", en="A member may have {limit} of {template}.")


class CouponDeskLimitReached(DomainError):
    """Staff have given the member as many of the template by hand as one day allows. Fields: template, limit."""

    code = "coupon_desk_limit_reached"
    status = 409
    title = Text(zh="今日人工发放已达上限", en="As many as staff may give in a day")
    detail = Text(
        zh="员工每个营业日最多向同一会员发放券 {template} 共 {limit} 张。",
        en="Staff may give one member {limit} of {template} on one business day.",
    )


class CouponWithheld(DomainError):
    """The member is held out of the template, or of all templates of a pack. Field: template."""

    code = "coupon_withheld"
    status = 409
    title = Text(zh="暂不发放", en="Not given to this member")
    detail = Text(
        zh="券 {template} 目前不向该会员发放，重试不会改变结果。",
        en="{template} is not given to this member at present: asking again changes nothing.",
    )


class CouponTemplateOver(DomainError):
    """What would be issued would have ended. Fields: template, until."""

    code = "coupon_template_over"
    status = 409
    title = Text(zh="券已过有效期", en="The coupon is over")
    detail = Text(zh="券 {template} 的有效期至 {until}。", en="{template} was good through {until}.")


class CouponClaimLapsed(DomainError):
    """It took too long, so what was kept for it is left for others. Field: template."""

    code = "coupon_claim_lapsed"
    status = 409
    title = Text(zh="领取已失效", en="The claim has lapsed")
    detail = Text(
        zh="此次领取 {template} 已失效，请使用新的 Idempotency-Key 重试。",
        en="This claim of {template} has lapsed: ask again under a new Idempotency-Key.",
    )

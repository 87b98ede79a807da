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

"""What refund requests refuse."""

from __future__ import annotations

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text


class RefundRequestUnknown(DomainError):
    code = "refund_request_unknown"
    status = 404
    title = Text(zh="退款申请不存在", en="Unknown refund request")
    detail = Text(zh="该订单没有退款申请 {request_id}。", en="The order has no refund request {request_id}.")


class RefundAskedTooMuch(DomainError):
    """Fields: line_id; requested; refundable: what is left of the line, in its own measure, of which `waiting` is asked
    for by other requests."""

    code = "refund_asked_too_much"
    status = 409
    title = Text(zh="超过可申请退款的数量", en="More than is left to ask for")
    detail = Text(
        zh="行 {line_id} 还可退 {refundable}，其中 {waiting} 已在其他退款申请中；本次申请 {requested}，"
        "请减少数量或先撤回其他申请。",
        en="Line {line_id} has {refundable} left to refund, of which {waiting} wait in other requests; {requested} "
        "were asked for. Ask for less, or withdraw another request first.",
    )


class RefundRequestDecided(DomainError):
    """Fields: request_id, state."""

    code = "refund_request_decided"
    status = 409
    title = Text(zh="退款申请已处理", en="Refund request decided before")
    detail = Text(
        zh="退款申请 {request_id} 的状态是 {state}，不能再改变。",
        en="Refund request {request_id} is {state}; it cannot be changed any more.",
    )


class RefundRequestOwn(DomainError):
    code = "refund_request_own"
    status = 403
    title = Text(zh="不能处理自己提出的退款申请", en="Your own refund request")
    detail = Text(
        zh="退款申请 {request_id} 由您提出，请由其他人处理。",
        en="You asked for refund request {request_id}: somebody else has to decide it.",
    )


class RefundGoodsNotToCheck(DomainError):
    code = "refund_goods_not_to_check"
    status = 409
    title = Text(zh="没有待验的商品", en="No goods to check")
    detail = Text(
        zh="退款申请 {request_id} 没有待验的商品：只有即时退款的商品需要验收，且只验一次。",
        en="Refund request {request_id} has no goods to check: only goods that were refunded at once are, and once.",
    )

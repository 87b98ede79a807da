"""What checkout refuses."""

from __future__ import annotations

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text


class OrderUnknown(DomainError):
    code = "order_unknown"
    status = 404
    title = Text(zh="订单不存在", en="Unknown order")
    detail = Text(zh="没有订单 {order_id}。", en="There is no order {order_id}.")


class OrderConflict(DomainError):
    code = "order_conflict"
    status = 409
    title = Text(zh="订单冲突", en="Order conflict")
    detail = Text(
        zh="{source} 的订单 {external_id} 已以不同内容入账。",
        en="Order {external_id} of {source} was posted before with other content.",
    )


class OrderInFuture(DomainError):
    code = "order_in_future"
    status = 422
    title = Text(zh="完成时间在未来", en="Completed in the future")
    detail = Text(
        zh="completed_at {completed_at} 晚于当前时间；请检查时区。",
        en="completed_at {completed_at} is later than now; check the time zone.",
    )


class RedeemAlone(DomainError):
    """A row of an upload would take points: a member shows that they are there for one command, not for a row."""

    code = "redeem_alone"
    status = 422
    title = Text(zh="批量入账不能扣减积分", en="No points in bulk")
    detail = Text(
        zh="订单 {external_id} 含 redeem：请用 POST /api/v1/orders 单独提交；已单独入账的订单可原样留在批量中。",
        en="Order {external_id} has redeem: post it by itself, to POST /api/v1/orders. It may stand here too then.",
    )


class RedeemNotAllowed(DomainError):
    """Fields: points, and what the rules allow at most for this order; step, minimum, limit_fen."""

    code = "redeem_not_allowed"
    status = 409
    title = Text(zh="积分用量不符合规则", en="Not so many points")
    detail = Text(
        zh="不能用 {points} 积分：须为 {step} 的倍数、不少于 {minimum}，本单最多抵 {limit_fen} 分钱（可用 {usable}）。",
        en="Not {points} points: whole steps of {step}, at least {minimum}, and at most {limit_fen} fen off this order"
        " (at most {usable}).",
    )


class RedeemWorth(DomainError):
    """Fields: points, off_fen (as posted), worth_fen (by the rule that held)."""

    code = "redeem_worth"
    status = 409
    title = Text(zh="积分抵扣金额不符", en="Points of another worth")
    detail = Text(
        zh="{points} 积分在此抵 {worth_fen} 分钱，不是 {off_fen}；规则见 {rule} 第 {rule_version} 版。",
        en="{points} points take {worth_fen} fen off here, not {off_fen}, by version {rule_version} of {rule}.",
    )


class ProgrammeUnknown(DomainError):
    code = "programme_unknown"
    status = 422
    title = Text(zh="积分方案不存在", en="Unknown programme")
    detail = Text(
        zh="在该时间没有名为 {programme} 的积分方案。", en="No earning programme {programme} is in force at that time."
    )


class RefundConflict(DomainError):
    code = "refund_conflict"
    status = 409
    title = Text(zh="退款冲突", en="Refund conflict")
    detail = Text(
        zh="退款 {external_id} 已以不同内容入账。", en="Refund {external_id} was made before with other content."
    )


class RefundLineUnknown(DomainError):
    code = "refund_line_unknown"
    status = 422
    title = Text(zh="订单没有该行", en="Unknown order line")
    detail = Text(zh="订单没有行 {line_id}。", en="The order has no line {line_id}.")


class RefundTooMuch(DomainError):
    code = "refund_too_much"
    status = 409
    title = Text(zh="超过可退数量", en="More than can be refunded")
    detail = Text(
        zh="行 {line_id} 还可退 {refundable}，请求退 {requested}。",
        en="Line {line_id} has {refundable} left to refund, {requested} were asked for.",
    )


class RefundFeesTooMuch(DomainError):
    code = "refund_fees_too_much"
    status = 409
    title = Text(zh="超过可退费用", en="More fees than can be refunded")
    detail = Text(
        zh="订单的配送费和包装费还可退 {refundable_fen} 分，请求退 {requested_fen} 分。",
        en="Of delivery and packaging {refundable_fen} fen are left to refund, {requested_fen} were asked for.",
    )


class RefundBeforeOrder(DomainError):
    code = "refund_before_order"
    status = 422
    title = Text(zh="退款早于订单", en="Refund before the order")
    detail = Text(
        zh="occurred_at {occurred_at} 早于订单完成时间或晚于当前时间。",
        en="occurred_at {occurred_at} is before the order was completed, or later than now.",
    )


class RefundUnknown(DomainError):
    code = "refund_unknown"
    status = 404
    title = Text(zh="退款不存在", en="Unknown refund")
    detail = Text(zh="该订单没有退款 {refund_id}。", en="The order has no refund {refund_id}.")


class RefundAboveOrder(DomainError):
    """Fields: source, external_id (of the order that a row of an upload names)."""

    code = "refund_above_order"
    status = 404
    title = Text(zh="退款行之前没有该订单", en="No such order above this refund")
    detail = Text(
        zh="此行之前没有 {source} 的订单 {external_id}：订单须先入账，或排在退款行之上。",
        en="No order {external_id} of {source} was posted before this row: an order stands above its refunds.",
    )

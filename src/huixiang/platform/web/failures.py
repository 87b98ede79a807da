"""Refusals of the edge itself, before or beside a module: the catalogue of codes that any route may answer."""

from __future__ import annotations

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text


class MalformedJson(DomainError):
    """The body is not JSON as RFC 8259 and RFC 7493 have it. Field: problem."""

    code = "json_malformed"
    status = 400
    title = Text(zh="JSON 格式错误", en="Malformed JSON")
    detail = Text(zh="请求体不是合格的 JSON:{problem}。", en="The body is not well-formed JSON: {problem}.")


class MalformedRequest(DomainError):
    """The request line, a header or the transfer is broken. Field: problem."""

    code = "request_malformed"
    status = 400
    title = Text(zh="请求格式错误", en="Malformed request")
    detail = Text(zh="请求无法读取：{problem}。", en="The request cannot be read: {problem}.")


class BodyTooLarge(DomainError):
    code = "body_too_large"
    status = 413
    title = Text(zh="请求体过大", en="Body too large")
    detail = Text(zh="请求体最多 {limit_bytes} 字节。", en="The body may have at most {limit_bytes} bytes.")


class HeaderTooLarge(DomainError):
    code = "header_too_large"
    status = 431
    title = Text(zh="请求头过大", en="Header too large")
    detail = Text(
        zh="请求头合计最多 {limit_bytes} 字节。", en="All headers together may have at most {limit_bytes} bytes."
    )


class TargetTooLong(DomainError):
    code = "target_too_long"
    status = 414
    title = Text(zh="请求地址过长", en="Request target too long")
    detail = Text(
        zh="路径与查询合计最多 {limit_bytes} 字节。", en="Path and query together may have at most {limit_bytes} bytes."
    )


class MediaTypeUnsupported(DomainError):
    code = "media_type_unsupported"
    status = 415
    title = Text(zh="不支持的内容类型", en="Unsupported media type")
    detail = Text(zh="请求体须为 {expected}。", en="The body must be {expected}.")


class RouteUnknown(DomainError):
    code = "route_unknown"
    status = 404
    title = Text(zh="没有此地址", en="No such route")
    detail = Text(zh="此地址不存在。", en="There is nothing at this address.")


class MethodNotAllowed(DomainError):
    code = "method_not_allowed"
    status = 405
    title = Text(zh="不支持的方法", en="Method not allowed")
    detail = Text(zh="此地址不支持该方法。", en="This address does not answer to this method.")


class ValueRefused(DomainError):
    """The database cannot hold a value that passed every check before it."""

    code = "value_refused"
    status = 422
    title = Text(zh="值超出范围", en="Value out of range")
    detail = Text(zh="某个值超出可存储的范围。", en="A value is outside what can be stored.")


class InternalError(DomainError):
    code = "internal_error"
    status = 500
    title = Text(zh="内部错误", en="Internal error")
    detail = Text(
        zh="程序出错，已记录。请附上请求编号反馈。", en="Something went wrong and was recorded. Quote the request id."
    )

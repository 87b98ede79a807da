"""What platform itself refuses, whoever asks: try again later."""

from __future__ import annotations

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text


class Overloaded(DomainError):
    """No connection in time, a statement that ran too long, or too many givings-way to others: try again."""

    code = "overloaded"
    status = 503
    title = Text(zh="系统繁忙", en="Overloaded")
    detail = Text(zh="系统繁忙，请稍后重试。", en="Too much is going on. Try again shortly.")


class DatabaseUnavailable(DomainError):
    code = "database_unavailable"
    status = 503
    title = Text(zh="数据库不可用", en="Database unavailable")
    detail = Text(zh="数据库暂时不可用，请稍后重试。", en="The database cannot be reached just now. Try again shortly.")

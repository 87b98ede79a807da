"""Structured logs without personal data: one JSON object a line on standard error, or text for people.

Everything that logs, our code by structlog and libraries by `logging`, ends in the same processors. Three rules keep
people out of the logs: what is called by a personal name is not written, what looks like a phone number or a card is
masked, and an exception is described by its type and frames, never by its message or values, which may quote its input.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, BinaryIO, Literal

import asyncpg
import msgspec
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from huixiang.kernel.errors import DomainError, InvariantBroken

Level = Literal["debug", "info", "warning", "error"]

PERSONAL_KEYS = frozenset(
    {
        *("name", "display_name", "username", "phone", "mobile", "email", "address", "birthday", "id_card"),
        *("body", "answer", "query", "query_string", "cookie", "authorization", "password", "token", "secret"),
    }
)
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
MASK = "***"
MOBILES = range(13_000_000_000, 20_000_000_000)  # a mobile number of mainland China as a bare integer
FRAMES = 30

_DIGITS = re.compile(r"(?<![\w-])\+?\d[\d -]{9,20}\d(?![\w-])")
_HANDLED = frozenset({"event", "level", "timestamp", "logger"})


class AccessLog:
    """One line a request. Its fields are ours (a route's template, never a path), so the line skips the processors and
    costs a tenth of an ordinary one; until `configure_logging` it is an ordinary one."""

    def __init__(self) -> None:
        self._write: Callable[[dict[str, Any]], None] = self._log
        self._stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
        self._logger = structlog.get_logger("huixiang.access")

    def use(self, stream: BinaryIO) -> None:
        def write(event: dict[str, Any]) -> None:
            stream.write(msgspec.json.encode(self._stamp(None, "info", {**event, "level": "info"})) + b"\n")
            stream.flush()

        self._write = write

    def use_logger(self) -> None:
        self._write = self._log

    def line(self, *, method: str, route: str, status: int, code: str | None, ms: float) -> None:
        """Record one answered request; `code` of its problem document, if it was one."""
        self._write(
            {
                "event": "request",
                "request_id": REQUEST_ID.get(),
                "method": method,
                "route": route,
                "status": status,
                "code": code,
                "ms": ms,
            }
        )

    def _log(self, event: dict[str, Any]) -> None:
        self._logger.info(**event)


ACCESS_LOG = AccessLog()


def configure_logging(level: Level, form: Literal["json", "text"]) -> None:
    """Set up logging of this process. Called once by whatever starts it."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_request_id,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _describe_exc_info,
        forget_personal_data,
    ]
    threshold = getattr(logging, level.upper())
    structlog.configure(
        processors=[*shared, _render(form)],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.BytesLoggerFactory(file=sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _render_text(form)],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(threshold)
    if form == "json" and threshold <= logging.INFO:
        ACCESS_LOG.use(sys.stderr.buffer)
    else:
        ACCESS_LOG.use_logger()
    # The last two log the address of every request, and some providers have secrets in theirs.
    for chatty in ("uvicorn.access", "alembic", "asyncio", "httpx", "httpcore"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def describe_exception(exception: BaseException) -> dict[str, Any]:
    """Fields that say what went wrong and where, without a value of anybody: types of the chain of causes, frames,
    what PostgreSQL says about its own objects, and the message where it is written by us for us."""
    described: dict[str, Any] = {
        "error": [type(one).__qualname__ for one in _chain(exception)],
        "frames": [f"{_short(f.filename)}:{f.lineno} {f.name}" for f in traceback.extract_tb(exception.__traceback__)][
            -FRAMES:
        ],
    }
    for one in _chain(exception):
        if isinstance(one, asyncpg.PostgresError):
            described["sqlstate"] = one.sqlstate
            described["constraint"] = getattr(one, "constraint_name", None)
        elif isinstance(one, InvariantBroken):
            described["invariant"] = str(one)
        elif isinstance(one, DomainError):
            described["refusal"] = one.code
    return described


def forget_personal_data(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Processor: mask personal values by the name they go under and by what they look like."""
    for key, value in event.items():
        if key in PERSONAL_KEYS:
            event[key] = MASK
        elif key not in _HANDLED:
            event[key] = _masked(value)
        elif key == "event" and isinstance(value, str):
            event[key] = _DIGITS.sub(MASK, value)
    return event


def looks_personal(text: str) -> bool:
    """Whether a text has what may be a phone number or a card in it."""
    return _DIGITS.search(text) is not None


def _add_request_id(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if request_id := REQUEST_ID.get():
        event.setdefault("request_id", request_id)
    return event


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return _DIGITS.sub(MASK, value) if len(value) >= 11 else value
    if isinstance(value, int) and value in MOBILES:
        return MASK
    if isinstance(value, dict):
        return {key: MASK if key in PERSONAL_KEYS else _masked(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(one) for one in value]
    return value


def _describe_exc_info(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    given = event.pop("exc_info", None)
    exception = given if isinstance(given, BaseException) else None
    if given is True:
        exception = sys.exc_info()[1]
    elif isinstance(given, tuple):
        exception = given[1]
    if exception is not None:
        event.update(describe_exception(exception))
    return event


def _chain(exception: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = exception
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def _short(filename: str) -> str:
    """A path from the package on: where this machine keeps it is nobody's business."""
    for mark in ("/site-packages/", "/src/"):
        if mark in filename:
            return filename.rpartition(mark)[2]
    return filename.rpartition("/")[2]


def _render(form: Literal["json", "text"]) -> Processor:
    text = _render_text(form)

    def render(logger: WrappedLogger, method: str, event: EventDict) -> bytes:
        return text(logger, method, event).encode()  # type: ignore[union-attr]

    return _json_bytes if form == "json" else render


def _json_bytes(_logger: WrappedLogger, _method: str, event: EventDict) -> bytes:
    return msgspec.json.encode(event, enc_hook=str)


def _render_text(form: Literal["json", "text"]) -> Processor:
    if form == "text":
        return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=_no_traceback)
    return lambda logger, method, event: _json_bytes(logger, method, event).decode()


def _no_traceback(_stream: Any, _exc_info: Any) -> None:
    """Exceptions are described before they get here."""

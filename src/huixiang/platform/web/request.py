"""The request class of the whole application: a JSON body is decoded strictly, straight into the handler's type."""

from __future__ import annotations

from typing import Any

from litestar.connection import Request
from litestar.datastructures import State
from litestar.exceptions import InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from huixiang.platform.web import strict
from huixiang.platform.web.failures import BodyTooLarge, MalformedRequest, MediaTypeUnsupported

JSON_TYPE = "application/json"
NDJSON_TYPES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})
_NO_BODY = b""


class StrictRequest(Request[Any, Any, State]):
    """Adds to Litestar's request: a body is read as JSON only when it says it is, once, and kept in canonical form."""

    __slots__ = ("_tree",)

    async def json(self) -> Any:
        """The body as the type of the handler's `data`. Raises MalformedJson, InvalidInput, MediaTypeUnsupported."""
        tree = await self._parsed()
        field = self.route_handler.parsed_data_field
        return tree if field is None else strict.decode(tree, field.annotation)

    async def canonical_body(self) -> bytes:
        """The body in the form that the idempotency hash is taken over: equal for equal JSON values."""
        if not await self.body():
            return _NO_BODY
        if self.content_type[0] in NDJSON_TYPES:
            return await self.body()
        return strict.canonical(await self._parsed())

    async def body(self) -> bytes:
        """The body, read once. Raises BodyTooLarge while it comes in, MalformedRequest where it breaks off."""
        try:
            return await super().body()
        except RequestEntityTooLarge:
            limit = self.route_handler.resolve_request_max_body_size()
            raise BodyTooLarge(limit_bytes=limit) from None
        except InternalServerException:
            raise MalformedRequest(problem="the connection ended before the body did") from None

    @property
    def target(self) -> str:
        """Path and query as asked."""
        query = self.scope["query_string"]
        path = self.scope["path"]
        return f"{path}?{query.decode('latin-1')}" if query else path

    async def _parsed(self) -> Any:
        if not hasattr(self, "_tree"):
            self._require_json()
            self._tree = strict.parse(await self.body())
        return self._tree

    def _require_json(self) -> None:
        media_type, options = self.content_type
        charset = options.get("charset", "utf-8").lower()
        if media_type != JSON_TYPE or charset not in ("utf-8", "utf8"):
            raise MediaTypeUnsupported(expected=JSON_TYPE)

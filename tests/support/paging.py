"""Walks through lists page by page."""

from __future__ import annotations

from typing import Any

import httpx


async def walked(client: httpx.AsyncClient, path: str, limit: int, **asked: Any) -> list[list[dict[str, Any]]]:
    """The items of each page, from the first to the one that says it is the last. asked: other parameters."""
    pages = []
    params: dict[str, Any] = {"limit": limit} | asked
    while True:
        page = (await client.get(path, params=params)).json()
        pages.append(page["items"])
        if page["next_cursor"] is None:
            return pages
        params["cursor"] = page["next_cursor"]

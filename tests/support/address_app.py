"""An application that says where requests come from, for tests of the server in front of it."""

from __future__ import annotations

from typing import Any

from huixiang.platform.web.client import client_of


async def answer(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        for _ in range(2):
            event = await receive()
            await send({"type": f"{event['type']}.complete"})
        return
    body = f"{scope['scheme']} {client_of(scope)}".encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def create_app() -> Any:
    return answer

"""A port that stays, before a broker whose port changes: `python -m tests.webhooks.gate PORT BROKER_PORT [CERTIFICATE]`
prints its own. With a certificate, a file with its key, it is reached by TLS.

Brokers tell clients where they are, and clients then go there. So in what comes back the broker's address, which is a
text and four bytes of the port behind it, becomes the gate's. Whoever kills the gate cuts every connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import struct
import sys

HOST = "127.0.0.1"


async def main(port: int, broker_port: int, certificate: str | None) -> None:
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told, meant = (HOST.encode() + struct.pack("!i", one) for one in (broker_port, own_port))
        with contextlib.suppress(OSError):
            from_broker, to_broker = await asyncio.open_connection(HOST, broker_port)
            await asyncio.gather(carry(reader, to_broker, b"", b""), carry(from_broker, writer, told, meant))
        writer.close()

    server = await asyncio.start_server(accept, HOST, port, ssl=context)
    own_port = server.sockets[0].getsockname()[1]
    sys.stdout.write(f"{own_port}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)  # until whoever started it goes away


async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter, told: bytes, meant: bytes) -> None:
    """Frame by frame, so that no address is cut in two."""
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        while True:
            head = await source.readexactly(4)
            body = await source.readexactly(struct.unpack("!i", head)[0])
            target.write(head + (body.replace(told, meant) if told else body))
            await target.drain()
    target.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None))

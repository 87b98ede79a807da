"""A cache on another host: spoken to where its certificate is for that host, and taken for absent otherwise."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from huixiang.kernel.clock import SystemClock
from huixiang.platform.cache import REST_AFTER_FAILURE_S, Cache


def certified(path: Path, host: str) -> Path:
    """A key and a certificate of its own for a host, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), SystemClock().now()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([_named(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def _named(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """+OK to whatever is asked: each question is an array of so many parts, a length and a text each."""
    with suppress(ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
        while line := await reader.readline():
            for _ in range(2 * int(line[1:])):
                await reader.readline()
            writer.write(b"+OK\r\n")
            await writer.drain()
    writer.close()


@pytest.mark.requirement("SEC-01")
@pytest.mark.parametrize(
    ("host", "known", "up"), [("localhost", True, True), ("other.example", True, False), ("localhost", False, False)]
)
async def test_a_certificate_is_looked_at_for_its_host_and_its_authority(
    tmp_path: Path, host: str, known: bool, up: bool  # noqa: FBT001
) -> None:  # fmt: skip
    path = certified(tmp_path / "server.pem", host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server = await asyncio.start_server(answering, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    trusted = f"?ssl_ca_certs={path}" if known else ""
    cache = Cache.open(f"valkeys://localhost:{port}/0{trusted}")
    try:
        # After a time-out, as on a machine that is busy, it is left alone for a second.
        found = []
        for _ in range(3):
            found.append(await cache.is_up())
            await asyncio.sleep(0 if found[-1] else REST_AFTER_FAILURE_S)
        assert any(found) is up
    finally:
        await cache.close()
        server.close()
        await server.wait_closed()

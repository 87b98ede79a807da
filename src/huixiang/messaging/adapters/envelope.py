"""The envelope in which WeChat calls, in its safe mode: XML, AES-256-CBC, and a signature over all of it.

The signature is the SHA-1 of token, timestamp, nonce and ciphertext, sorted and joined, as WeChat has it. What is
inside is 16 random bytes, the length of the message, the message, and the id of the account that it is meant for.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from xml.parsers import expat

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from huixiang.messaging.model.receipts import CallbackRefused

FRESH_FOR = timedelta(minutes=5)
_RANDOM, _LENGTH, _BLOCK = 16, 4, 32


class Envelope:
    """account_id: the app id of a service account."""

    def __init__(self, token: str, aes_key: str, account_id: str) -> None:
        self._token = token
        self._key = base64.b64decode(aes_key + "=")
        self._account_id = account_id.encode()

    def open(self, query: Mapping[str, str], sealed: str, now: datetime) -> bytes:
        """What is inside. Raises CallbackRefused for what is not signed, is older than five minutes, or is another
        account's."""
        stamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        signed = signature(self._token, stamp, nonce, sealed)
        if not hmac.compare_digest(signed.encode(), query.get("msg_signature", "").encode()):
            raise CallbackRefused
        require_fresh(stamp, now)
        return self._unseal(sealed)

    def greets(self, query: Mapping[str, str], now: datetime) -> str:
        """The word to say back when WeChat tries the address for the first time. Raises CallbackRefused."""
        stamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        signed = signature(self._token, stamp, nonce)
        if not hmac.compare_digest(signed.encode(), query.get("signature", "").encode()):
            raise CallbackRefused
        require_fresh(stamp, now)
        return query.get("echostr", "")

    def _unseal(self, sealed: str) -> bytes:
        try:
            decryptor = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).decryptor()
            opened = decryptor.update(base64.b64decode(sealed, validate=True)) + decryptor.finalize()
        except ValueError:
            raise CallbackRefused from None
        padding = opened[-1] if opened else 0
        inside = opened[_RANDOM : len(opened) - padding]
        length = int.from_bytes(inside[:_LENGTH])
        message, account = inside[_LENGTH : _LENGTH + length], inside[_LENGTH + length :]
        if not 1 <= padding <= _BLOCK or len(message) != length or not hmac.compare_digest(account, self._account_id):
            raise CallbackRefused
        return message


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def require_fresh(stamp: str, now: datetime) -> None:
    """stamp: seconds since 1970. What was caught and is said again later is refused. Raises CallbackRefused."""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise CallbackRefused
    if abs(datetime.fromtimestamp(int(stamp), UTC) - now) > FRESH_FOR:
        raise CallbackRefused


def fields(xml: bytes) -> dict[str, str]:
    """The texts of a flat XML document by their names. No document type, so no entities: raises CallbackRefused for
    one, and for what is no XML in UTF-8."""
    found: dict[str, str] = {}
    path: list[str] = []

    def refuse(*_: object) -> None:
        raise CallbackRefused

    def text(data: str) -> None:
        if len(path) == 2:
            found[path[1]] = found.get(path[1], "") + data

    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, _attributes: path.append(name)
    parser.EndElementHandler = lambda _name: path.pop()
    parser.CharacterDataHandler = text
    try:
        parser.Parse(xml, True)  # noqa: FBT003 - this is all of it
    except expat.ExpatError:
        raise CallbackRefused from None
    return found

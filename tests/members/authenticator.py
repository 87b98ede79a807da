"""A device that keeps passkeys: makes and uses them as WebAuthn has it, and can be told to do it wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import struct
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
SITE = "shop.example"
ORIGIN = "https://shop.example"


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Authenticator:
    """One passkey at one site. counts: whether it counts its uses, as hardware keys do and synchronised ones do not."""

    def __init__(self, *, counts: bool = True) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = os.urandom(16)
        self.user_handle = b""
        self.count = 1 if counts else 0
        self._step = 1 if counts else 0

    def create(self, options: dict[str, Any], **wrong: Any) -> dict[str, Any]:
        """What is posted to keep the passkey."""
        self.user_handle = decoded(options["user"]["id"])
        credential = struct.pack(">16sH", bytes(16), len(self.credential_id)) + self.credential_id + self._cose()
        said = self._data(ATTESTED, wrong) + credential
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": said})
        return {
            "credential_id": encoded(self.credential_id),
            "client_data_json": encoded(self._client_data("webauthn.create", options, wrong)),
            "attestation_object": encoded(attested),
        }

    def use(self, options: dict[str, Any], **wrong: Any) -> dict[str, Any]:
        """What is posted to sign in."""
        self.count += self._step
        said, client = self._data(0, wrong), self._client_data("webauthn.get", options, wrong)
        signature = self.key.sign(said + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return {
            "credential_id": encoded(self.credential_id),
            "client_data_json": encoded(client),
            "authenticator_data": encoded(said),
            "signature": encoded(signature),
            "user_handle": encoded(wrong.get("user_handle", self.user_handle)),
            "device": {"kind": "h5"},
        }

    def _data(self, flags: int, wrong: dict[str, Any]) -> bytes:
        site = hashlib.sha256(wrong.get("site", SITE).encode()).digest()
        looked = wrong.get("flags", PRESENT | VERIFIED)
        return site + struct.pack(">BI", looked | flags, wrong.get("count", self.count))

    @staticmethod
    def _client_data(kind: str, options: dict[str, Any], wrong: dict[str, Any]) -> bytes:
        said = {"type": wrong.get("kind", kind), "challenge": options["challenge"]}
        return json.dumps(said | {"origin": wrong.get("origin", ORIGIN), "crossOrigin": False}).encode()

    def _cose(self) -> bytes:
        """The public key as COSE has it: an elliptic curve, ES256, P-256."""
        point = self.key.public_key().public_numbers()
        made: bytes = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})
        return made

#!/usr/bin/env python3
"""Check that a posting stood in a Huixiang points journal when its day was signed. Needs nothing of Huixiang.

    python verify_proof.py proof.json --key HEX [--roots roots.json]

Python 3.11 or later and the package `cryptography`. The key is the programme's public key as it was published, 64
hexadecimal digits; give it again for each key that you trust. `--roots` takes published roots (a JSON array of them, or
the answer of GET /api/v1/points/roots) and checks that they form one chain without a gap and that the proof's root is
one of them. Exit code 0: all of it holds. 1: something does not, and what. Layout: docs/domain/proof.md.
"""

from __future__ import annotations

import argparse
import json
import struct
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Refused(Exception):
    """What does not hold."""


def require(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not holds:
        raise Refused(otherwise)


def microseconds(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


def canonical_bytes(posting: dict[str, Any]) -> bytes:
    """The bytes of a posting that its hash covers, layout version 1."""

    def text(value: str | None) -> bytes:
        encoded = (value or "").encode()
        return struct.pack(">I", 0xFFFFFFFF if value is None else len(encoded)) + encoded

    def numbers(values: list[int]) -> bytes:
        return struct.pack(f">I{len(values)}q", len(values), *values)

    amounts = ("seq", "points", "requested", "lapsed", "held_delta", "pending_delta", "debt_delta")
    texts = ("kind", "cause", "counter_account", "budget", "rule", "key", "origin_key")
    fixed = struct.pack(
        ">B16sH9qi16s",
        1,
        UUID(posting["member_id"]).bytes,
        posting["book"],
        *(posting[name] for name in amounts),
        microseconds(posting["occurred_at"]),
        microseconds(posting["recorded_at"]),
        -1 if posting["rule_version"] is None else posting["rule_version"],
        UUID(posting["order_ref"]).bytes if posting["order_ref"] else bytes(16),
    )
    return b"".join(
        (
            fixed,
            *(text(posting[name]) for name in texts),
            bytes.fromhex(posting["input_hash"]),
            numbers(posting["alloc"]),
            numbers(posting["opened"]),
        )
    )


def leaf_digest(proof: dict[str, Any]) -> bytes:
    """Of the account at the end of the day: its chain is followed from before the posting to its last one that day."""
    posting = proof["posting"]
    head = bytes.fromhex(proof["head_before"])
    digests = [sha256(canonical_bytes(posting)).digest(), *map(bytes.fromhex, proof["later"])]
    for digest in digests:
        require(len(head) == len(digest) == 32, "a head or a digest is not 32 bytes")
        head = sha256(head + digest).digest()
    seq = posting["seq"] + len(proof["later"])
    leaf = struct.pack(">B16sHq32s", 0, UUID(posting["member_id"]).bytes, posting["book"], seq, head)
    return sha256(leaf).digest()


def tree_digest(leaf: bytes, place: int, count: int, path: Sequence[bytes]) -> bytes:
    """RFC 9162, section 2.1.3.2."""
    require(0 <= place < count, "the place is not in the tree")
    digest, at, last = leaf, place, count - 1
    for step in path:
        require(last > 0 and len(step) == 32, "the path is too long, or a step is not 32 bytes")
        if at & 1 or at == last:
            digest = sha256(b"\1" + step + digest).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            digest = sha256(b"\1" + digest + step).digest()
        at, last = at >> 1, last >> 1
    require(last == 0, "the path is too short")
    return digest


def check_root(root: dict[str, Any], trusted: Iterable[str]) -> None:
    """That a root is the hash of what it states, and that a trusted key has signed it."""
    require(root["public_key"] in set(trusted), f"key {root['key_id']} of the root of {root['day']} is not trusted")
    public_key = bytes.fromhex(root["public_key"])
    require(root["key_id"] == sha256(public_key).hexdigest()[:32], "the key's id is not that of the key")
    stated = struct.pack(
        ">16siqqq32s32s",
        b"huixiang root 1\0",
        (date.fromisoformat(root["day"]) - EPOCH.date()).days,
        microseconds(root["starts_at"]),
        microseconds(root["ends_at"]),
        root["leaves"],
        bytes.fromhex(root["tree"]),
        bytes.fromhex(root["previous"]),
    )
    require(root["root"] == sha256(stated).hexdigest(), f"the root of {root['day']} is not the hash of what it states")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(bytes.fromhex(root["signature"]), stated)
    except InvalidSignature:
        raise Refused(f"the signature of the root of {root['day']} does not fit") from None


def check_chain(roots: Sequence[dict[str, Any]], trusted: Iterable[str]) -> None:
    """That published roots follow each other without a gap. They may begin on any day."""
    before: dict[str, Any] | None = None
    for root in sorted(roots, key=lambda root: str(root["day"])):
        check_root(root, trusted)
        if before is not None:
            follows = date.fromisoformat(before["day"]) + timedelta(days=1) == date.fromisoformat(root["day"])
            require(follows, f"between {before['day']} and {root['day']} a root is missing")
            require(root["previous"] == before["root"], f"the root of {root['day']} is not bound to the one before")
            require(
                root["starts_at"] == before["ends_at"],
                f"the day {root['day']} does not begin where {before['day']} ends",
            )
        before = root


def check_proof(proof: dict[str, Any], trusted: Iterable[str]) -> None:
    """Raises Refused, and KeyError, TypeError, ValueError or struct.error for what is no proof at all."""
    require(proof["version"] == 1, "this verifier knows version 1 of proofs")
    root, posting = proof["root"], proof["posting"]
    check_root(root, trusted)
    recorded = microseconds(posting["recorded_at"])
    require(
        microseconds(root["starts_at"]) <= recorded < microseconds(root["ends_at"]), "it was recorded on another day"
    )
    path = [bytes.fromhex(step) for step in proof["path"]]
    digest = tree_digest(leaf_digest(proof), proof["place"], root["leaves"], path)
    require(digest.hex() == root["tree"], "the posting is not in the tree that was signed")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Check that a posting stood in the journal when its day was signed.")
    parser.add_argument("proof", type=Path, help="what the programme answered, a JSON file")
    parser.add_argument(
        "--key", action="append", required=True, help="a public key that you trust, 64 hexadecimal digits"
    )
    parser.add_argument("--roots", type=Path, help="published roots, a JSON file")
    given = parser.parse_args(arguments)
    try:
        proof = json.loads(given.proof.read_text(encoding="utf-8"))
        check_proof(proof, given.key)
        if given.roots:
            published = json.loads(given.roots.read_text(encoding="utf-8"))
            roots = published["items"] if isinstance(published, dict) else published
            check_chain(roots, given.key)
            require(proof["root"] in roots, "the proof's root is not among the published ones")
    except Refused as reason:
        sys.stdout.write(f"REFUSED: {reason}\n")
        return 1
    except (OSError, KeyError, TypeError, ValueError, struct.error) as error:
        sys.stdout.write(f"REFUSED: this is no proof ({type(error).__name__}: {error})\n")
        return 1
    posting, root = proof["posting"], proof["root"]
    sys.stdout.write(
        f"holds: posting {posting['seq']} of member {posting['member_id']}, book {posting['book']}: "
        f"{posting['kind']} {posting['points']:+} points, in the root of {root['day']} ({root['root'][:16]}...)\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

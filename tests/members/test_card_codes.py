"""The code of the card: what a reader that is cut off makes of it, and that the server agrees (MEM-04).

The reader is clients/python/huixiang_card, which shares nothing with the program but what is published.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from huixiang_card import CardCodeRefused, CardKeys, CardReader, KeysRefused

from huixiang.kernel.clock import SettableClock
from huixiang.members import service
from huixiang.members.model.card import CardKeysRotatedLately
from huixiang.platform.db import Database
from tests.points.presence import Till, till

pytestmark = pytest.mark.requirement("MEM-04")

DOCUMENT = "/.well-known/card-keys.json"
TOKEN_BYTES, SAID_BYTES = 82, 18
ERROR = timedelta(seconds=15)


@pytest_asyncio.fixture
async def shop(db: Database, clock: SettableClock) -> AsyncIterator[Till]:
    async with till(db, clock) as one:
        yield one


async def published(shop: Till) -> dict[str, Any]:
    answer = await shop.client.get(DOCUMENT)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "max-age=3600, public"
    document: dict[str, Any] = answer.json()
    return document


async def a_reader(shop: Till) -> CardReader:
    return CardReader(CardKeys.read(json.dumps(await published(shop)), shop.clock.now()), ERROR)


async def number(shop: Till) -> str:
    answer = await shop.client.get(f"/api/v1/members/{shop.shopper}", headers=shop.key)
    return str(answer.json()["number"])


def refusal(reader: CardReader, shown: str, now: datetime) -> str:
    with pytest.raises(CardCodeRefused) as refused:
        reader.verify(shown, now)
    return refused.value.reason


def signed_by(private: Ed25519PrivateKey, like: str, key_id: bytes | None = None, **changed: Any) -> str:
    """A code like another, said by somebody else."""
    said = bytearray(int(like).to_bytes(TOKEN_BYTES)[:SAID_BYTES])
    public = private.public_key().public_bytes_raw()
    said[1:5] = key_id or sha256(b"Huixiang card key 1\n" + public).digest()[:4]
    if "version" in changed:
        said[0] = changed["version"]
    if "second" in changed:
        said[5:9] = int(changed["second"]).to_bytes(4)
    return str(int.from_bytes(bytes(said) + private.sign(b"Huixiang card 1\n" + bytes(said))))


async def server_says(shop: Till, shown: str) -> str:
    """The reason for which a till's spend with this code is refused."""
    answer = await shop.spend(sha256(shown.encode()).hexdigest(), shown)
    assert answer.status_code == 403, answer.text
    return str(answer.json().get("reason", answer.json()["code"]))


async def test_a_reader_that_is_cut_off_knows_whose_card_it_is(shop: Till) -> None:
    reader, shown = await a_reader(shop), await shop.code()
    assert len(shown) == 196  # digits: QR code version 5 at level M takes 202
    code = reader.read(shown, shop.clock.now())
    assert (code.number, code.allowance) == (await number(shop), 0)
    assert code.issued_at == shop.clock.now().replace(microsecond=0)
    found = await shop.client.post("/api/v1/members/lookup", json={"code": shown}, headers=shop.key)
    assert found.json()["number"] == code.number
    assert (await shop.spend("1", shown)).status_code == 201


async def test_every_bit_of_a_code_counts(shop: Till) -> None:
    reader, shown = await a_reader(shop), await shop.code()
    token = int(shown)
    said = set()
    for bit in range(8 * TOKEN_BYTES):
        said.add(refusal(reader, str(token ^ (1 << bit)), shop.clock.now()))
    assert said == {"malformed", "version", "unknown_key", "forged"}
    for bit in (0, 300, 8 * (TOKEN_BYTES - SAID_BYTES), 8 * TOKEN_BYTES - 12):  # signature, allowance, key
        assert await server_says(shop, str(token ^ (1 << bit))) == "wrong"


async def test_what_is_cut_off_or_added_is_no_code(shop: Till) -> None:
    reader, shown = await a_reader(shop), await shop.code()
    for other in (shown[:-1], shown[1:], shown[:100], "", shown + "0", "0" + shown, shown * 2, shown + " 1"):
        assert refusal(reader, other, shop.clock.now()) in ("malformed", "version")
        assert await server_says(shop, other) in ("wrong", "presence_required")
    for other in ("-" + shown, "+" + shown[1:], shown[:90] + "_" + shown[91:], shown.translate({0x31: 0x0661})):
        assert refusal(reader, other, shop.clock.now()) == "malformed"


async def test_another_key_signs_nothing_here(shop: Till) -> None:
    reader, shown = await a_reader(shop), await shop.code()
    theirs = Ed25519PrivateKey.generate()
    named = signed_by(theirs, shown)
    under_our_name = signed_by(theirs, shown, key_id=int(shown).to_bytes(TOKEN_BYTES)[1:5])
    assert refusal(reader, named, shop.clock.now()) == "unknown_key"
    assert refusal(reader, under_our_name, shop.clock.now()) == "forged"
    assert [await server_says(shop, one) for one in (named, under_our_name)] == ["wrong", "wrong"]


async def test_no_other_algorithm_is_talked_into_either(shop: Till) -> None:
    """A public key taken for a shared secret, a code without a signature, a version that promises less, keys of other
    kinds: whichever way a verifier is talked into less than Ed25519."""
    document, shown = await published(shop), await shop.code()
    reader = CardReader(CardKeys.read(json.dumps(document), shop.clock.now()))
    said = int(shown).to_bytes(TOKEN_BYTES)[:SAID_BYTES]
    (current,) = [one for one in document["keys"] if one["state"] == "current"]
    public = base64.urlsafe_b64decode(current["x"] + "=")
    for signature in (hmac.digest(public, b"Huixiang card 1\n" + said, "sha512"), bytes(64), public * 2):
        forged = str(int.from_bytes(said + signature))
        assert refusal(reader, forged, shop.clock.now()) == "forged"
        assert await server_says(shop, forged) == "wrong"
    for version in (2, 7, 255):
        unknown = signed_by(Ed25519PrivateKey.generate(), shown, said[1:5], version=version)
        assert refusal(reader, unknown, shop.clock.now()) == "version"
        assert await server_says(shop, unknown) == "wrong"
    curve = generate_private_key(SECP256R1()).public_key().public_numbers()
    x = base64.urlsafe_b64encode(curve.x.to_bytes(32)).rstrip(b"=").decode()
    others = [
        current | {"kty": "oct", "crv": None},
        current | {"kty": "EC", "crv": "P-256", "x": x},
        current | {"use": "enc"},
        current | {"crv": "X25519"},
        current | {"x": x},  # under the id of another
        current | {"x": current["x"][:-4]},
        {"kid": current["kid"]},
    ]
    for other in others:
        with pytest.raises(KeysRefused):
            CardKeys.read(json.dumps(document | {"keys": [other]}), shop.clock.now())
    for broken in ("", "[]", "null", '{"version": 1}', json.dumps(document | {"version": 2})):
        with pytest.raises(KeysRefused):
            CardKeys.read(broken, shop.clock.now())


async def test_a_code_holds_a_minute_and_what_clocks_may_differ(shop: Till) -> None:
    reader, shown, made = await a_reader(shop), await shop.code(), shop.clock.now().replace(microsecond=0)
    second = timedelta(seconds=1)
    assert reader.verify(shown, made - ERROR).issued_at == made
    assert refusal(reader, shown, made - ERROR - second) == "early"
    assert reader.verify(shown, made + timedelta(seconds=60) + ERROR).issued_at == made
    assert refusal(reader, shown, made + timedelta(seconds=60) + ERROR + second) == "expired"
    with pytest.raises(ValueError, match="cannot tell a code from an old one"):
        CardReader(reader.keys, timedelta(minutes=6))


async def test_one_reader_takes_a_code_once_and_forgets_it(shop: Till) -> None:
    reader, shown = await a_reader(shop), await shop.code()
    reader.read(shown, shop.clock.now())
    with pytest.raises(CardCodeRefused, match="seen"):
        reader.read(shown, shop.clock.now() + timedelta(seconds=60))
    later = shop.clock.now() + timedelta(seconds=76)
    assert refusal(reader, shown, later) == "expired"
    shop.clock.advance(timedelta(seconds=76))
    assert reader.read(await shop.code(), later).number == await number(shop)


async def test_two_readers_cannot_know_of_each_other_and_the_server_takes_a_code_once(shop: Till) -> None:
    here, there, shown = await a_reader(shop), await a_reader(shop), await shop.code()
    assert here.read(shown, shop.clock.now()) == there.read(shown, shop.clock.now())
    assert (await shop.spend("1", shown)).status_code == 201
    assert await server_says(shop, shown) == "used"


async def turn(shop: Till, *, at_once: bool = False) -> None:
    async with shop.db.transaction() as tx:
        await service.rotate_card_keys(tx, "cli", at_once=at_once)


async def test_keys_turn_without_keeping_anybody_out(shop: Till) -> None:
    reader, before = await a_reader(shop), await published(shop)
    assert [one["state"] for one in before["keys"]] == ["current", "next"]
    await turn(shop)
    shop.clock.advance(timedelta(seconds=59))
    last = await shop.code()
    reader.verify(last, shop.clock.now())
    shop.clock.advance(timedelta(seconds=1))
    first = await shop.code()
    assert int(first).to_bytes(TOKEN_BYTES)[1:5].hex() == before["keys"][1]["kid"]
    # Who has not asked since knows the next key already, and the server still takes what the former one signed.
    assert reader.verify(first, shop.clock.now()).number == reader.verify(last, shop.clock.now()).number
    assert (await shop.spend("1", last)).status_code == 201
    assert (await shop.spend("2", first)).status_code == 201
    after = await published(shop)
    assert [one["state"] for one in after["keys"]] == ["former", "current", "next"]
    assert [one["kid"] for one in after["keys"][:2]] == [one["kid"] for one in before["keys"]]
    shop.clock.advance(timedelta(days=8))
    assert [one["state"] for one in (await published(shop))["keys"]] == ["current", "next"]


async def test_a_former_key_signs_no_new_code(shop: Till) -> None:
    """Somebody has stolen it: what they sign after the turn is forged, here and at readers that ask for the keys."""
    async with shop.db.transaction() as tx:
        stolen = service.vault.vault().card_key(0).private
        await service.rotate_card_keys(tx, "cli", at_once=True)
    shop.clock.advance(timedelta(seconds=5))
    shown, reader = await shop.code(), await a_reader(shop)
    theirs = signed_by(stolen, shown)
    assert refusal(reader, theirs, shop.clock.now()) == "forged"
    assert await server_says(shop, theirs) == "wrong"
    older = signed_by(stolen, shown, second=shop.clock.now().timestamp() - 6)
    reader.verify(older, shop.clock.now())  # from before the turn: gone within the minute


async def test_keys_turn_weekly_at_most_so_that_readers_know_the_next(shop: Till) -> None:
    await turn(shop)
    with pytest.raises(CardKeysRotatedLately):
        await turn(shop)
    await turn(shop, at_once=True)
    shop.clock.advance(timedelta(days=7, seconds=61))
    await turn(shop)


async def test_old_keys_say_nothing(shop: Till) -> None:
    reader = await a_reader(shop)
    shop.clock.advance(timedelta(days=7, seconds=-1))
    reader.verify(await shop.code(), shop.clock.now())
    shop.clock.advance(timedelta(seconds=1))
    assert refusal(reader, await shop.code(), shop.clock.now()) == "keys_stale"


async def test_no_private_key_is_told_or_kept(shop: Till, superuser: psycopg.Connection[Any]) -> None:
    await turn(shop)
    told = json.dumps(await published(shop))
    rows = str(superuser.execute("SELECT one::text FROM members.card_key AS one").fetchall())
    audited = str(
        superuser.execute("SELECT one::text FROM staff.audit AS one WHERE action LIKE 'card_keys.%'").fetchall()
    )
    for generation in range(3):
        secret = service.vault.vault().card_key(generation).private.private_bytes_raw()
        encoded = base64.urlsafe_b64encode(secret).rstrip(b"=").decode()
        assert not any(one in told + rows + audited for one in (secret.hex(), encoded))
    assert "card_keys.rotated" in audited


def test_a_code_that_was_made_elsewhere_is_read_as_the_page_tells() -> None:
    """The example of docs/domain/presence.md is of a key whose seed is 32 zero bytes."""
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public = private.public_key().public_bytes_raw()
    key_id = sha256(b"Huixiang card key 1\n" + public).digest()[:4]
    said = bytes([1]) + key_id + (1_773_800_000).to_bytes(4) + (100_000_000_017).to_bytes(5) + bytes(4)
    shown = str(int.from_bytes(said + private.sign(b"Huixiang card 1\n" + said)))
    key = {"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": key_id.hex()}
    key["x"] = base64.urlsafe_b64encode(public).rstrip(b"=").decode()
    now = datetime.fromtimestamp(1_773_800_010, UTC)
    keys = CardKeys.read(json.dumps({"version": 1, "life_s": 60, "good_for_s": 60, "keys": [key]}), now)
    code = CardReader(keys).read(shown, now)
    assert (code.number, code.issued_at) == ("100000000017", now - timedelta(seconds=10))

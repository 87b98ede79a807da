"""Passwords that people choose at the console: which are refused, in what words; and first ones, which do not last."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio

from huixiang.entry.keys import password_terms
from huixiang.kernel.clock import SettableClock
from huixiang.members.adapters.key_file import FileKeys
from huixiang.platform.db import Database
from huixiang.platform.settings import Settings
from huixiang.platform.sorted_hashes import HashFileRefused
from huixiang.staff import service
from huixiang.staff.model import Role
from tests.staff.people import ACCOUNTS, MINE, SESSION, House, Person, house_of, refused

pytestmark = [pytest.mark.requirement("CON-01"), pytest.mark.requirement("SEC-01")]
GOOD = "tofu-and-spring-onions"


@pytest.fixture(autouse=True)
def terms() -> Iterator[None]:
    service.use_password_terms(password_terms(Settings(password_words="鲜丰, Xianfeng")))
    yield
    service.use_password_terms(service.PasswordTerms())


@pytest_asyncio.fixture
async def house(db: Database, keys: FileKeys, clock: SettableClock) -> AsyncIterator[House]:
    async with house_of(db, keys, clock) as made:
        yield made


@pytest_asyncio.fixture
async def lin(house: House) -> Person:
    return await house.person("lin", Role.CUSTOMER_SERVICE)


async def chosen(person: Person, password: str) -> tuple[int, str | None]:
    answer = await person.send("POST", f"{MINE}/password", password=password)
    return answer.status_code, answer.json().get("code")


COMMON = [
    "123456789012",
    "password1234",
    "P@ssw0rd1234!",
    "1qaz2wsx3edc",
    "qwertyuiop[]",
    "iloveyou1234",
    "woaini1314520",
    "woaini5201314",
    "aaaaaaaaaaaaaaaaaaaa",
    "abcabcabcabcabcabc",
    "admin@123456",
    "welcome2026!!",
    "1q2w3e4r5t6y",
    "letmeinletmein",
    "123456" * 30,
]


async def test_common_passwords_are_refused_and_what_people_make_of_them(lin: Person) -> None:
    assert {password: await chosen(lin, password) for password in COMMON} == dict.fromkeys(
        COMMON, (422, "password_common")
    )
    answer = await lin.send("POST", f"{MINE}/password", password="password1234")
    assert "password manager" in answer.json()["detail"]
    assert "password1234" not in answer.text
    assert await chosen(lin, GOOD) == (200, None)


@pytest.mark.parametrize(
    ("password", "word"),
    [("xianfeng-8842", "xianfeng"), ("Xianfeng@8842", "xianfeng"), ("X1anfeng8842!", "xianfeng"),
     ("8842-gnefnaix", "xianfeng"), ("huixiang@8842", "huixiang"), ("zhaoqiang8842", "zhaoqiang")],
)  # fmt: skip
async def test_a_password_that_lives_by_a_known_word_is_refused_and_the_word_named(
    house: House, password: str, word: str
) -> None:
    zhao = await house.person("zhaoqiang", Role.FINANCE)
    answer = await zhao.send("POST", f"{MINE}/password", password=password)
    assert refused(answer) == (422, "password_of_the_house")
    assert answer.json()["word"] == word


async def test_a_known_word_beside_enough_else_is_no_harm(lin: Person) -> None:
    assert await chosen(lin, "xianfeng-tofu-and-spring-onions") == (200, None)


async def test_one_that_is_not_ascii_and_the_longest_are_taken(lin: Person) -> None:
    assert await chosen(lin, "豆腐和葱花还有两块姜以及一碗饭") == (200, None)
    assert await chosen(lin, "豆腐 tofu, q7!" * 14) == (200, None)


async def test_breached_passwords_are_refused(lin: Person, tmp_path: Path) -> None:
    breached = ["correct horse battery staple", "another-that-was-lost"]
    path = tmp_path / "pwned.txt"
    hashes = sorted(hashlib.sha1(one.encode()).hexdigest().upper() for one in breached)  # noqa: S324 - the list's own
    path.write_text("".join(f"{one}:216\r\n" for one in hashes))
    service.use_password_terms(password_terms(Settings(breached_passwords_file=path)))
    answer = await lin.send("POST", f"{MINE}/password", password=breached[0])
    assert (*refused(answer), answer.json()["times"]) == (422, "password_breached", 216)
    assert await chosen(lin, GOOD) == (200, None)
    path.unlink()
    with pytest.raises(HashFileRefused, match="cannot be read"):
        password_terms(Settings(breached_passwords_file=path))


async def test_a_first_password_opens_nothing_but_the_choice_of_another(house: House) -> None:
    new = await house.person("chen", Role.ADMIN, lasting=False)
    session = (await new.get(SESSION)).json()
    assert session["password_due"] is True
    for answer in (
        await new.get(ACCOUNTS),
        await new.get(f"{MINE}/sessions"),
        await new.get(f"{MINE}/passkeys"),
        await new.send("POST", f"{MINE}/passkeys/options"),
        await new.send("POST", f"{ACCOUNTS}/{new.id}/disable", reason="r"),
    ):
        assert refused(answer) == (403, "password_due")
    house.clock.advance(timedelta(minutes=11))
    assert (await new.send("POST", f"{MINE}/password", password=GOOD)).json()["code"] == "proof_needed"
    shown = {name: value for name, value in new.shown().items() if name != "username"}
    assert (await new.send("POST", f"{MINE}/proof", **shown)).status_code == 204
    assert (await new.send("POST", f"{MINE}/password", password=new.password)).json()["code"] == "password_unfit"
    assert await chosen(new, GOOD) == (200, None)
    assert (await new.get(SESSION)).json()["password_due"] is False
    assert (await new.get(ACCOUNTS)).status_code == 200
    house.clock.advance(timedelta(days=30))
    assert (await new.sign_in(password=GOOD)).status_code == 201, "one that was chosen lasts"


async def test_a_first_password_lasts_three_days(house: House, superuser: psycopg.Connection[tuple[str]]) -> None:
    new = await house.person("chen", Role.FINANCE, signed_in=False, lasting=False)
    house.clock.advance(timedelta(hours=72) - timedelta(minutes=2))
    assert (await new.sign_in()).status_code == 201
    house.clock.advance(timedelta(minutes=2))
    late = await new.browser.post(SESSION, json=new.shown())
    assert refused(late) == (403, "first_password_expired")
    assert "set-cookie" not in late.headers
    wrong = await new.browser.post(SESSION, json=new.shown(password="wrong"))
    assert refused(wrong) == (401, "sign_in_refused"), "who does not know it is told nothing"
    async with house.db.transaction() as tx:
        again = await service.reset_account(tx, "chen", by="cli")
    new.password, new.totp_secret = again.password, again.totp_secret
    assert (await new.sign_in()).json()["password_due"] is True
    stored = superuser.execute("SELECT password_until::text FROM staff.account").fetchall()
    assert len(stored) == 1
    assert again.account.password_until is not None


async def test_a_demonstrations_passwords_stay(db: Database) -> None:
    async with db.transaction() as tx:
        made = await service.seed_demo(tx)
    assert {one.account.password_until for one in made} == {None}

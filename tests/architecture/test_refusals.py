"""Refusals as a whole: one class a code, both languages telling the same, and a catalogue that is up to date."""

from __future__ import annotations

from typing import ClassVar

import pytest

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from tools import error_catalogue

# A refusal is the caller's doing, but for what is not there now and for the edge's own answer to a defect.
UNAVAILABLE = 503
FAILURES = "huixiang.platform.web.failures"


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    error_catalogue.load_all()


def test_no_two_refusals_share_a_code() -> None:
    assert len(list(error_catalogue.refusals())) > 10
    assert error_catalogue.doubled_codes() == []


def test_both_languages_tell_the_same() -> None:
    assert error_catalogue.uneven_texts() == []


def test_every_code_and_status_is_well_formed() -> None:
    for refusal in error_catalogue.refusals():
        assert refusal.code.replace("_", "").isalnum(), refusal
        assert refusal.code.islower(), refusal
        assert 400 <= refusal.status < 500 or refusal.status == UNAVAILABLE or refusal.__module__ == FAILURES, refusal


def test_the_catalogue_is_up_to_date() -> None:
    assert error_catalogue.main(["--check"]) == 0, "make docs"


def test_a_doubled_code_and_uneven_texts_are_caught() -> None:
    class First(DomainError):
        code: ClassVar[str] = "sample_doubled"
        status: ClassVar[int] = 409
        title: ClassVar[Text] = Text(zh="一", en="One")
        detail: ClassVar[Text] = Text(zh="会员 {member}。", en="Member.")

    class Second(First):
        code: ClassVar[str] = "sample_doubled"

    First.__module__ = Second.__module__ = "huixiang.sample.model"
    try:
        assert any(fault.startswith("sample_doubled: ") for fault in error_catalogue.doubled_codes())
        assert any(fault.startswith("sample_doubled: ") for fault in error_catalogue.uneven_texts())
    finally:
        First.__module__ = Second.__module__ = __name__

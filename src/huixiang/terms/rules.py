"""Decisions about terms: what can be published when, and what members are told."""

from __future__ import annotations

from datetime import datetime, timedelta

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.errors import InvalidInput, Problem
from huixiang.kernel.period import Period
from huixiang.kernel.text import Text
from huixiang.rulebook.model import BEGINNING, Document
from huixiang.terms.model import ProgrammeTerms, TermsNotice, TermsText, TermsVersion

TITLE_MAX, SUMMARY_MAX, TEXT_MAX = 60, 1000, 100_000


def check_terms(terms: ProgrammeTerms) -> None:
    """Raises InvalidInput for what is empty, or too long to be shown and sent."""
    for name, text, most in (
        ("title", terms.title, TITLE_MAX),
        ("text", terms.text, TEXT_MAX),
        ("summary", terms.summary, SUMMARY_MAX),
    ):
        for language, words in (("zh", text.zh), ("en", text.en)):
            if not words.strip() or len(words) > most:
                raise InvalidInput(path=f"$.{name}.{language}", problem=f"must have 1 to {most} characters")
            if any(ord(sign) < 0x20 and not (sign == "\n" and name == "text") for sign in words):
                raise InvalidInput(path=f"$.{name}.{language}", problem="must have no control characters")


def check_notice(notice: TermsNotice) -> None:
    """Raises InvalidInput where the inbox is left out: it is the one channel that every member has."""
    if "inbox" not in notice.channels:
        raise InvalidInput(path="$.channels", problem="must have inbox")


def out_of_time(period: Period, notice: TermsNotice, now: datetime, calendar: BusinessCalendar) -> list[Problem]:
    """Why a version cannot hold in a period: it would begin before members had been told long enough, or end, so that
    former terms came back."""
    problems = []
    if period.start < now + timedelta(days=notice.days):
        first = calendar.start_of(calendar.day(now) + timedelta(days=notice.days + 1))
        earliest = calendar.local(first).isoformat()
        problems.append(
            Problem(
                "valid_from",
                f"members are told {notice.days} days before: the earliest is {earliest}, later if approval takes days",
            )
        )
    if period.end is not None:
        problems.append(Problem("valid_to", "terms hold until others do: leave it out"))
    return problems


def notice_of(terms: ProgrammeTerms, effective_at: datetime, calendar: BusinessCalendar) -> dict[str, str | Text]:
    """What a notice of a change has values for."""
    return {"title": terms.title, "summary": terms.summary, "day": calendar.local(effective_at).date().isoformat()}


def version_of(document: Document) -> TermsVersion:
    terms = document.read(ProgrammeTerms)
    return TermsVersion(
        version=document.version,
        title=terms.title,
        summary=terms.summary,
        effective_at=_since(document),
        published_at=document.published_at,
    )


def text_of(document: Document) -> TermsText:
    terms = document.read(ProgrammeTerms)
    return TermsText(
        version=document.version,
        title=terms.title,
        summary=terms.summary,
        text=terms.text,
        effective_at=_since(document),
        published_at=document.published_at,
    )


def _since(document: Document) -> datetime | None:
    return None if document.period.start <= BEGINNING else document.period.start

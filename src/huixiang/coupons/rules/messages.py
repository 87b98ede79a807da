"""What a message about coupons has to say: which, and until when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from huixiang.coupons.model import CouponTemplate
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.text import Text

NAMED = 5  # so many are called by name; of the others is said that there are some


def last_day(end: datetime, calendar: BusinessCalendar) -> str:
    """The day through which a copy with this end is good: one that ends at midnight ends with the day before."""
    return calendar.day(end - timedelta(microseconds=1)).isoformat()


def name_of(template: str, terms: CouponTemplate) -> Text:
    """What members call a copy; its template's code where nobody wrote a name."""
    return Text(zh=terms.name.zh.strip() or template, en=terms.name.en.strip() or template)


def called(names: Sequence[Text]) -> Text:
    """Coupons by name, each once and with their number where there are several, most first."""
    counted = Counter(names).most_common()
    zh = [one.zh if count == 1 else f"{one.zh}（{count} 张）" for one, count in counted[:NAMED]]
    en = [one.en if count == 1 else f"{one.en} ({count})" for one, count in counted[:NAMED]]
    more = len(counted) > NAMED
    return Text(zh="、".join(zh) + ("等" if more else ""), en=", ".join(en) + (" and others" if more else ""))

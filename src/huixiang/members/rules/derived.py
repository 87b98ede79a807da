"""What is kept in clear of a birthday."""

from __future__ import annotations

from datetime import date

# The first age of each band, and what it is called.
AGE_BANDS = ((0, "under_18"), (18, "18_24"), (25, "25_34"), (35, "35_44"), (45, "45_54"), (55, "55_64"), (65, "65_up"))


def age_band(birthday: date, today: date) -> str:
    """The band of somebody's age on a day. Who was born on 29 February is a year older on 1 March of years without."""
    age = today.year - birthday.year - ((today.month, today.day) < (birthday.month, birthday.day))
    return next(name for first, name in reversed(AGE_BANDS) if age >= first)

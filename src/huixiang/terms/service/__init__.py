"""Use cases of terms: `reading`, `accepting`, `announcing`, `publication`."""

from huixiang.terms.service.accepting import accept, accept_at_registration, my_terms
from huixiang.terms.service.announcing import TELL, look, tell, tell_newcomers
from huixiang.terms.service.publication import check_in_time, check_withdrawal
from huixiang.terms.service.reading import evidence, overview, version

__all__ = [
    "TELL",
    "accept",
    "accept_at_registration",
    "check_in_time",
    "check_withdrawal",
    "evidence",
    "look",
    "my_terms",
    "overview",
    "tell",
    "tell_newcomers",
    "version",
]

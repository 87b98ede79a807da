"""Use cases of members, one file per verb."""

from huixiang.members.service.attributes import (
    attribute_definitions,
    define_attributes,
    defined_attributes,
    set_attributes,
)
from huixiang.members.service.cards import card, cards
from huixiang.members.service.look_up import (
    Identified,
    able,
    count_of_source,
    identify,
    look_up,
    require_able,
    resolve,
    resolve_many,
    search,
)
from huixiang.members.service.presence import card_code, forget_codes, look_up_by_code, one_time_code, prove
from huixiang.members.service.registration import register, register_bulk
from huixiang.members.service.tokens import authenticate_token, issue_token
from huixiang.members.service.vault import check_keys, rewrap, use_keys

__all__ = [
    "Identified",
    "able",
    "attribute_definitions",
    "authenticate_token",
    "card",
    "card_code",
    "cards",
    "check_keys",
    "count_of_source",
    "define_attributes",
    "defined_attributes",
    "forget_codes",
    "identify",
    "issue_token",
    "look_up",
    "look_up_by_code",
    "one_time_code",
    "prove",
    "register",
    "register_bulk",
    "require_able",
    "resolve",
    "resolve_many",
    "rewrap",
    "search",
    "set_attributes",
    "use_keys",
]

"""Use cases of members, one file per verb."""

from huixiang.members.service.attributes import set_attributes
from huixiang.members.service.card_keys import card_keys, rotate_card_keys
from huixiang.members.service.cards import card, cards
from huixiang.members.service.definitions import attribute_definitions, define_attributes, defined_attributes
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
from huixiang.members.service.passkeys import (
    add_passkey,
    passkey_creation,
    passkey_request,
    passkeys,
    remove_passkey,
    sign_in_by_passkey,
    use_passkeys,
)
from huixiang.members.service.presence import card_code, forget_codes, look_up_by_code, one_time_code, prove
from huixiang.members.service.providers import begin_visit, end_visit, join_by_ticket, use_providers
from huixiang.members.service.registration import register, register_bulk
from huixiang.members.service.sessions import devices, refresh, sign_out
from huixiang.members.service.sign_in import ask_code, attempt_of, forget_sign_in
from huixiang.members.service.step_up import send_one_time_code
from huixiang.members.service.tails import look_up_by_tail
from huixiang.members.service.together import SignIns, verify
from huixiang.members.service.tokens import authenticate_token, issue_token
from huixiang.members.service.vault import check_keys, master_key_since, rewrap, use_keys

__all__ = [
    "Identified",
    "SignIns",
    "able",
    "add_passkey",
    "ask_code",
    "attempt_of",
    "attribute_definitions",
    "authenticate_token",
    "begin_visit",
    "card",
    "card_code",
    "card_keys",
    "cards",
    "check_keys",
    "count_of_source",
    "define_attributes",
    "defined_attributes",
    "devices",
    "end_visit",
    "forget_codes",
    "forget_sign_in",
    "identify",
    "issue_token",
    "join_by_ticket",
    "look_up",
    "look_up_by_code",
    "look_up_by_tail",
    "master_key_since",
    "one_time_code",
    "passkey_creation",
    "passkey_request",
    "passkeys",
    "prove",
    "refresh",
    "register",
    "register_bulk",
    "remove_passkey",
    "require_able",
    "resolve",
    "resolve_many",
    "rewrap",
    "rotate_card_keys",
    "search",
    "send_one_time_code",
    "set_attributes",
    "sign_in_by_passkey",
    "sign_out",
    "use_keys",
    "use_passkeys",
    "use_providers",
    "verify",
]

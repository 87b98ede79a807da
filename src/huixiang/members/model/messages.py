"""What members are sent by this module; what it says is a message template."""

from __future__ import annotations

from huixiang.messaging.model import Channel
from huixiang.messaging.model.templates import Said

# minutes: for which the code holds.
SIGN_IN_CODE = Said(
    name="sign_in_code",
    variables={"code": "code", "minutes": "number"},
    optional=frozenset({"minutes"}),
    channels=(Channel.SMS,),
    secret=True,
)
ONE_TIME_CODE = Said(
    name="one_time_code",
    variables={"code": "code", "minutes": "number"},
    optional=frozenset({"minutes"}),
    channels=(Channel.SMS,),
    secret=True,
)
SAID = (SIGN_IN_CODE, ONE_TIME_CODE)

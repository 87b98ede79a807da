"""Members over HTTP, a file for each part."""

from huixiang.members.routes.attributes import ROUTES as ATTRIBUTE_ROUTES
from huixiang.members.routes.attribution import ROUTES as ATTRIBUTION_ROUTES
from huixiang.members.routes.consents import ROUTES as CONSENT_ROUTES
from huixiang.members.routes.consents_desk import ROUTES as CONSENT_DESK_ROUTES
from huixiang.members.routes.devices import ROUTES as DEVICE_ROUTES
from huixiang.members.routes.exports import ROUTES as EXPORT_ROUTES
from huixiang.members.routes.fresh import ROUTES as FRESH_ROUTES
from huixiang.members.routes.identities import ROUTES as IDENTITY_ROUTES
from huixiang.members.routes.master_key import ROUTES as MASTER_KEY_ROUTES
from huixiang.members.routes.members import ROUTES as MEMBER_ROUTES
from huixiang.members.routes.passkeys import ROUTES as PASSKEY_ROUTES
from huixiang.members.routes.personal_change import ROUTES as PERSONAL_CHANGE_ROUTES
from huixiang.members.routes.presence import ROUTES as PRESENCE_ROUTES
from huixiang.members.routes.profile import ROUTES as PROFILE_ROUTES
from huixiang.members.routes.providers import ROUTES as PROVIDER_ROUTES
from huixiang.members.routes.reveal import ROUTES as REVEAL_ROUTES
from huixiang.members.routes.sign_in import ROUTES as SIGN_IN_ROUTES
from huixiang.members.routes.states import ROUTES as STATE_ROUTES
from huixiang.members.routes.tails import ROUTES as TAIL_ROUTES

ROUTES = [
    *MEMBER_ROUTES,
    *PRESENCE_ROUTES,
    *TAIL_ROUTES,
    *SIGN_IN_ROUTES,
    *PROVIDER_ROUTES,
    *DEVICE_ROUTES,
    *PASSKEY_ROUTES,
    *FRESH_ROUTES,
    *STATE_ROUTES,
    *REVEAL_ROUTES,
    *IDENTITY_ROUTES,
    *ATTRIBUTION_ROUTES,
    *ATTRIBUTE_ROUTES,
    *CONSENT_ROUTES,
    *CONSENT_DESK_ROUTES,
    *PROFILE_ROUTES,
    *PERSONAL_CHANGE_ROUTES,
    *EXPORT_ROUTES,
    *MASTER_KEY_ROUTES,
]

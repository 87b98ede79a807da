"""The installation's keys, opened once by each process that serves or works."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from huixiang.coupons.service import code_key as coupon_codes
from huixiang.entry.messaging import use_messaging
from huixiang.entry.sign_in import use_sign_in
from huixiang.entry.webhooks import use_webhooks
from huixiang.members import service as members
from huixiang.members.adapters.key_file import FILE_NAME, FileKeys
from huixiang.members.adapters.personal import MemberSealer
from huixiang.members.service.master_key import allow_rotation
from huixiang.platform.settings import Settings
from huixiang.platform.sorted_hashes import SortedHashes
from huixiang.points import service as points
from huixiang.points.adapters import signing_keys
from huixiang.pricing.service import tokens as quotes
from huixiang.staff import service as staff
from huixiang.staff.model.passkeys import StaffPasskeyTerms
from huixiang.staff.model.sessions import SessionTerms

_OWN_NAMES = ("huixiang", "惠象", "console", "member", "admin")


def use_keys(settings: Settings) -> FileKeys:
    """Open the key file and hand it to the modules that seal. A file that was named must be there; the one in the
    installation's home is made at the first start. Raises KeyFileRefused, HashFileRefused."""
    path = settings.master_key_file or settings.home / FILE_NAME
    keys = FileKeys.open(path, create=settings.master_key_file is None)
    members.use_keys(keys)
    allow_rotation(allowed=settings.master_key_file is None)
    points.use_signer(signer(settings))
    staff.use_secrets(keys)
    staff.use_sealer(MemberSealer())
    staff.use_root_signer(signer(settings))
    staff.use_session_terms(session_terms(settings))
    staff.use_password_terms(password_terms(settings))
    staff.use_staff_passkeys(console_passkeys(settings))
    staff.allow_self_approval(allowed=settings.self_approval == "on")
    coupon_codes.use_secrets(keys)
    quotes.use_secrets(keys, timedelta(minutes=settings.quote_minutes))
    use_messaging(settings, keys)
    use_webhooks(settings, keys)
    use_sign_in(settings)
    return keys


def session_terms(settings: Settings) -> SessionTerms:
    return SessionTerms(
        timedelta(minutes=settings.staff_session_idle_minutes), timedelta(hours=settings.staff_session_hours)
    )


def password_terms(settings: Settings) -> staff.PasswordTerms:
    """What is asked of passwords at the console. Raises HashFileRefused."""
    given = (word.strip() for word in settings.password_words.split(","))
    host = (urlsplit(settings.console_origin or "").hostname or "").split(".")
    path = settings.breached_passwords_file
    return staff.PasswordTerms(
        words=(*_OWN_NAMES, *filter(None, given), *filter(None, host)),
        breached=None if path is None else SortedHashes.open(path),
    )


def console_passkeys(settings: Settings) -> StaffPasskeyTerms | None:
    """For which site the console's passkeys are; None where no origin is named."""
    origin = settings.console_origin
    return None if origin is None else StaffPasskeyTerms(site=urlsplit(origin).hostname or "", origin=origin)


def signer(settings: Settings) -> signing_keys.FileSigner:
    """The keys that sign roots, beside the master keys. The file is opened when a day is closed."""
    directory = settings.master_key_file.parent if settings.master_key_file else settings.home
    return signing_keys.FileSigner(directory / signing_keys.FILE_NAME)

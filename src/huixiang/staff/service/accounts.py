"""Console users: added, listed, given new secrets; four of them seeded for a demonstration."""

from __future__ import annotations

import msgspec
import pyotp

from huixiang.kernel.ids import new_id
from huixiang.platform.db import Transaction
from huixiang.staff import rules
from huixiang.staff.model import Account, AccountUnknown, AuditEntry, Credentials, NewAccount, Role, UsernameTaken
from huixiang.staff.service.audit import record
from huixiang.staff.service.passwords import hash_password, new_password
from huixiang.staff.service.sealing import open_totp, seal_totp
from huixiang.staff.service.sign_in import name_hash
from huixiang.staff.store import accounts as accounts_store
from huixiang.staff.store import passkeys as passkeys_store
from huixiang.staff.store import sessions as sessions_store

DEMO_STAFF = (
    ("maker", "林晓", Role.OPERATIONS),
    ("checker", "周宁", Role.FINANCE),
    ("service", "陈晨", Role.CUSTOMER_SERVICE),
    ("admin", "王敏", Role.ADMIN),
)


async def add_account(
    tx: Transaction,
    username: str,
    display_name: str,
    role: Role,
    by: str,
    stores: frozenset[str] | None = None,
    *,
    lasting: bool = False,
) -> NewAccount:
    """A new console user with a made password and TOTP secret, limited to `stores` if given. The password opens nothing
    but the choice of another, within three days; with `lasting`, for a demonstration, it stays. Raises UsernameTaken.
    """
    until = None if lasting else tx.now + rules.FIRST_PASSWORD_HOLDS
    account = Account(new_id(), rules.normal_username(username), display_name, role, tx.now, None, stores, until)
    made = NewAccount(account, new_password(), pyotp.random_base32())
    sealed = seal_totp(account.staff_id, made.totp_secret)
    if not await accounts_store.insert_account(tx, Credentials(account, await hash_password(made.password), sealed, 0)):
        raise UsernameTaken(username=account.username)
    after = {"username": account.username, "role": role, "stores": _listed(stores)}
    await record(tx, AuditEntry(actor=by, action="staff.added", subject=f"staff:{account.staff_id}", after=after))
    return made


async def list_accounts(tx: Transaction) -> list[Account]:
    return await accounts_store.all_accounts(tx)


async def reset_account(tx: Transaction, username: str, by: str) -> NewAccount:
    """A new password and TOTP secret, as for a new account; open sessions end, passkeys and a lock on the name go.
    Raises AccountUnknown."""
    until = tx.now + rules.FIRST_PASSWORD_HOLDS
    account = msgspec.structs.replace((await _credentials(tx, username)).account, password_until=until)
    made = NewAccount(account, new_password(), pyotp.random_base32())
    sealed = seal_totp(account.staff_id, made.totp_secret)
    await accounts_store.update_secrets(tx, account.staff_id, await hash_password(made.password), sealed, until)
    await sessions_store.end_sessions_of(tx, account.staff_id)
    await passkeys_store.delete_passkeys_of(tx, account.staff_id)
    await sessions_store.delete_attempts(tx, name_hash(account.username))
    await record(tx, AuditEntry(actor=by, action="staff.reset", subject=f"staff:{account.staff_id}"))
    return made


async def limit_account(tx: Transaction, username: str, stores: frozenset[str] | None, by: str) -> Account:
    """Limit an account to stores, or (None) to no store; open sessions feel it at once. Raises AccountUnknown."""
    account = (await _credentials(tx, username)).account
    await accounts_store.update_stores(tx, account.staff_id, stores)
    before, after = {"stores": _listed(account.stores)}, {"stores": _listed(stores)}
    subject = f"staff:{account.staff_id}"
    await record(tx, AuditEntry(actor=by, action="staff.limited", subject=subject, before=before, after=after))
    return msgspec.structs.replace(account, stores=stores)


async def totp_code(tx: Transaction, username: str) -> str:
    """The code of this moment, which stands in for a phone in a demonstration. Raises AccountUnknown."""
    credentials = await _credentials(tx, username)
    return rules.current_code(open_totp(credentials.account.staff_id, credentials.totp_sealed), tx.now)


async def seed_demo(tx: Transaction) -> list[NewAccount]:
    """Those of the demonstration users who were not there yet, with their secrets: shown this once."""
    there = {account.username for account in await accounts_store.all_accounts(tx)}
    return [
        await add_account(tx, username, display_name, role, by="demo", lasting=True)
        for username, display_name, role in DEMO_STAFF
        if username not in there
    ]


def _listed(stores: frozenset[str] | None) -> list[str] | None:
    return None if stores is None else sorted(stores)


async def _credentials(tx: Transaction, username: str) -> Credentials:
    credentials = await accounts_store.find_credentials(tx, rules.normal_username(username), lock=True)
    if credentials is None:
        raise AccountUnknown(username=username)
    return credentials

"""The file that says by what members sign in besides their phones: `HUIXIANG_SIGN_IN_FILE`, TOML, readable by its owner
alone. What has no section is not offered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from msgspec import Meta

from huixiang.kernel.clock import Clock
from huixiang.members.adapters.alipay import Alipay
from huixiang.members.adapters.provider_http import ProviderHttp
from huixiang.members.adapters.wechat import WeChat
from huixiang.members.model.passkeys import PasskeyTerms
from huixiang.members.model.providers import ProviderName
from huixiang.members.model.sign_in import DeviceKind
from huixiang.members.ports import IdentityProvider
from huixiang.platform import private_file
from huixiang.platform.settings import CannotRun

Url = Annotated[str, Meta(pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$(?!\n)")]
AppId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9]{1,24}$(?!\n)")]
Secret = Annotated[str, Meta(min_length=1, max_length=512)]
Origin = Annotated[str, Meta(pattern=r"^https?://[a-z0-9.-]+(:[0-9]+)?$(?!\n)")]
Providers = Mapping[tuple[ProviderName, DeviceKind], IdentityProvider]


class WeChatApp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    app_id: AppId
    secret: Secret


class WeChatApps(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[wechat.h5]`: the official account whose pages members use; `[wechat.app]`; `[wechat.mini_program]`."""

    h5: WeChatApp | None = None
    app: WeChatApp | None = None
    mini_program: WeChatApp | None = None


class AlipayApp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[alipay]`. key_file: the application's private key; alipay_key_file: Alipay's public key. PEM, beside this file
    unless the path says otherwise."""

    app_id: AppId
    key_file: Path
    alipay_key_file: Path


class PasskeySite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[passkeys]`. site: the domain that passkeys are for, `shop.example`; origins: of the pages that use them."""

    site: Annotated[str, Meta(pattern=r"^[a-z0-9.-]{1,253}$(?!\n)")]
    origins: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^https?://[a-z0-9.-]+(:[0-9]+)?$(?!\n)")], ...], Meta(min_length=1)
    ]


class SignInFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """callback: the page that providers send people back to; without it no page is. sandbox: an address that stands in
    for all providers; in production there is none."""

    callback: Url | None = None
    wechat: WeChatApps = WeChatApps()
    alipay: AlipayApp | None = None
    sandbox: Url | None = None
    passkeys: PasskeySite | None = None


def read(path: Path, clock: Clock, *, production: bool) -> tuple[Providers, PasskeyTerms | None]:
    """Raises CannotRun for a file that is missing, readable by others, or says what is not allowed: in production no
    sandbox, and no page without TLS."""
    try:
        said = msgspec.toml.decode(private_file.read(path), type=SignInFile, dec_hook=_path)
    except FileNotFoundError:
        raise CannotRun(f"there is no sign-in file {path}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CannotRun(f"{path}: {error}") from None
    if production and said.sandbox is not None:
        raise CannotRun(f"{path}: sandbox stands in for identity providers, which production refuses")
    pages = [*([said.callback] if said.callback else []), *(said.passkeys.origins if said.passkeys else ())]
    if production and not all(page.startswith("https://") for page in pages):
        raise CannotRun(f"{path}: callback and origins are pages without TLS, which production refuses")
    http = ProviderHttp(said.sandbox)
    terms = PasskeyTerms(said.passkeys.site, said.passkeys.origins) if said.passkeys else None
    return _wechat(said, http) | _alipay(path, said, http, clock), terms


def _wechat(said: SignInFile, http: ProviderHttp) -> dict[tuple[ProviderName, DeviceKind], IdentityProvider]:
    found: dict[tuple[ProviderName, DeviceKind], IdentityProvider] = {}
    if (page := said.wechat.h5) is not None and said.callback is not None:
        found["wechat", "h5"] = WeChat(http, page.app_id, page.secret, callback=said.callback)
    if (app := said.wechat.app) is not None:
        found["wechat", "app"] = WeChat(http, app.app_id, app.secret)
    if (mini := said.wechat.mini_program) is not None:
        found["wechat", "mini_program"] = WeChat(http, mini.app_id, mini.secret, mini_program=True)
    return found


def _alipay(
    path: Path, said: SignInFile, http: ProviderHttp, clock: Clock
) -> dict[tuple[ProviderName, DeviceKind], IdentityProvider]:
    if said.alipay is None:
        return {}
    key = _key(path.parent / said.alipay.key_file, private=True)
    theirs = _key(path.parent / said.alipay.alipay_key_file, private=False)
    if not isinstance(key, RSAPrivateKey) or not isinstance(theirs, RSAPublicKey):
        raise CannotRun(f"{path}: alipay.key_file and alipay.alipay_key_file are RSA keys")
    app_id = said.alipay.app_id
    kit = Alipay(http, app_id, key, theirs, clock)
    found: dict[tuple[ProviderName, DeviceKind], IdentityProvider] = {("alipay", "app"): kit}
    found["alipay", "mini_program"] = kit
    if said.callback is not None:
        found["alipay", "h5"] = Alipay(http, app_id, key, theirs, clock, callback=said.callback)
    return found


def _key(path: Path, *, private: bool) -> object:
    try:
        pem = private_file.read(path) if private else path.read_bytes()
        return load_pem_private_key(pem, None) if private else load_pem_public_key(pem)
    except FileNotFoundError:
        raise CannotRun(f"there is no key file {path}") from None
    except (ValueError, TypeError):
        raise CannotRun(f"{path} holds no key in PEM without a password") from None


def _path(expected: type, value: object) -> object:
    if expected is Path and isinstance(value, str):
        return Path(value)
    raise TypeError(expected)

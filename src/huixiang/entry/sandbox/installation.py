"""What the sandbox identity provider and the program know of each other: applications, keys, addresses."""

from __future__ import annotations

from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from huixiang.platform import private_file

KEY_BITS = 2048
WECHAT_APPS = {
    "wx00000000000000h5": "sandbox-of-pages",
    "wx0000000000000app": "sandbox-of-an-app",
    "wx00000000000mini0": "sandbox-of-a-mini-program",
}
ALIPAY_APP = "2014072300007148"


class Installation(msgspec.Struct, frozen=True):
    """file: the sign-in file that leads here. callback: the one page that people are sent back to. alipay_key: what
    answers are signed with; app_public_key: what requests are checked with."""

    file: Path
    callback: str
    alipay_key: RSAPrivateKey
    app_public_key: RSAPublicKey


def install(home: Path, url: str, callback: str) -> Installation:
    """New keys, and a sign-in file that leads the program to `url`."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    alipay_key, app_key = (generate_private_key(65537, KEY_BITS) for _ in range(2))
    private = app_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    private_file.replace(home / "alipay-app.pem", private)
    public = alipay_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    private_file.replace(home / "alipay.pem", public)
    file = home / "sign-in.toml"
    private_file.replace(file, _contents(url, callback).encode())
    return Installation(file, callback, alipay_key, app_key.public_key())


def _contents(url: str, callback: str) -> str:
    lines = [f'callback = "{callback}"', f'sandbox = "{url}"']
    for kind, (app_id, secret) in zip(("h5", "app", "mini_program"), WECHAT_APPS.items(), strict=True):
        lines += [f"[wechat.{kind}]", f'app_id = "{app_id}"', f'secret = "{secret}"']
    lines += ["[alipay]", f'app_id = "{ALIPAY_APP}"', 'key_file = "alipay-app.pem"', 'alipay_key_file = "alipay.pem"']
    return "\n".join([*lines, ""])

"""What staff refuses."""

from __future__ import annotations

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text


class SignInRefused(DomainError):
    """Unknown name, wrong password, wrong or used code, disabled account: not told apart."""

    code = "sign_in_refused"
    status = 401
    title = Text(zh="登录失败", en="Sign-in refused")
    detail = Text(zh="用户名、密码或验证码不正确。", en="The name, the password or the code is not right.")


class SignInLocked(DomainError):
    """Too many failures under this name, whether or not it exists. Field: retry_after_s."""

    code = "sign_in_locked"
    status = 429
    title = Text(zh="登录已暂时锁定", en="Sign-in locked for a while")
    detail = Text(
        zh="失败次数过多，请在 {retry_after_s} 秒后重试。", en="Too many failures; try again in {retry_after_s} s."
    )


class CsrfTokenWrong(DomainError):
    """A change without the token that belongs to the session."""

    code = "csrf_token_wrong"
    status = 403
    title = Text(zh="请求来源无法确认", en="Request not confirmed")
    detail = Text(
        zh="请求缺少会话的 CSRF 令牌，请刷新页面后重试。",
        en="The request lacks the session's CSRF token; reload the page and try again.",
    )


class UsernameTaken(DomainError):
    """Field: username."""

    code = "username_taken"
    status = 409
    title = Text(zh="用户名已存在", en="Username taken")
    detail = Text(zh="用户名 {username} 已存在。", en="There is already a user {username}.")


class AccountUnknown(DomainError):
    """Field: username."""

    code = "staff_unknown"
    status = 404
    title = Text(zh="没有该用户", en="No such user")
    detail = Text(zh="没有用户 {username}。", en="There is no user {username}.")


class KeyUnknown(DomainError):
    """Field: key_id."""

    code = "key_unknown"
    status = 404
    title = Text(zh="没有该密钥", en="No such key")
    detail = Text(zh="没有密钥 {key_id}。", en="There is no key {key_id}.")


class ScopeUnknown(DomainError):
    """Field: scope."""

    code = "scope_unknown"
    status = 422
    title = Text(zh="没有该权限范围", en="No such scope")
    detail = Text(zh="没有权限范围 {scope}。", en="There is no scope {scope}.")


class KeyEnded(DomainError):
    """Field: key_id."""

    code = "key_ended"
    status = 409
    title = Text(zh="密钥已失效", en="Key ended")
    detail = Text(zh="密钥 {key_id} 已撤销或过期。", en="The key {key_id} is revoked or has expired.")


class KeyRotating(DomainError):
    """Fields: key_id; ends_at, until when the secret before the present one is let in."""

    code = "key_rotating"
    status = 409
    title = Text(zh="密钥正在轮换", en="Key is being rotated")
    detail = Text(
        zh="密钥 {key_id} 的旧密文有效至 {ends_at}，请先结束本次轮换。",
        en="The secret before of key {key_id} is let in until {ends_at}; end that rotation first.",
    )


class AddressRefused(DomainError):
    """The key is right, and is not let in from there. Field: address, as it is seen here."""

    code = "address_refused"
    status = 403
    title = Text(zh="来源地址不允许", en="Address not allowed")
    detail = Text(zh="该密钥不允许从 {address} 使用。", en="This key is not let in from {address}.")


class ProofNeeded(DomainError):
    """The session has to show its password and second factor again. Field: within_s, how long a proof lasts."""

    code = "proof_needed"
    status = 403
    title = Text(zh="请再次验证身份", en="Show once more who you are")
    detail = Text(
        zh="此操作需要在 {within_s} 秒内验证过密码和第二因素。",
        en="This needs the password and second factor shown within the last {within_s} s.",
    )


class PasswordUnfit(DomainError):
    """The new password is the former one, or the username."""

    code = "password_unfit"
    status = 422
    title = Text(zh="密码不可用", en="Password not accepted")
    detail = Text(
        zh="新密码不能与旧密码或用户名相同。", en="The new password must be neither the former one nor the username."
    )


class OwnAccount(DomainError):
    """Nobody disables or resets their own account."""

    code = "staff_own_account"
    status = 409
    title = Text(zh="不能操作本人账号", en="One's own account")
    detail = Text(zh="请由另一位管理员操作。", en="Another administrator has to do this.")


class LastAdministrator(DomainError):
    """Without this account nobody could look after accounts."""

    code = "staff_last_administrator"
    status = 409
    title = Text(zh="最后一位管理员", en="The last administrator")
    detail = Text(zh="不能停用最后一位管理员。", en="The last administrator cannot be disabled.")


class AccountDisabled(DomainError):
    """Field: username."""

    code = "staff_disabled"
    status = 409
    title = Text(zh="账号已停用", en="Account disabled")
    detail = Text(zh="用户 {username} 已停用。", en="The account {username} is disabled.")


class SessionUnknown(DomainError):
    """Field: session_id."""

    code = "session_unknown"
    status = 404
    title = Text(zh="没有该会话", en="No such session")
    detail = Text(zh="没有会话 {session_id}。", en="There is no session {session_id}.")


class TotpNotToShow(DomainError):
    """There is no new secret that the caller may see: none was made at their request, it was shown, or a day is
    over."""

    code = "totp_not_to_show"
    status = 404
    title = Text(zh="没有可显示的密钥", en="No secret to show")
    detail = Text(zh="没有可向您显示的新密钥。", en="There is no new secret to be shown to you.")


class StaffPasskeyRefused(DomainError):
    """What was shown does not hold. Says no more, so that nothing can be probed."""

    code = "staff_passkey_refused"
    status = 403
    title = Text(zh="通行密钥无效", en="Passkey refused")
    detail = Text(zh="通行密钥验证未通过。", en="The passkey does not hold.")


class StaffPasskeyUnknown(DomainError):
    """Not one of the caller's. Field: passkey_id."""

    code = "staff_passkey_unknown"
    status = 404
    title = Text(zh="没有该通行密钥", en="Unknown passkey")
    detail = Text(zh="您没有通行密钥 {passkey_id}。", en="You have no passkey {passkey_id}.")


class StaffPasskeysFull(DomainError):
    """Field: most."""

    code = "staff_passkeys_full"
    status = 409
    title = Text(zh="通行密钥过多", en="Too many passkeys")
    detail = Text(zh="最多 {most} 个通行密钥，请先删除一个。", en="At most {most} passkeys: remove one first.")


class StaffPasskeysNotConfigured(DomainError):
    """HUIXIANG_CONSOLE_ORIGIN names no site for which passkeys would be."""

    code = "staff_passkeys_not_configured"
    status = 409
    title = Text(zh="未开通通行密钥", en="Passkeys are not set up")
    detail = Text(zh="控制台未开通通行密钥。", en="Passkeys are not set up for the console.")

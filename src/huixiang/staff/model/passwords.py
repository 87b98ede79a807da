"""Why a password that somebody chose at the console is refused, and a first one let in no more."""

from __future__ import annotations

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text


class FirstPasswordExpired(DomainError):
    """Password and second factor are right, and the password was not changed in time."""

    code = "first_password_expired"
    status = 403
    title = Text(zh="初始密码已过期", en="First password expired")
    detail = Text(
        zh="初始密码须在 72 小时内登录并更换。请让管理员运行 huixiang staff reset 重新发放。",
        en="A first password is to be changed within 72 hours. Ask an administrator for a new one (huixiang staff"
        " reset).",
    )


class PasswordCommon(DomainError):
    """It is among the commonest, or made of such, of dates, repetitions or rows of keys."""

    code = "password_common"
    status = 422
    title = Text(zh="密码太容易猜到", en="Password easily guessed")
    detail = Text(
        zh="该密码容易被猜到。请用密码管理器生成一个，或用四个互不相关的词；不要用日期、重复字符或键盘上相邻的键。",
        en="This password is easily guessed. Let a password manager make one, or take four words that have nothing to"
        " do with each other; no dates, repetitions or rows of keys.",
    )


class PasswordOfTheHouse(DomainError):
    """Without a word that everybody here knows it would be easily guessed. Field: word."""

    code = "password_of_the_house"
    status = 422
    title = Text(zh="密码含有人人知道的词", en="Password made of a known word")
    detail = Text(
        zh="除去“{word}”（本公司、品牌或您自己的名称），该密码容易被猜到。请换一个不以此为主的密码。",
        en='But for "{word}", a name of the company, of a brand or of yours, this password is easily guessed. Take one'
        " that does not live by it.",
    )


class PasswordBreached(DomainError):
    """Field: times, how often it stands in known breaches."""

    code = "password_breached"
    status = 422
    title = Text(zh="密码已泄露", en="Password known from breaches")
    detail = Text(
        zh="该密码在已知的泄露数据中出现过 {times} 次。请换一个，并在其他使用它的地方也换掉。",
        en="This password stands {times} times in known breaches. Take another, and change it wherever you use it.",
    )

"""What pricing refuses."""

from __future__ import annotations

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text


class GoodsUnknown(DomainError):
    """Field: skus, those that the catalogue does not sell and that the caller did not describe."""

    code = "goods_unknown"
    status = 409
    title = Text(zh="目录中没有的商品", en="Unknown goods")
    detail = Text(zh="目录中没有在售商品：{skus}。", en="The catalogue sells no {skus}.")


class StoreUnknown(DomainError):
    code = "store_unknown"
    status = 409
    title = Text(zh="没有这个门店", en="Unknown store")
    detail = Text(zh="目录中没有门店 {store}。", en="The catalogue has no store {store}.")


class QuoteTokenInvalid(DomainError):
    """Changed on its way, cut off, or made by another installation. Says no more, so that nothing can be probed."""

    code = "quote_token_invalid"
    status = 422
    title = Text(zh="报价凭证无效", en="Invalid quote token")
    detail = Text(zh="该报价凭证不是本系统签发的，或已被改动。", en="The token was not made here, or has been changed.")


class QuoteExpired(DomainError):
    code = "quote_expired"
    status = 409
    title = Text(zh="报价已过期", en="The quote has expired")
    detail = Text(zh="报价有效至 {expires_at}。", en="The quote was good until {expires_at}.")


class QuoteOfAnother(DomainError):
    code = "quote_of_another"
    status = 403
    title = Text(zh="不是您的报价", en="The quote is another's")
    detail = Text(zh="该报价是为其他人作出的。", en="The quote was made for somebody else.")


class QuoteNotReproduced(DomainError):
    """A search that was cut short finds something else than it did when the quote was made: by another version of this
    program. What is proven stays so. Fields: quoted_fen, found_fen."""

    code = "quote_not_reproduced"
    status = 409
    title = Text(zh="报价无法重现", en="The quote cannot be reproduced")
    detail = Text(
        zh="该报价 {quoted_fen} 分由旧版本程序算出且未被证明为最低，现版本算得 {found_fen} 分，无法解释原报价。",
        en="The quote of {quoted_fen} fen was found, and not proven, by another version of this program, which finds "
        "{found_fen} fen now and cannot explain it.",
    )


class QuoteFactsChanged(DomainError):
    """What a quote depended on is kept in it, but for personal data, and those are other ones now."""

    code = "quote_facts_changed"
    status = 409
    title = Text(zh="会员资料已变更", en="The member's data have changed")
    detail = Text(
        zh="报价所依据的会员资料已变更，无法重算。", en="What the quote knew of the member has changed since."
    )

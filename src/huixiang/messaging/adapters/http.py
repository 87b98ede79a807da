"""What a failed request over HTTP says of whether it arrived."""

from __future__ import annotations

import httpx

from huixiang.messaging.model import Answer, Outcome

# Raised before a byte of the request has left.
NOT_BEGUN = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.ProxyError)


def failed(error: httpx.HTTPError) -> Answer:
    """Only the class of the error is kept: its text may quote the URL."""
    outcome = Outcome.NOT_TAKEN if isinstance(error, NOT_BEGUN) else Outcome.UNKNOWN
    return Answer(outcome, type(error).__name__)

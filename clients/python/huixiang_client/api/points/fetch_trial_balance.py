import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.detail import Detail
from ...models.problem import Problem
from ...models.trial_balance import TrialBalance
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    book: str | Unset = "points",
    day: datetime.date | None | Unset = UNSET,
    at: None | str | Unset = UNSET,
    detail: Detail | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["book"] = book

    json_day: None | str | Unset
    if isinstance(day, Unset):
        json_day = UNSET
    elif isinstance(day, datetime.date):
        json_day = day.isoformat()
    else:
        json_day = day
    params["day"] = json_day

    json_at: None | str | Unset
    if isinstance(at, Unset):
        json_at = UNSET
    else:
        json_at = at
    params["at"] = json_at

    json_detail: str | Unset = UNSET
    if not isinstance(detail, Unset):
        json_detail = detail.value

    params["detail"] = json_detail

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/finance/trial-balance",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | TrialBalance | None:
    if response.status_code == 200:
        response_200 = TrialBalance.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        response_500 = Problem.from_dict(response.json())

        return response_500

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Problem | TrialBalance]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    book: str | Unset = "points",
    day: datetime.date | None | Unset = UNSET,
    at: None | str | Unset = UNSET,
    detail: Detail | Unset = UNSET,
) -> Response[Problem | TrialBalance]:
    """What stands on every account of the double entry, for the general ledger.

    Args:
        book (str | Unset):  Default: 'points'.
        day (datetime.date | None | Unset):
        at (None | str | Unset):
        detail (Detail | Unset): How far a trial balance is broken down: a line for each counter-
            account, for each cause of it, or for each budget
                of that.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | TrialBalance]
    """

    kwargs = _get_kwargs(
        book=book,
        day=day,
        at=at,
        detail=detail,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    book: str | Unset = "points",
    day: datetime.date | None | Unset = UNSET,
    at: None | str | Unset = UNSET,
    detail: Detail | Unset = UNSET,
) -> Problem | TrialBalance | None:
    """What stands on every account of the double entry, for the general ledger.

    Args:
        book (str | Unset):  Default: 'points'.
        day (datetime.date | None | Unset):
        at (None | str | Unset):
        detail (Detail | Unset): How far a trial balance is broken down: a line for each counter-
            account, for each cause of it, or for each budget
                of that.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | TrialBalance
    """

    return sync_detailed(
        client=client,
        book=book,
        day=day,
        at=at,
        detail=detail,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    book: str | Unset = "points",
    day: datetime.date | None | Unset = UNSET,
    at: None | str | Unset = UNSET,
    detail: Detail | Unset = UNSET,
) -> Response[Problem | TrialBalance]:
    """What stands on every account of the double entry, for the general ledger.

    Args:
        book (str | Unset):  Default: 'points'.
        day (datetime.date | None | Unset):
        at (None | str | Unset):
        detail (Detail | Unset): How far a trial balance is broken down: a line for each counter-
            account, for each cause of it, or for each budget
                of that.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | TrialBalance]
    """

    kwargs = _get_kwargs(
        book=book,
        day=day,
        at=at,
        detail=detail,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    book: str | Unset = "points",
    day: datetime.date | None | Unset = UNSET,
    at: None | str | Unset = UNSET,
    detail: Detail | Unset = UNSET,
) -> Problem | TrialBalance | None:
    """What stands on every account of the double entry, for the general ledger.

    Args:
        book (str | Unset):  Default: 'points'.
        day (datetime.date | None | Unset):
        at (None | str | Unset):
        detail (Detail | Unset): How far a trial balance is broken down: a line for each counter-
            account, for each cause of it, or for each budget
                of that.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | TrialBalance
    """

    return (
        await asyncio_detailed(
            client=client,
            book=book,
            day=day,
            at=at,
            detail=detail,
        )
    ).parsed

import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.fetch_roll_forward_by import FetchRollForwardBy
from ...models.group import Group
from ...models.problem import Problem
from ...models.roll_forward import RollForward
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    from_: datetime.date,
    to: datetime.date,
    book: str | Unset = "points",
    by: FetchRollForwardBy | Unset = FetchRollForwardBy.MONTH,
    group: Group | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_from_ = from_.isoformat()
    params["from"] = json_from_

    json_to = to.isoformat()
    params["to"] = json_to

    params["book"] = book

    json_by: str | Unset = UNSET
    if not isinstance(by, Unset):
        json_by = by.value

    params["by"] = json_by

    json_group: str | Unset = UNSET
    if not isinstance(group, Unset):
        json_group = group.value

    params["group"] = json_group

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/finance/roll-forward",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | RollForward | None:
    if response.status_code == 200:
        response_200 = RollForward.from_dict(response.json())

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
) -> Response[Problem | RollForward]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    from_: datetime.date,
    to: datetime.date,
    book: str | Unset = "points",
    by: FetchRollForwardBy | Unset = FetchRollForwardBy.MONTH,
    group: Group | Unset = UNSET,
) -> Response[Problem | RollForward]:
    """How the book came from one balance to the next, for the general ledger.

    Args:
        from_ (datetime.date):
        to (datetime.date):
        book (str | Unset):  Default: 'points'.
        by (FetchRollForwardBy | Unset):  Default: FetchRollForwardBy.MONTH.
        group (Group | Unset): What a roll-forward is broken down by.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RollForward]
    """

    kwargs = _get_kwargs(
        from_=from_,
        to=to,
        book=book,
        by=by,
        group=group,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    from_: datetime.date,
    to: datetime.date,
    book: str | Unset = "points",
    by: FetchRollForwardBy | Unset = FetchRollForwardBy.MONTH,
    group: Group | Unset = UNSET,
) -> Problem | RollForward | None:
    """How the book came from one balance to the next, for the general ledger.

    Args:
        from_ (datetime.date):
        to (datetime.date):
        book (str | Unset):  Default: 'points'.
        by (FetchRollForwardBy | Unset):  Default: FetchRollForwardBy.MONTH.
        group (Group | Unset): What a roll-forward is broken down by.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RollForward
    """

    return sync_detailed(
        client=client,
        from_=from_,
        to=to,
        book=book,
        by=by,
        group=group,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    from_: datetime.date,
    to: datetime.date,
    book: str | Unset = "points",
    by: FetchRollForwardBy | Unset = FetchRollForwardBy.MONTH,
    group: Group | Unset = UNSET,
) -> Response[Problem | RollForward]:
    """How the book came from one balance to the next, for the general ledger.

    Args:
        from_ (datetime.date):
        to (datetime.date):
        book (str | Unset):  Default: 'points'.
        by (FetchRollForwardBy | Unset):  Default: FetchRollForwardBy.MONTH.
        group (Group | Unset): What a roll-forward is broken down by.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RollForward]
    """

    kwargs = _get_kwargs(
        from_=from_,
        to=to,
        book=book,
        by=by,
        group=group,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    from_: datetime.date,
    to: datetime.date,
    book: str | Unset = "points",
    by: FetchRollForwardBy | Unset = FetchRollForwardBy.MONTH,
    group: Group | Unset = UNSET,
) -> Problem | RollForward | None:
    """How the book came from one balance to the next, for the general ledger.

    Args:
        from_ (datetime.date):
        to (datetime.date):
        book (str | Unset):  Default: 'points'.
        by (FetchRollForwardBy | Unset):  Default: FetchRollForwardBy.MONTH.
        group (Group | Unset): What a roll-forward is broken down by.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RollForward
    """

    return (
        await asyncio_detailed(
            client=client,
            from_=from_,
            to=to,
            book=book,
            by=by,
            group=group,
        )
    ).parsed

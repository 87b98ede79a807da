import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.page_statement_line import PageStatementLine
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    member_id: UUID,
    *,
    book: str | Unset = "points",
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    kind: None | str | Unset = UNSET,
    cause: None | str | Unset = UNSET,
    from_: datetime.date | None | Unset = UNSET,
    to: datetime.date | None | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["book"] = book

    json_cursor: None | str | Unset
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    params["limit"] = limit

    json_kind: None | str | Unset
    if isinstance(kind, Unset):
        json_kind = UNSET
    else:
        json_kind = kind
    params["kind"] = json_kind

    json_cause: None | str | Unset
    if isinstance(cause, Unset):
        json_cause = UNSET
    else:
        json_cause = cause
    params["cause"] = json_cause

    json_from_: None | str | Unset
    if isinstance(from_, Unset):
        json_from_ = UNSET
    elif isinstance(from_, datetime.date):
        json_from_ = from_.isoformat()
    else:
        json_from_ = from_
    params["from"] = json_from_

    json_to: None | str | Unset
    if isinstance(to, Unset):
        json_to = UNSET
    elif isinstance(to, datetime.date):
        json_to = to.isoformat()
    else:
        json_to = to
    params["to"] = json_to

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/members/{member_id}/points/postings".format(
            member_id=quote(str(member_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PageStatementLine | Problem | None:
    if response.status_code == 200:
        response_200 = PageStatementLine.from_dict(response.json())

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
) -> Response[PageStatementLine | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    member_id: UUID,
    *,
    client: AuthenticatedClient,
    book: str | Unset = "points",
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    kind: None | str | Unset = UNSET,
    cause: None | str | Unset = UNSET,
    from_: datetime.date | None | Unset = UNSET,
    to: datetime.date | None | Unset = UNSET,
) -> Response[PageStatementLine | Problem]:
    """A member's statement, the latest posting first (PTS-18).

    Args:
        member_id (UUID):
        book (str | Unset):  Default: 'points'.
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.
        kind (None | str | Unset):
        cause (None | str | Unset):
        from_ (datetime.date | None | Unset):
        to (datetime.date | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageStatementLine | Problem]
    """

    kwargs = _get_kwargs(
        member_id=member_id,
        book=book,
        cursor=cursor,
        limit=limit,
        kind=kind,
        cause=cause,
        from_=from_,
        to=to,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    member_id: UUID,
    *,
    client: AuthenticatedClient,
    book: str | Unset = "points",
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    kind: None | str | Unset = UNSET,
    cause: None | str | Unset = UNSET,
    from_: datetime.date | None | Unset = UNSET,
    to: datetime.date | None | Unset = UNSET,
) -> PageStatementLine | Problem | None:
    """A member's statement, the latest posting first (PTS-18).

    Args:
        member_id (UUID):
        book (str | Unset):  Default: 'points'.
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.
        kind (None | str | Unset):
        cause (None | str | Unset):
        from_ (datetime.date | None | Unset):
        to (datetime.date | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageStatementLine | Problem
    """

    return sync_detailed(
        member_id=member_id,
        client=client,
        book=book,
        cursor=cursor,
        limit=limit,
        kind=kind,
        cause=cause,
        from_=from_,
        to=to,
    ).parsed


async def asyncio_detailed(
    member_id: UUID,
    *,
    client: AuthenticatedClient,
    book: str | Unset = "points",
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    kind: None | str | Unset = UNSET,
    cause: None | str | Unset = UNSET,
    from_: datetime.date | None | Unset = UNSET,
    to: datetime.date | None | Unset = UNSET,
) -> Response[PageStatementLine | Problem]:
    """A member's statement, the latest posting first (PTS-18).

    Args:
        member_id (UUID):
        book (str | Unset):  Default: 'points'.
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.
        kind (None | str | Unset):
        cause (None | str | Unset):
        from_ (datetime.date | None | Unset):
        to (datetime.date | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageStatementLine | Problem]
    """

    kwargs = _get_kwargs(
        member_id=member_id,
        book=book,
        cursor=cursor,
        limit=limit,
        kind=kind,
        cause=cause,
        from_=from_,
        to=to,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    member_id: UUID,
    *,
    client: AuthenticatedClient,
    book: str | Unset = "points",
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    kind: None | str | Unset = UNSET,
    cause: None | str | Unset = UNSET,
    from_: datetime.date | None | Unset = UNSET,
    to: datetime.date | None | Unset = UNSET,
) -> PageStatementLine | Problem | None:
    """A member's statement, the latest posting first (PTS-18).

    Args:
        member_id (UUID):
        book (str | Unset):  Default: 'points'.
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.
        kind (None | str | Unset):
        cause (None | str | Unset):
        from_ (datetime.date | None | Unset):
        to (datetime.date | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageStatementLine | Problem
    """

    return (
        await asyncio_detailed(
            member_id=member_id,
            client=client,
            book=book,
            cursor=cursor,
            limit=limit,
            kind=kind,
            cause=cause,
            from_=from_,
            to=to,
        )
    ).parsed

import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.bulk_outcome import BulkOutcome
from ...models.problem import Problem
from ...types import File, Response


def _get_kwargs(
    day: datetime.date,
    *,
    body: File,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/payments/statements/{day}".format(
            day=quote(str(day), safe=""),
        ),
    }

    _kwargs["content"] = body.payload
    headers["Content-Type"] = "application/x-ndjson"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> BulkOutcome | Problem | None:
    if response.status_code == 200:
        response_200 = BulkOutcome.from_dict(response.json())

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

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

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
) -> Response[BulkOutcome | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    day: datetime.date,
    *,
    client: AuthenticatedClient,
    body: File,
) -> Response[BulkOutcome | Problem]:
    """The payments of a business day as the shop's books have them, one JSON object a line. A bad row is
    reported, the good rows are kept.

     A payment is known by its reference and kind, so a repeated body changes nothing and needs no key.
    Told again with other figures it is corrected, which is kept as a version; over 0 fen it was none
    after all. A body without lines says that the day had no payments.

    Args:
        day (datetime.date):
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BulkOutcome | Problem]
    """

    kwargs = _get_kwargs(
        day=day,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    day: datetime.date,
    *,
    client: AuthenticatedClient,
    body: File,
) -> BulkOutcome | Problem | None:
    """The payments of a business day as the shop's books have them, one JSON object a line. A bad row is
    reported, the good rows are kept.

     A payment is known by its reference and kind, so a repeated body changes nothing and needs no key.
    Told again with other figures it is corrected, which is kept as a version; over 0 fen it was none
    after all. A body without lines says that the day had no payments.

    Args:
        day (datetime.date):
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BulkOutcome | Problem
    """

    return sync_detailed(
        day=day,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    day: datetime.date,
    *,
    client: AuthenticatedClient,
    body: File,
) -> Response[BulkOutcome | Problem]:
    """The payments of a business day as the shop's books have them, one JSON object a line. A bad row is
    reported, the good rows are kept.

     A payment is known by its reference and kind, so a repeated body changes nothing and needs no key.
    Told again with other figures it is corrected, which is kept as a version; over 0 fen it was none
    after all. A body without lines says that the day had no payments.

    Args:
        day (datetime.date):
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BulkOutcome | Problem]
    """

    kwargs = _get_kwargs(
        day=day,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    day: datetime.date,
    *,
    client: AuthenticatedClient,
    body: File,
) -> BulkOutcome | Problem | None:
    """The payments of a business day as the shop's books have them, one JSON object a line. A bad row is
    reported, the good rows are kept.

     A payment is known by its reference and kind, so a repeated body changes nothing and needs no key.
    Told again with other figures it is corrected, which is kept as a version; over 0 fen it was none
    after all. A body without lines says that the day had no payments.

    Args:
        day (datetime.date):
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BulkOutcome | Problem
    """

    return (
        await asyncio_detailed(
            day=day,
            client=client,
            body=body,
        )
    ).parsed

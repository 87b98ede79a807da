from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.kind import Kind
from ...models.page_resource_line import PageResourceLine
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    kind: Kind,
    prefix: str | Unset = "",
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_kind = kind.value
    params["kind"] = json_kind

    params["prefix"] = prefix

    json_cursor: None | str | Unset
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/stock/resources",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PageResourceLine | Problem | None:
    if response.status_code == 200:
        response_200 = PageResourceLine.from_dict(response.json())

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
) -> Response[PageResourceLine | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    kind: Kind,
    prefix: str | Unset = "",
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
) -> Response[PageResourceLine | Problem]:
    """Resources of a kind by key, with what is left of each.

    Args:
        kind (Kind): What a resource is: of each kind something takes parts. Who adds one defines
            its keys, too.
        prefix (str | Unset):  Default: ''.
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageResourceLine | Problem]
    """

    kwargs = _get_kwargs(
        kind=kind,
        prefix=prefix,
        cursor=cursor,
        limit=limit,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    kind: Kind,
    prefix: str | Unset = "",
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
) -> PageResourceLine | Problem | None:
    """Resources of a kind by key, with what is left of each.

    Args:
        kind (Kind): What a resource is: of each kind something takes parts. Who adds one defines
            its keys, too.
        prefix (str | Unset):  Default: ''.
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageResourceLine | Problem
    """

    return sync_detailed(
        client=client,
        kind=kind,
        prefix=prefix,
        cursor=cursor,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    kind: Kind,
    prefix: str | Unset = "",
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
) -> Response[PageResourceLine | Problem]:
    """Resources of a kind by key, with what is left of each.

    Args:
        kind (Kind): What a resource is: of each kind something takes parts. Who adds one defines
            its keys, too.
        prefix (str | Unset):  Default: ''.
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageResourceLine | Problem]
    """

    kwargs = _get_kwargs(
        kind=kind,
        prefix=prefix,
        cursor=cursor,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    kind: Kind,
    prefix: str | Unset = "",
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
) -> PageResourceLine | Problem | None:
    """Resources of a kind by key, with what is left of each.

    Args:
        kind (Kind): What a resource is: of each kind something takes parts. Who adds one defines
            its keys, too.
        prefix (str | Unset):  Default: ''.
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageResourceLine | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            kind=kind,
            prefix=prefix,
            cursor=cursor,
            limit=limit,
        )
    ).parsed

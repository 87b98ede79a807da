from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.list_coupons_state import ListCouponsState
from ...models.page_coupon import PageCoupon
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    member_id: UUID,
    *,
    state: ListCouponsState | Unset = ListCouponsState.ISSUED,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_state: str | Unset = UNSET
    if not isinstance(state, Unset):
        json_state = state.value

    params["state"] = json_state

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
        "url": "/api/v1/members/{member_id}/coupons".format(
            member_id=quote(str(member_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PageCoupon | Problem | None:
    if response.status_code == 200:
        response_200 = PageCoupon.from_dict(response.json())

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
) -> Response[PageCoupon | Problem]:
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
    state: ListCouponsState | Unset = ListCouponsState.ISSUED,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
) -> Response[PageCoupon | Problem]:
    """The coupons of a member in a state: those that can be used now in the order of their ends, others
    with the latest issued first.

    Args:
        member_id (UUID):
        state (ListCouponsState | Unset):  Default: ListCouponsState.ISSUED.
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageCoupon | Problem]
    """

    kwargs = _get_kwargs(
        member_id=member_id,
        state=state,
        cursor=cursor,
        limit=limit,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    member_id: UUID,
    *,
    client: AuthenticatedClient,
    state: ListCouponsState | Unset = ListCouponsState.ISSUED,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
) -> PageCoupon | Problem | None:
    """The coupons of a member in a state: those that can be used now in the order of their ends, others
    with the latest issued first.

    Args:
        member_id (UUID):
        state (ListCouponsState | Unset):  Default: ListCouponsState.ISSUED.
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageCoupon | Problem
    """

    return sync_detailed(
        member_id=member_id,
        client=client,
        state=state,
        cursor=cursor,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    member_id: UUID,
    *,
    client: AuthenticatedClient,
    state: ListCouponsState | Unset = ListCouponsState.ISSUED,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
) -> Response[PageCoupon | Problem]:
    """The coupons of a member in a state: those that can be used now in the order of their ends, others
    with the latest issued first.

    Args:
        member_id (UUID):
        state (ListCouponsState | Unset):  Default: ListCouponsState.ISSUED.
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageCoupon | Problem]
    """

    kwargs = _get_kwargs(
        member_id=member_id,
        state=state,
        cursor=cursor,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    member_id: UUID,
    *,
    client: AuthenticatedClient,
    state: ListCouponsState | Unset = ListCouponsState.ISSUED,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
) -> PageCoupon | Problem | None:
    """The coupons of a member in a state: those that can be used now in the order of their ends, others
    with the latest issued first.

    Args:
        member_id (UUID):
        state (ListCouponsState | Unset):  Default: ListCouponsState.ISSUED.
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageCoupon | Problem
    """

    return (
        await asyncio_detailed(
            member_id=member_id,
            client=client,
            state=state,
            cursor=cursor,
            limit=limit,
        )
    ).parsed

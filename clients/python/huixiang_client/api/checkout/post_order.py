from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.new_order import NewOrder
from ...models.order_result import OrderResult
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: NewOrder,
    idempotency_key: str,
    member_presence: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    headers["Idempotency-Key"] = idempotency_key

    if not isinstance(member_presence, Unset):
        headers["Member-Presence"] = member_presence

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/orders",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> OrderResult | Problem | None:
    if response.status_code == 201:
        response_201 = OrderResult.from_dict(response.json())

        return response_201

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
) -> Response[OrderResult | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: NewOrder,
    idempotency_key: str,
    member_presence: str | Unset = UNSET,
) -> Response[OrderResult | Problem]:
    """Post a completed order that was priced elsewhere: identify the member, earn, count growth, and
    redeem points, for which the member has to be there (CHK-07).

    Args:
        idempotency_key (str):
        member_presence (str | Unset):
        body (NewOrder): A completed order that was priced elsewhere. (source, external_id) is the
            caller's own number for it, unique.
                redeem: points that pay a part of it, taken by this command; those that were taken
            before it are a tender.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OrderResult | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
        member_presence=member_presence,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: NewOrder,
    idempotency_key: str,
    member_presence: str | Unset = UNSET,
) -> OrderResult | Problem | None:
    """Post a completed order that was priced elsewhere: identify the member, earn, count growth, and
    redeem points, for which the member has to be there (CHK-07).

    Args:
        idempotency_key (str):
        member_presence (str | Unset):
        body (NewOrder): A completed order that was priced elsewhere. (source, external_id) is the
            caller's own number for it, unique.
                redeem: points that pay a part of it, taken by this command; those that were taken
            before it are a tender.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OrderResult | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
        member_presence=member_presence,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: NewOrder,
    idempotency_key: str,
    member_presence: str | Unset = UNSET,
) -> Response[OrderResult | Problem]:
    """Post a completed order that was priced elsewhere: identify the member, earn, count growth, and
    redeem points, for which the member has to be there (CHK-07).

    Args:
        idempotency_key (str):
        member_presence (str | Unset):
        body (NewOrder): A completed order that was priced elsewhere. (source, external_id) is the
            caller's own number for it, unique.
                redeem: points that pay a part of it, taken by this command; those that were taken
            before it are a tender.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OrderResult | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
        member_presence=member_presence,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: NewOrder,
    idempotency_key: str,
    member_presence: str | Unset = UNSET,
) -> OrderResult | Problem | None:
    """Post a completed order that was priced elsewhere: identify the member, earn, count growth, and
    redeem points, for which the member has to be there (CHK-07).

    Args:
        idempotency_key (str):
        member_presence (str | Unset):
        body (NewOrder): A completed order that was priced elsewhere. (source, external_id) is the
            caller's own number for it, unique.
                redeem: points that pay a part of it, taken by this command; those that were taken
            before it are a tender.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OrderResult | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
            member_presence=member_presence,
        )
    ).parsed

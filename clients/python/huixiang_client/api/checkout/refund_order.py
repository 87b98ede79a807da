from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.refund import Refund
from ...models.refund_request import RefundRequest
from ...types import Response


def _get_kwargs(
    order_id: UUID,
    *,
    body: RefundRequest,
    idempotency_key: str,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/orders/{order_id}/refunds".format(
            order_id=quote(str(order_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | Refund | None:
    if response.status_code == 201:
        response_201 = Refund.from_dict(response.json())

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
) -> Response[Problem | Refund]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    order_id: UUID,
    *,
    client: AuthenticatedClient,
    body: RefundRequest,
    idempotency_key: str,
) -> Response[Problem | Refund]:
    """Refund lines of an order, wholly or in part: says what to pay back and takes back points and growth.

    Args:
        order_id (UUID):
        idempotency_key (str):
        body (RefundRequest): A refund by line, of fees, or both. `external_id` is the caller's
            own number for it, unique within the order.
                fees_fen: of what delivery and packaging of a placed order cost. instruct: of a till's
            order, which pays out itself:
                ask the shop to give the cash back, as of a placed order is always done.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Refund]
    """

    kwargs = _get_kwargs(
        order_id=order_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    order_id: UUID,
    *,
    client: AuthenticatedClient,
    body: RefundRequest,
    idempotency_key: str,
) -> Problem | Refund | None:
    """Refund lines of an order, wholly or in part: says what to pay back and takes back points and growth.

    Args:
        order_id (UUID):
        idempotency_key (str):
        body (RefundRequest): A refund by line, of fees, or both. `external_id` is the caller's
            own number for it, unique within the order.
                fees_fen: of what delivery and packaging of a placed order cost. instruct: of a till's
            order, which pays out itself:
                ask the shop to give the cash back, as of a placed order is always done.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Refund
    """

    return sync_detailed(
        order_id=order_id,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    order_id: UUID,
    *,
    client: AuthenticatedClient,
    body: RefundRequest,
    idempotency_key: str,
) -> Response[Problem | Refund]:
    """Refund lines of an order, wholly or in part: says what to pay back and takes back points and growth.

    Args:
        order_id (UUID):
        idempotency_key (str):
        body (RefundRequest): A refund by line, of fees, or both. `external_id` is the caller's
            own number for it, unique within the order.
                fees_fen: of what delivery and packaging of a placed order cost. instruct: of a till's
            order, which pays out itself:
                ask the shop to give the cash back, as of a placed order is always done.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Refund]
    """

    kwargs = _get_kwargs(
        order_id=order_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    order_id: UUID,
    *,
    client: AuthenticatedClient,
    body: RefundRequest,
    idempotency_key: str,
) -> Problem | Refund | None:
    """Refund lines of an order, wholly or in part: says what to pay back and takes back points and growth.

    Args:
        order_id (UUID):
        idempotency_key (str):
        body (RefundRequest): A refund by line, of fees, or both. `external_id` is the caller's
            own number for it, unique within the order.
                fees_fen: of what delivery and packaging of a placed order cost. instruct: of a till's
            order, which pays out itself:
                ask the shop to give the cash back, as of a placed order is always done.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Refund
    """

    return (
        await asyncio_detailed(
            order_id=order_id,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed

from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.points_proof import PointsProof
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    member_id: UUID,
    seq: int,
    *,
    book: str | Unset = "points",
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["book"] = book

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/members/{member_id}/points/postings/{seq}/proof".format(
            member_id=quote(str(member_id), safe=""),
            seq=quote(str(seq), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PointsProof | Problem | None:
    if response.status_code == 200:
        response_200 = PointsProof.from_dict(response.json())

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
) -> Response[PointsProof | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    member_id: UUID,
    seq: int,
    *,
    client: AuthenticatedClient,
    book: str | Unset = "points",
) -> Response[PointsProof | Problem]:
    """That a posting stood in the journal when its day was signed; whoever has it can check it alone.

    Args:
        member_id (UUID):
        seq (int):
        book (str | Unset):  Default: 'points'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PointsProof | Problem]
    """

    kwargs = _get_kwargs(
        member_id=member_id,
        seq=seq,
        book=book,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    member_id: UUID,
    seq: int,
    *,
    client: AuthenticatedClient,
    book: str | Unset = "points",
) -> PointsProof | Problem | None:
    """That a posting stood in the journal when its day was signed; whoever has it can check it alone.

    Args:
        member_id (UUID):
        seq (int):
        book (str | Unset):  Default: 'points'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PointsProof | Problem
    """

    return sync_detailed(
        member_id=member_id,
        seq=seq,
        client=client,
        book=book,
    ).parsed


async def asyncio_detailed(
    member_id: UUID,
    seq: int,
    *,
    client: AuthenticatedClient,
    book: str | Unset = "points",
) -> Response[PointsProof | Problem]:
    """That a posting stood in the journal when its day was signed; whoever has it can check it alone.

    Args:
        member_id (UUID):
        seq (int):
        book (str | Unset):  Default: 'points'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PointsProof | Problem]
    """

    kwargs = _get_kwargs(
        member_id=member_id,
        seq=seq,
        book=book,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    member_id: UUID,
    seq: int,
    *,
    client: AuthenticatedClient,
    book: str | Unset = "points",
) -> PointsProof | Problem | None:
    """That a posting stood in the journal when its day was signed; whoever has it can check it alone.

    Args:
        member_id (UUID):
        seq (int):
        book (str | Unset):  Default: 'points'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PointsProof | Problem
    """

    return (
        await asyncio_detailed(
            member_id=member_id,
            seq=seq,
            client=client,
            book=book,
        )
    ).parsed

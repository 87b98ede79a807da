from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.checked_body import CheckedBody
from ...models.problem import Problem
from ...models.rulebook_difference import RulebookDifference
from ...types import UNSET, Response, Unset


def _get_kwargs(
    kind: str,
    code: str,
    *,
    body: CheckedBody,
    against: int | None | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    params: dict[str, Any] = {}

    json_against: int | None | Unset
    if isinstance(against, Unset):
        json_against = UNSET
    else:
        json_against = against
    params["against"] = json_against

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/rulebook/{kind}/{code}/difference".format(
            kind=quote(str(kind), safe=""),
            code=quote(str(code), safe=""),
        ),
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | RulebookDifference | None:
    if response.status_code == 200:
        response_200 = RulebookDifference.from_dict(response.json())

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
) -> Response[Problem | RulebookDifference]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    kind: str,
    code: str,
    *,
    client: AuthenticatedClient,
    body: CheckedBody,
    against: int | None | Unset = UNSET,
) -> Response[Problem | RulebookDifference]:
    """Say what a body would change, field by field, of what is in force or of a version. Changes nothing.

    Args:
        kind (str):
        code (str):
        against (int | None | Unset):
        body (CheckedBody): A body that is not published, only looked at.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RulebookDifference]
    """

    kwargs = _get_kwargs(
        kind=kind,
        code=code,
        body=body,
        against=against,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    kind: str,
    code: str,
    *,
    client: AuthenticatedClient,
    body: CheckedBody,
    against: int | None | Unset = UNSET,
) -> Problem | RulebookDifference | None:
    """Say what a body would change, field by field, of what is in force or of a version. Changes nothing.

    Args:
        kind (str):
        code (str):
        against (int | None | Unset):
        body (CheckedBody): A body that is not published, only looked at.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RulebookDifference
    """

    return sync_detailed(
        kind=kind,
        code=code,
        client=client,
        body=body,
        against=against,
    ).parsed


async def asyncio_detailed(
    kind: str,
    code: str,
    *,
    client: AuthenticatedClient,
    body: CheckedBody,
    against: int | None | Unset = UNSET,
) -> Response[Problem | RulebookDifference]:
    """Say what a body would change, field by field, of what is in force or of a version. Changes nothing.

    Args:
        kind (str):
        code (str):
        against (int | None | Unset):
        body (CheckedBody): A body that is not published, only looked at.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RulebookDifference]
    """

    kwargs = _get_kwargs(
        kind=kind,
        code=code,
        body=body,
        against=against,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    kind: str,
    code: str,
    *,
    client: AuthenticatedClient,
    body: CheckedBody,
    against: int | None | Unset = UNSET,
) -> Problem | RulebookDifference | None:
    """Say what a body would change, field by field, of what is in force or of a version. Changes nothing.

    Args:
        kind (str):
        code (str):
        against (int | None | Unset):
        body (CheckedBody): A body that is not published, only looked at.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RulebookDifference
    """

    return (
        await asyncio_detailed(
            kind=kind,
            code=code,
            client=client,
            body=body,
            against=against,
        )
    ).parsed

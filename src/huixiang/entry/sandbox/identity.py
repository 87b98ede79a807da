"""A sandbox identity provider: speaks WeChat's and Alipay's protocols, as their documentation has them.

`python -m huixiang.entry.sandbox.identity --home DIRECTORY` makes keys and a sign-in file in the directory, which
`HUIXIANG_SIGN_IN_FILE` leads the program to, and serves until it is told to stop. Its first line of output says where.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import html
import json
import socket
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

import msgspec
import uvicorn
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State
from litestar.response import Redirect

from huixiang.entry.sandbox.books import TOKEN_LIFE_S, Books, Person, Planned
from huixiang.entry.sandbox.installation import ALIPAY_APP, WECHAT_APPS, Installation, install
from huixiang.members.adapters.alipay import METHOD, NODE, to_sign

AnyRequest = Request[Any, Any, Any]
Answering = Callable[[], Awaitable[dict[str, Any]]]

PEOPLE = [
    Person("王小明", "o6_bmasdasdsad6_2sgVt7hMZOPfL", "oLVPpjqs9BhvzwPj5A-vTYAX3GLc"),
    Person("李小红", "o6_bmjrPTlm6_2sgVt7hMZOPfL2M", "oLVPpjkttuZTbwDwN7vjHNlqsmPs"),
    Person("张大山", None, "ocYxcuBt0mRugKZ7tGAHPnUaOW7Y"),
]
# Alipay names people by number.
USER_IDS = {person.open: f"208810215047765{place}" for place, person in enumerate(PEOPLE)}


def application(installation: Installation) -> Litestar:
    """The provider, with empty books."""
    return Litestar(
        route_handlers=[
            wechat_page,
            alipay_page,
            agree,
            wechat_token,
            wechat_session,
            wechat_person,
            alipay_gateway,
            plan_faults,
            use_kit,
        ],
        state=State({"books": Books(list(PEOPLE)), "installation": installation}),
        openapi_config=None,
        logging_config=None,
    )


@get("/connect/oauth2/authorize", media_type="text/html")
async def wechat_page(request: AnyRequest) -> str:
    asked = request.query_params
    if asked.get("appid") not in WECHAT_APPS or asked.get("response_type") != "code":
        return "<p>参数错误</p>"
    to = asked.get("redirect_uri", "")
    return _page(_books(request), "微信登录", asked["appid"], to, asked.get("state", ""), "code")


@get("/oauth2/publicAppAuthorize.htm", media_type="text/html")
async def alipay_page(request: AnyRequest) -> str:
    asked = request.query_params
    if asked.get("app_id") != ALIPAY_APP:
        return "<p>参数错误</p>"
    to = asked.get("redirect_uri", "")
    return _page(_books(request), "支付宝授权", ALIPAY_APP, to, asked.get("state", ""), "auth_code")


@get("/sandbox/agree")
async def agree(request: AnyRequest) -> Response[Any]:
    """Whom the page was told that one is: back to where the application is registered, and nowhere else."""
    asked, books, callback = request.query_params, _books(request), request.app.state.installation.callback
    if asked["redirect_uri"] != callback:
        return Response("<p>redirect_uri 参数错误</p>", media_type="text/html", status_code=400)
    given = {"state": asked["state"]}
    if asked["person"] != "none":
        given = {asked["named"]: books.give_code(asked["app_id"], books.people[int(asked["person"])])} | given
    if asked["named"] == "auth_code":
        given = {"app_id": asked["app_id"], "source": "alipay_wallet", "scope": "auth_base"} | given
    return Redirect(f"{callback}?{urlencode(given)}")


@get("/sns/oauth2/access_token")
async def wechat_token(request: AnyRequest) -> Response[Any]:
    return await _faulty(request, "token", lambda: _wechat_token(_books(request), request.query_params))


@get("/sns/jscode2session")
async def wechat_session(request: AnyRequest) -> Response[Any]:
    return await _faulty(request, "token", lambda: _wechat_session(_books(request), request.query_params))


@get("/sns/userinfo")
async def wechat_person(request: AnyRequest) -> Response[Any]:
    return await _faulty(request, "userinfo", lambda: _wechat_person(_books(request), request.query_params))


@post("/gateway.do", status_code=200)
async def alipay_gateway(request: AnyRequest) -> Response[Any]:
    asked = {name: str(value) for name, value in (await request.form()).items()}
    installation = request.app.state.installation
    return await _faulty(request, "token", lambda: _alipay_token(_books(request), asked, installation))


@post("/sandbox/faults", status_code=200)
async def plan_faults(request: AnyRequest) -> None:
    """A list of `Planned`."""
    _books(request).planned += msgspec.json.decode(await request.body(), type=list[Planned])


@post("/sandbox/codes", status_code=200)
async def use_kit(request: AnyRequest) -> dict[str, str]:
    """What the provider's kit in an app or a mini-program gives: {app_id, person}."""
    asked, books = json.loads(await request.body()), _books(request)
    return {"code": books.give_code(asked["app_id"], books.people[asked["person"]])}


def _books(request: AnyRequest) -> Books:
    books: Books = request.app.state.books
    return books


def _page(books: Books, title: str, app_id: str, redirect_uri: str, state: str, named: str) -> str:
    """The page that asks who one is. A real provider knows."""
    asked = {"app_id": app_id, "redirect_uri": redirect_uri, "state": state, "named": named}
    people = [(str(place), person.name) for place, person in enumerate(books.people)] + [("none", "取消")]
    links = "".join(
        f'<p><a href="/sandbox/agree?{html.escape(urlencode(asked | {"person": place}))}">{html.escape(name)}</a></p>'
        for place, name in people
    )
    head = f"<meta charset=utf-8><link rel=icon href=data:,><title>{title}</title>"
    return f"<!doctype html><html lang=zh>{head}<h1>{title}（沙箱）</h1>{links}</html>"


async def _faulty(request: AnyRequest, at: Literal["token", "userinfo"], answer: Answering) -> Response[Any]:
    """An answer, or what befalls it: `double` as where a gateway asks again because the first answer was lost."""
    planned = _books(request).next_fault(at)
    if planned is None:
        return _json(await answer())
    match planned.fault:
        case "delay":
            await asyncio.sleep(planned.seconds)
            return _json(await answer())
        case "double":
            await answer()
            return _json(await answer())
        case "fail":
            return Response("", media_type="text/html", status_code=502)
        case "garbage":
            return Response("<html>busy</html>", media_type="text/html")
        case "snapshot":
            return _json(await answer() | {"is_snapshotuser": 1})
        case "expire":
            return _json({"errcode": 42001, "errmsg": "access_token expired"})


def _json(content: dict[str, Any]) -> Response[Any]:
    # WeChat says that its JSON is plain text.
    return Response(json.dumps(content, ensure_ascii=False, separators=(",", ":")), media_type="text/plain")


async def _wechat_token(books: Books, asked: Mapping[str, str]) -> dict[str, Any]:
    person = _redeemed(books, asked, asked.get("code", ""))
    if not isinstance(person, Person):
        return person
    return {
        "access_token": books.give_token(person),
        "expires_in": TOKEN_LIFE_S,
        "refresh_token": books.give_token(person),
        "openid": person.open,
        "scope": "snsapi_userinfo",
    }


async def _wechat_session(books: Books, asked: Mapping[str, str]) -> dict[str, Any]:
    person = _redeemed(books, asked, asked.get("js_code", ""))
    if not isinstance(person, Person):
        return person
    shared = {} if person.union is None else {"unionid": person.union}
    return {"session_key": base64.b64encode(person.open[:16].encode()).decode(), "openid": f"m{person.open}"} | shared


async def _wechat_person(books: Books, asked: Mapping[str, str]) -> dict[str, Any]:
    person = books.whose(asked.get("access_token", ""))
    if person is None:
        return {"errcode": 40001, "errmsg": "invalid credential, access_token is invalid or not latest"}
    if asked.get("openid") != person.open:
        return {"errcode": 40003, "errmsg": "invalid openid"}
    told: dict[str, Any] = {
        "openid": person.open,
        "nickname": person.name,
        "sex": 0,
        "province": "",
        "city": "",
        "country": "",
        "headimgurl": "https://thirdwx.qlogo.cn/mmopen/0",
        "privilege": [],
    }
    return told if person.union is None else told | {"unionid": person.union}


def _redeemed(books: Books, asked: Mapping[str, str], code: str) -> Person | dict[str, Any]:
    app_id = asked.get("appid", "")
    if WECHAT_APPS.get(app_id) is None:
        return {"errcode": 40013, "errmsg": "invalid appid"}
    if asked.get("secret") != WECHAT_APPS[app_id]:
        return {"errcode": 40125, "errmsg": "invalid appsecret"}
    if asked.get("grant_type") != "authorization_code":
        return {"errcode": 40002, "errmsg": "invalid grant_type"}
    person = books.redeem(app_id, code)
    if person == "used":
        return {"errcode": 40163, "errmsg": "code been used"}
    return {"errcode": 40029, "errmsg": "invalid code"} if person == "unknown" else person


async def _alipay_token(books: Books, asked: Mapping[str, str], installation: Installation) -> dict[str, Any]:
    key = installation.alipay_key
    try:
        sign = base64.b64decode(asked.get("sign", ""), validate=True)
        installation.app_public_key.verify(sign, to_sign(asked), PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return _alipay_error(key, "40002", "Invalid Arguments", "isv.invalid-signature", "验签出错")
    if asked.get("method") != METHOD or asked.get("app_id") != ALIPAY_APP:
        return _alipay_error(key, "40002", "Invalid Arguments", "isv.invalid-app-id", "无效的AppID参数")
    person = books.redeem(ALIPAY_APP, asked.get("code", ""))
    if not isinstance(person, Person):
        return _alipay_error(key, "40002", "Invalid Arguments", "isv.code-invalid", "授权码code无效")
    return _signed(
        key,
        NODE,
        {
            "access_token": f"authusrB{books.give_token(person)[:24]}",
            "auth_start": "2026-03-18 10:30:00",
            "expires_in": 1296000,
            "re_expires_in": 2592000,
            "refresh_token": f"authusrB{books.give_token(person)[:24]}",
            "user_id": USER_IDS[person.open],
        },
    )


def _alipay_error(key: RSAPrivateKey, code: str, msg: str, sub_code: str, sub_msg: str) -> dict[str, Any]:
    return _signed(key, "error_response", {"code": code, "msg": msg, "sub_code": sub_code, "sub_msg": sub_msg})


def _signed(key: RSAPrivateKey, node: str, content: dict[str, Any]) -> dict[str, Any]:
    """Over the node's bytes exactly as `_json` writes them."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return {node: content, "sign": base64.b64encode(key.sign(text, PKCS1v15(), SHA256())).decode()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--home", type=Path, required=True, help="a directory for keys and the sign-in file")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--callback", default="http://127.0.0.1:8000/m/sign-in")
    given = parser.parse_args()
    with socket.create_server(("127.0.0.1", given.port)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        installation = install(given.home, url, given.callback)
        print(json.dumps({"url": url, "sign_in_file": str(installation.file)}), flush=True)  # noqa: T201 - who started it reads it
        config = uvicorn.Config(application(installation), log_level="warning", access_log=False)
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()

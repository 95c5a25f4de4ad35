"""Who is let in: this machine's own browser with the token of this start, and nobody else.

A page of another site can make a browser send requests here, and a name of another site can be made to lead here. So `Host`
must be this address, `Origin` (if told) and `Sec-Fetch-Site` this page, and every request carries the token, which no cookie
holds: cookies are shared by all ports of a machine.
"""

import secrets
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = b"x-planner-token"
MOST_BYTES = 64 * 1024
"""Of a request's body."""
KEPT = (
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class Guard:
    """ASGI middleware around the whole application.

    Args:
        hosts: values of `Host` that are this address.
        token: of this start.
    """

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...], token: str) -> None:
        self.app, self.hosts, self.token = app, hosts, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        refused = self._refused(scope)
        if refused is not None:
            await _say(send, *refused)
            return
        body = await _body(receive)
        if body is None:
            await _say(send, 413, "the request is too large")
            return
        sent = False

        async def again() -> Message:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *KEPT]}
            await send(message)

        await self.app(scope, again, answer)

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        """Status and reason, or None for who may come in."""
        headers: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.lower(), []).append(value)
        host = [value.decode("latin-1").lower() for value in headers.get(b"host", ())]
        if len(host) != 1 or host[0] not in self.hosts:
            return 403, "this page is for this machine only"
        for origin in headers.get(b"origin", ()):
            if origin.decode("latin-1").lower() != f"http://{host[0]}":
                return 403, "another page may not ask here"
        for site in headers.get(b"sec-fetch-site", ()):
            if site not in (b"same-origin", b"none"):
                return 403, "another page may not ask here"
        given = [value.decode("latin-1") for value in headers.get(HEADER, ())]
        given = given or parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=20).get("token", [])
        if len(given) != 1 or not secrets.compare_digest(given[0].encode(), self.token.encode()):
            return 403, "the address lacks the token of this start"
        length = headers.get(b"content-length", [b"0"])[0]
        if not length.isdigit() or int(length) > MOST_BYTES:
            return 413, "the request is too large"
        return None


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None if it is too large, whatever its length was said to be."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BYTES:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)


async def _say(send: Send, status: int, text: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close"), *KEPT]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{text}\n".encode()})

"""`watched_refresh.py BASE FAULT…`: a process of its own that refreshes through faults and says where its sockets arrived.

An audit hook of the interpreter sees every connection and every question for an address, by whatever library, and cannot be taken
off again: hence a process. Every name has an address of its own that leads nowhere (RFC 5737); a socket that sets out for it is
led to a server on this machine, one for each name and port, so that what the hook sees says whom it was meant for. Only TLS is
left out. With `--unguarded` no address is refused: what following a redirect to a host that is not listed would look like.
"""

import json
import socket
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from price_faults import PATIENT, limits_of, source_of, with_fault
from price_sources import TODAY, Answer, Lists, documents, price_lists

from planner.inputs.refresh import SOURCES, refresh_catalog
from planner.inputs.refresh.fetch import FetchLimits, Reader
from planner.inputs.refresh.sources import Source

LOOKED_UP = {"socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg"}
HTTPS = 443


class _WithoutTls(httpx.AsyncHTTPTransport):
    """Requests as they are, to the host and port they name, but in the open."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        port = request.url.port or {"https": HTTPS, "http": 80}[request.url.scheme]
        request.url = request.url.copy_with(scheme="http", port=port)
        return await super().handle_async_request(request)


class Watched:
    """Names on this machine, and what the audit hook saw of them."""

    def __init__(self, stack: ExitStack) -> None:
        self.reached: list[str] = []
        self.answers: dict[str, list[Answer]] = {}
        self._stack, self._lock = stack, threading.Lock()
        self._addresses: dict[str, str] = {}
        self._servers: dict[str, Lists] = {}
        self._names: dict[int, str] = {}
        self._connect = socket.socket.connect
        socket.getaddrinfo = self._resolve  # type: ignore[assignment]
        socket.socket.connect = lambda out, address: self._led(out, address)  # type: ignore[method-assign, assignment]
        sys.addaudithook(self._audit)

    def _resolve(self, host: str | bytes, port: int, *_: object, **__: object) -> list[tuple[Any, ...]]:
        name = host.decode() if isinstance(host, bytes) else host
        with self._lock:
            address = self._addresses.setdefault(name, f"192.0.2.{len(self._addresses) + 1}")
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port))]

    def _led(self, out: socket.socket, address: tuple[Any, ...]) -> None:
        """Connect to the server that stands for an address."""
        host = next((name for name, known in self._addresses.items() if known == address[0]), None)
        if host is None:
            return self._connect(out, address)
        name = host if address[1] == HTTPS else f"{host}:{address[1]}"
        if name not in self._servers:
            self._servers[name] = server = self._stack.enter_context(price_lists())
            self._names[server.port] = name
        self._servers[name].answers = self.answers
        return self._connect(out, ("127.0.0.1", self._servers[name].port))

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "socket.connect":
            host, port = args[1][:2]
            self.reached.append(self._names.get(port, f"{host}:{port}") if host == "127.0.0.1" else f"{host}:{port}")
        elif event in LOOKED_UP:
            self.reached.append(f"{event} {args[:2]}")

    def during(
        self, base: Path, sources: list[Source], limits: FetchLimits, answers: dict[str, list[Answer]]
    ) -> list[str]:
        """Hosts at which a refresh arrives."""
        self.reached, self.answers = [], answers
        with TemporaryDirectory() as folder:
            refresh_catalog(
                Path(folder) / "mine", sources, today=TODAY, base=base, limits=limits, transport=_WithoutTls
            )
        return sorted(set(self.reached))


def main(base: Path, faults: list[str], *, guarded: bool) -> None:
    with ExitStack() as stack:
        watched = Watched(stack)
        if not guarded:
            Reader._allow = lambda *_: None  # type: ignore[method-assign]
        seen = {"": watched.during(base, list(SOURCES.values()), PATIENT, documents())}
        for fault in faults:
            answers = with_fault(fault, documents())
            seen[fault] = watched.during(base, [source_of(fault)], limits_of(fault), answers)
        print(json.dumps(seen))


if __name__ == "__main__":
    asked = [word for word in sys.argv[1:] if word != "--unguarded"]
    main(Path(asked[0]), asked[1:], guarded="--unguarded" not in sys.argv)

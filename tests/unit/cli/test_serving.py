"""The socket of `planner serve`: on this machine alone, and its answers go out at once."""

import asyncio
import socket

import pytest

from planner.cli.commands.serving import _listening
from planner.cli.output import UsageError


def test_a_connection_sends_at_once() -> None:
    async def delayed() -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def connected(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted = writer.get_extra_info("socket")
            found.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        server = await asyncio.start_server(connected, sock=_listening(0))
        host, port = server.sockets[0].getsockname()
        assert host == "127.0.0.1"
        _, writer = await asyncio.open_connection(host, port)
        at_once = await found
        writer.close()
        server.close()
        return at_once

    assert asyncio.run(delayed())


def test_a_port_that_is_taken_is_a_mistake_of_the_call() -> None:
    taken = _listening(0)
    with pytest.raises(UsageError, match="cannot be had"):
        _listening(taken.getsockname()[1])
    taken.close()

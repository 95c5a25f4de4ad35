"""The only file that opens a connection: documents over HTTPS from listed hosts, within limits of size and time.

httpx has no limit on the whole of a request (its timeouts are per operation, so a server that drips bytes never meets one), none on
the size of a body, and unpacks whatever it is sent: the clock, the count and the unpacking here are our own.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from planner.errors import Exit, PlannerError

if TYPE_CHECKING:
    import httpx

MOST_REDIRECTS = 3
TRIES = 2
"""Of a document whose server says 429 or 5xx, or that cannot be reached."""


class RefreshError(PlannerError):
    """No refresh is possible."""

    exit_code = Exit.BAD_INPUT


class SourceFault(Exception):  # noqa: N818
    """What is wrong with a source, in words; its prices are left out."""


class _Passing(SourceFault):
    """A fault that may be gone at the next try."""


class FetchLimits(NamedTuple):
    """What a source may cost."""

    document_seconds: float = 60.0
    """From the first byte asked for to the last that comes, redirects included."""
    source_seconds: float = 600.0
    document_bytes: int = 96_000_000
    """Of one document, packed and unpacked."""
    documents: int = 200
    """Of one source."""
    pause_seconds: float = 1.0
    """Before a second try."""


class Reader:
    """Reads the documents of one source.

    Args:
        transport: how requests travel; tests give one that ends at a server of their own. Default: the network.
    """

    def __init__(
        self, hosts: frozenset[str], limits: FetchLimits, transport: "httpx.AsyncBaseTransport | None" = None
    ) -> None:
        self.hosts, self.limits = hosts, limits
        self.documents = self.size_bytes = 0
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    async def __aenter__(self) -> "Reader":
        httpx = _httpx()
        import planner

        self._client = httpx.AsyncClient(
            transport=self._transport,
            follow_redirects=False,
            timeout=self.limits.document_seconds,
            headers={
                "user-agent": f"planner/{planner.__version__} (catalog refresh)",
                "accept": "application/json, text/csv, text/plain",
                "accept-encoding": "gzip",
            },
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def get(self, url: str) -> str:
        """The text of a document.

        Raises:
            SourceFault: whatever is wrong with it: host, status, type, size, time, packing, encoding.
        """
        for _ in range(TRIES - 1):
            try:
                return await self._once(url)
            except _Passing:
                await asyncio.sleep(self.limits.pause_seconds)
        return await self._once(url)

    async def _once(self, url: str) -> str:
        httpx = _httpx()
        if self.documents >= self.limits.documents:
            raise SourceFault(f"has more than {self.limits.documents} documents")
        try:
            async with asyncio.timeout(self.limits.document_seconds):
                body = await self._followed(url)
        except TimeoutError:
            raise SourceFault(f"took longer than {self.limits.document_seconds:g} seconds") from None
        except httpx.TimeoutException:
            raise SourceFault(f"was silent for {self.limits.document_seconds:g} seconds") from None
        except (httpx.RemoteProtocolError, httpx.ReadError):
            raise _Passing("broke off") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _Passing(f"cannot be reached: {type(error).__name__}") from None
        self.documents += 1
        self.size_bytes += len(body)
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise SourceFault("is not UTF-8") from None

    async def _followed(self, url: str) -> bytes:
        assert self._client is not None
        for _ in range(MOST_REDIRECTS + 1):
            self._allow(url)
            async with self._client.stream("GET", url) as response:
                if response.is_redirect:
                    url = urljoin(url, response.headers["location"])
                    continue
                return await self._body(response)
        raise SourceFault(f"redirects more than {MOST_REDIRECTS} times")

    def _allow(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise SourceFault("names an address that cannot be read") from None
        if parts.scheme != "https" or port not in (None, 443) or "@" in parts.netloc or host not in self.hosts:
            raise SourceFault(f"leads to `{parts.scheme}://{host[:80]}`, which is not on the list of hosts")

    async def _body(self, response: "httpx.Response") -> bytes:
        if response.status_code == 429 or response.status_code >= 500:
            raise _Passing(f"answers with status {response.status_code}")
        if response.status_code != 200:
            raise SourceFault(f"answers with status {response.status_code}")
        kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind not in _TYPES and not kind.endswith("+json"):
            raise SourceFault(f"is of type `{kind[:60] or 'unknown'}`, not a list of prices")
        most = self.limits.document_bytes
        stated = response.headers.get("content-length", "")
        if stated.isdecimal() and int(stated) > most:
            raise SourceFault(f"is larger than {most:,} bytes")
        packing = response.headers.get("content-encoding", "identity").strip().lower()
        if packing not in ("identity", "", "gzip"):
            raise SourceFault(f"is packed as `{packing[:40]}`, which was not asked for")
        return await _unpacked(response.aiter_raw(), packing == "gzip", most)


_TYPES = {
    "application/json", "text/json", "text/plain", "text/csv", "application/csv", "application/octet-stream",
    "binary/octet-stream", "application/x-javascript",
}  # fmt: skip
"""Types under which files of prices are served; raw files of repositories come as text/plain."""


async def _unpacked(chunks: AsyncIterator[bytes], packed: bool, most: int) -> bytes:
    """The body, never more than `most` bytes of it in memory."""
    unpack = zlib.decompressobj(wbits=31)
    parts: list[bytes] = []
    size = came = 0
    async for chunk in chunks:
        came += len(chunk)
        try:
            part = unpack.decompress(chunk, most - size + 1) if packed else chunk
        except zlib.error:
            raise SourceFault("is packed wrongly") from None
        parts.append(part)
        size += len(part)
        if size > most or came > most:
            raise SourceFault(f"is larger than {most:,} bytes")
    if packed and not unpack.eof:
        raise _Passing("broke off inside its packing")
    if unpack.unused_data:
        raise SourceFault("has something behind its packing")
    return b"".join(parts)


def _httpx() -> ModuleType:
    try:
        import httpx
    except ImportError:
        raise RefreshError("reading price lists needs httpx", help="install `planner[refresh]`") from None
    return httpx

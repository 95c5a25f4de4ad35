"""Every fault of a price list: where it strikes, what the server answers there, and what a refresh says of it."""

import gzip
import json

from price_sources import (
    ADVICE,
    AZURE,
    GOOGLE,
    LATEST,
    VERDA,
    Answer,
    azure_item,
    azure_page,
    cut_chunks,
    drip,
    plain,
    silence,
)

from planner.inputs.refresh import SOURCES
from planner.inputs.refresh.fetch import FetchLimits
from planner.inputs.refresh.sources import Source

PATIENT = FetchLimits(document_seconds=20, source_seconds=40, document_bytes=200_000, documents=20, pause_seconds=0)
HASTY = PATIENT._replace(document_seconds=0.6, source_seconds=5)
"""For what never comes to its end."""
BIG = json.dumps(AZURE | {"padding": "x" * 300_000}).encode()
PAGE = "prices.azure.com/api/retail/prices"
CSV = "raw.githubusercontent.com/skypilot-org/skypilot-catalog/master/catalogs/v8/verda/"
YML = "raw.githubusercontent.com/Cyclenerd/"
GOOD = json.dumps(AZURE).encode()
ZIP = {"Content-Encoding": "gzip"}


def to(address: str) -> Answer:
    return Answer(b"", status=302, headers={"Location": address})


FAULTS: dict[str, tuple[str, list[Answer], str]] = {
    "cut short": (PAGE, [Answer(GOOD[:-300], length=len(GOOD))], "broke off"),
    "chunks cut": (PAGE, [Answer(GOOD, headers={"Transfer-Encoding": "chunked"}, length=None, send=cut_chunks)], "broke off"),
    "half a document": (PAGE, [Answer(GOOD[: len(GOOD) // 2])], "no JSON"),
    "a page of HTML": (PAGE, [Answer("<html>Please log in</html>", kind="text/html")], "text/html"),
    "no type": (PAGE, [Answer(GOOD, kind=None)], "unknown"),
    "status 500": (PAGE, [Answer(status=500)], "500"),
    "status 429": (PAGE, [Answer(status=429)], "429"),
    "status 404": (PAGE, [Answer(GOOD, status=404)], "404"),
    "status 206": (PAGE, [Answer(GOOD, status=206)], "206"),
    "silence": (PAGE, [Answer(GOOD, send=silence)], "silent|longer than"),
    "a byte now and then": (PAGE, [Answer(GOOD, send=drip)], "longer than"),
    "too large, and says so": (PAGE, [Answer(BIG)], "larger than"),
    "too large, and does not say": (PAGE, [Answer(BIG, length=None)], "larger than"),
    "a bomb": (PAGE, [Answer(gzip.compress(b"[" * 50_000_000), headers=ZIP)], "larger than"),
    "packing cut": (PAGE, [Answer(gzip.compress(GOOD)[:-40], headers=ZIP)], "inside its packing"),
    "packing wrong": (PAGE, [Answer(GOOD, headers=ZIP)], "packed wrongly"),
    "two packings": (PAGE, [Answer(gzip.compress(GOOD) + gzip.compress(GOOD), headers=ZIP)], "behind its packing"),
    "another packing": (PAGE, [Answer(GOOD, headers={"Content-Encoding": "br"})], "not asked for"),
    "to another host": (PAGE, [to("https://evil.example/prices")], "not on the list"),
    "to an open line": (PAGE, [to("http://prices.azure.com/api/retail/prices")], "not on the list"),
    "to a port": (PAGE, [to("https://prices.azure.com:8443/")], "not on the list"),
    "to a user's name": (PAGE, [to("https://prices.azure.com@evil.example/")], "not on the list"),
    "round and round": (PAGE, [to("https://prices.azure.com/api/retail/prices?again")], "redirects more"),
    "no number": (PAGE, [Answer(GOOD.replace(b"91.0", b"NaN"))], "no JSON"),
    "too deep": (PAGE, [Answer(b'{"Items":' * 20_000)], "no JSON|larger"),
    "another shape": (PAGE, [Answer(["prices"])], "no `Items`"),
    "items of another shape": (PAGE, [Answer(azure_page([{"price": 1}] * 20))], "another shape"),
    "prices that are texts": (PAGE, [Answer(azure_page([azure_item(91.0, unitPrice="cheap")]))], "another shape"),
    "prices below zero": (PAGE, [Answer(azure_page([azure_item(-91.0)]))], "another shape"),
    "next page elsewhere": (PAGE, [Answer(azure_page([azure_item(91.0)], "https://evil.example/2"))], "not on the list"),
    "next page for ever": (PAGE, [Answer(azure_page([], "https://prices.azure.com/api/retail/prices?2"))], "more than 20"),
    "next page no address": (PAGE, [Answer(azure_page([], 7))], "not on the list"),  # type: ignore[arg-type]
    "not UTF-8": (PAGE, [Answer(b'"\xff"')], "UTF-8"),
    "a line cut": (CSV, [plain(VERDA[:-8])], "inside a line"),
    "a column missing": (CSV, [plain(VERDA.replace("SpotPrice", "Spot"))], "no column"),
    "a quote not closed": (CSV, [plain(VERDA + '"\n')], "no CSV"),
    "undated": ("api.github.com/repos/", [Answer([])], "when it last changed"),
    "a bucket nobody knows": (
        "spot-bid-advisor.s3.amazonaws.com/",
        [Answer(json.dumps(ADVICE).replace('"r": 1', '"r": 9'))],
        "bucket",
    ),
    "no stamp": (YML, [plain(GOOGLE.replace("timestamp", "stamp"))], "when it was made"),
    "no such machine": (YML, [plain(GOOGLE.replace("a3-highgpu", "a9-highgpu"))], "another shape"),
    "a list for a mapping": (YML, [plain(GOOGLE.replace("  instance:", "  - instance:"))], "another shape"),
    "the end missing": (YML, [plain(GOOGLE[:-3])], "inside a line"),
    "offers of another kind": ("gpurentalprices.com/", [Answer({**LATEST, "offers": {"a": 1}})], "no list"),
}  # fmt: skip


def with_fault(fault: str, answers: dict[str, list[Answer]]) -> dict[str, list[Answer]]:
    """The answers of the server with one fault among them."""
    start, broken, _ = FAULTS[fault]
    return {start: list(broken)} | {k: v for k, v in answers.items() if not k.startswith(start)}


def source_of(fault: str) -> Source:
    """The source that meets a fault."""
    start = FAULTS[fault][0]
    names = ("gcp",) if start == YML else ("azure", "verda", "aws-spot-advisor", "gpurentalprices")
    return next(s for s in SOURCES.values() if start.split("/")[0] in s.hosts and s.name in names)


def limits_of(fault: str) -> FetchLimits:
    return HASTY if fault in ("silence", "a byte now and then") else PATIENT

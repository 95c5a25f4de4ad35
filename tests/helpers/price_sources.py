"""A server of one's own that plays the public price lists, with every fault; and a small catalog to refresh.

Documents have the shape of the real ones (keys, nesting, texts for numbers where they use texts), with few items.
"""

import csv
import gzip
import io
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import httpx

from planner.inputs.catalog import bundled_directory

TODAY = "2026-12-05"
SELLERS = {
    "aws": ("p5.48xlarge g4dn.12xlarge", "us-east-1"),
    "azure": ("Standard_ND96isr_H100_v5", "eastus"),
    "verda": ("1H100.80S.32V", "FIN-02"),
    "coreweave": ("gd-8xh100ib-i128", ""),
    "gcp": ("a3-highgpu-8g", "us-central1"),
}
"""Machine types and the region of each seller in the small catalog."""
HOSTED = ("deepinfra:deepinfra/Gryphe/MythoMax-L2-13b", "deepinfra:deepinfra/ByteDance/Seed-1.8")


def small_catalog(folder: Path) -> Path:
    """The bundled catalog with a few rows of four sellers."""
    shutil.copytree(bundled_directory(), folder, ignore=shutil.ignore_patterns("*.py", "__pycache__", "performance"))
    for path in (folder / "providers").glob("*.csv"):
        if path.stem not in SELLERS:
            path.unlink()
            continue
        instance, region = SELLERS[path.stem]
        _keep(
            path,
            lambda row, i=instance, r=region: row["instance"] in i.split() and row["region"] in (r or row["region"]),
        )  # type: ignore[misc]
    _keep(folder / "hosted_apis.csv", lambda row: row["id"] in HOSTED)
    _keep(folder / "regions.csv", lambda row: row["provider"] in SELLERS)
    _keep(folder / "machine_types.csv", lambda row: row["provider"] in SELLERS)
    for name in ("replaced.csv", "replaced_hosted.csv", "price_paths.csv", "successors.csv", "carbon_intensity.csv"):
        _keep(folder / name, lambda row: False)
    return folder


def _keep(path: Path, wanted: Callable[[dict[str, str]], bool]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = [row for row in reader if wanted(row)]
        names = list(reader.fieldnames or ())
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")


# ── documents ────────────────────────────────────────────────────────────────────────────────────────────────────


def azure_item(usd: float, meter: str = "ND96isr H100 v5", **changed: object) -> dict[str, object]:
    item: dict[str, object] = {
        "currencyCode": "USD", "tierMinimumUnits": 0.0, "retailPrice": usd, "unitPrice": usd,
        "armRegionName": "eastus", "location": "US East", "effectiveStartDate": "2023-08-01T00:00:00Z",
        "meterId": "00000000-0000-0000-0000-000000000001", "meterName": meter, "productId": "DZH318Z0F4RH",
        "skuId": "DZH318Z0F4RH/0001", "productName": "Virtual Machines NDsr H100 v5 Series", "skuName": meter,
        "serviceName": "Virtual Machines", "serviceId": "DZH313Z7MMC8", "serviceFamily": "Compute",
        "unitOfMeasure": "1 Hour", "type": "Consumption", "isPrimaryMeterRegion": True,
        "armSkuName": "Standard_ND96isr_H100_v5",
    }  # fmt: skip
    return {**item, **changed}


def azure_page(items: list[dict[str, object]], more: str | None = None) -> dict[str, object]:
    head = {"BillingCurrency": "USD", "CustomerEntityId": "Default", "CustomerEntityType": "Retail"}
    return {**head, "Items": items, "NextPageLink": more, "Count": len(items)}


AZURE = azure_page(
    [
        azure_item(91.0, savingsPlan=[{"unitPrice": 70.0, "retailPrice": 70.0, "term": "1 Year"}]),
        azure_item(17.0, "ND96isr H100 v5 Spot"),
        azure_item(9.0, "ND96isr H100 v5 Low Priority"),
        azure_item(140.0, productName="Virtual Machines NDsr H100 v5 Series Windows"),
        azure_item(8760 * 60.0, type="Reservation", reservationTerm="1 Year"),
    ]
)
AWS = {
    "manifest": {"serviceId": "ec2", "accessType": "publish", "currencyCode": "USD", "source": "ec2-ondemand"},
    "regions": {
        "US East (N. Virginia)": {
            "p5 48xlarge US East N Virginia Linux": {
                "rateCode": "A.B.C", "price": "50.0000000000", "Location": "US East (N. Virginia)",
                "Instance Family": "GPU instance", "vCPU": "192", "Instance Type": "p5.48xlarge",
                "plc:OperatingSystem": "Linux", "Operating System": "Linux", "Pre Installed S/W": "NA",
            },
            "c5 large US East N Virginia Linux": {"price": "0.0850000000", "Instance Type": "c5.large"},
        }
    },
}  # fmt: skip
ADVICE = {
    "ranges": [{"index": 0, "label": "<5%", "dots": 0, "max": 5}],
    "spot_advisor": {"us-east-1": {"Linux": {"g4dn.12xlarge": {"s": 60, "r": 1}}}},
}
COMMITS = [{"sha": "f00", "commit": {"committer": {"name": "bot", "date": "2026-12-04T07:00:00Z"}}}]
VERDA = (
    "InstanceType,UpstreamCloudId,vCPUs,MemoryGiB,AcceleratorName,AcceleratorCount,GpuInfo,Region,Price,SpotPrice\n"
    '1H100.80S.32V,1H100.80S.32V,32.0,185.0,H100,1.0,"{""Gpus"": []}",FIN-02,4.49,1.95\n'
    "CPU.4V.16G,CPU.4V.16G,4.0,16.0,,,,FIN-01,0.0279,0.0098\n"
)
AWS_SPOT = (
    "InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,SpotPrice,Region,AvailabilityZone,Arch\n"
    "p5.48xlarge,H100,8.0,192.0,2048.0,,55.04,22.5,us-east-1,use1-az1,x86_64\n"
    "p5.48xlarge,H100,8.0,192.0,2048.0,,55.04,21.5,us-east-1,use1-az4,x86_64\n"
)
LATEST = {
    "date": "2026-12-04",
    "generated_at": "2026-12-04T06:24:38.080Z",
    "offers": [
        {"provider": "coreweave", "gpu": "h100", "vram_gb": 80, "usd_hr": 6.5, "kind": "on-demand",
         "source_url": "https://www.coreweave.com/pricing", "fetched_at": "2026-12-04T06:24:26.878Z", "min_gpus": 8},
        {"provider": "vast", "gpu": "h100-sxm", "vram_gb": 80, "usd_hr": 1.2, "kind": "on-demand",
         "source_url": "https://vast.ai", "fetched_at": "2026-12-04T06:24:26.878Z"},
    ],
}  # fmt: skip
LITELLM = {
    "sample_spec": {"input_cost_per_token": 0.0, "mode": "one of: chat, embedding", "max_input_tokens": "max"},
    "deepinfra/Gryphe/MythoMax-L2-13b": {
        "max_tokens": 4096, "max_input_tokens": 4096, "input_cost_per_token": 5e-07, "output_cost_per_token": 6e-07,
        "litellm_provider": "deepinfra", "mode": "chat",
    },
    "deepinfra/acme/new-model": {
        "max_input_tokens": 131072, "input_cost_per_token": 1e-07, "output_cost_per_token": 3e-07,
        "cache_read_input_token_cost": None, "litellm_provider": "deepinfra", "mode": "chat",
    },
    "text-embedding-9": {"input_cost_per_token": 1e-08, "litellm_provider": "openai", "mode": "embedding"},
}  # fmt: skip


GOOGLE = """---
about:
  copyright: |2

    Licensed under the Apache License
  generated: Fri Dec  4 03:53:56 2026
  timestamp: 1796356436
compute:
  instance:
    a3-highgpu-8g:
      cost:
        us-central1:
          hour: 90.0
          hour_spot: 20.5
          month: 60000.5
          month_1y: 43800
          month_3y: 29200
          month_spot: 14965
        mars-north1:
          hour: 1.0
      cpu: 208
      h100: 8
    e2-micro:
      cost:
        us-central1:
          hour: 0.01
"""


class Answer:
    """What the server says to a request: status, headers and body, and how it sends them."""

    def __init__(
        self,
        body: bytes | str | object = b"",
        *,
        status: int = 200,
        kind: str | None = "application/json",
        headers: dict[str, str] | None = None,
        send: Callable[[BaseHTTPRequestHandler, bytes], None] | None = None,
        length: int | None = -1,
    ) -> None:
        text = body if isinstance(body, bytes | str) else json.dumps(body)
        self.body = text if isinstance(text, bytes) else text.encode()
        self.status, self.send = status, send
        self.headers = dict(headers or {})
        if kind is not None:
            self.headers["Content-Type"] = kind
        if length is not None:
            self.headers["Content-Length"] = str(len(self.body) if length < 0 else length)


def plain(text: str) -> Answer:
    """As raw files of repositories are served."""
    return Answer(gzip.compress(text.encode()), kind="text/plain; charset=utf-8", headers={"Content-Encoding": "gzip"})


def documents() -> dict[str, list[Answer]]:
    """Host and beginning of the path → the answers, one after the other; the last is repeated."""
    return {
        "gpurentalprices.com/api/latest.json": [Answer(LATEST)],
        "prices.azure.com/api/retail/prices": [Answer(AZURE)],
        "b0.p.awsstatic.com/pricing/2.0/": [Answer(AWS)],
        "spot-bid-advisor.s3.amazonaws.com/": [Answer(ADVICE)],
        "api.github.com/repos/": [Answer(COMMITS)],
        "raw.githubusercontent.com/skypilot-org/skypilot-catalog/master/catalogs/v8/verda/": [plain(VERDA)],
        "raw.githubusercontent.com/skypilot-org/skypilot-catalog/master/catalogs/v8/aws/": [plain(AWS_SPOT)],
        "raw.githubusercontent.com/Cyclenerd/": [plain(GOOGLE)],
        "raw.githubusercontent.com/BerriAI/litellm/main/": [plain(json.dumps(LITELLM))],
    }


class Lists:
    """The server: what it will say, and whom it was asked for."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answers = documents()
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def answer(self, host: str, path: str) -> Answer:
        address = f"{host}{unquote(path)}"
        with self._lock:
            self.asked.append(host)
            for start, answers in self.answers.items():
                if address.startswith(start):
                    return answers.pop(0) if len(answers) > 1 else answers[0]
        return Answer(b"{}", status=404)

    def transport(self) -> httpx.AsyncBaseTransport:
        """Takes every request to this server, whatever host it names; the server notes the host."""
        return _Here(self.port)


class _Here(httpx.AsyncHTTPTransport):
    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        return await super().handle_async_request(request)


@contextmanager
def price_lists() -> Iterator[Lists]:
    """The server, as long as it is needed."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = lists.answer(self.headers["Host"].split(":")[0], self.path)
            self.close_connection = True
            try:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Connection", "close")
                self.end_headers()
                (answer.send or _whole)(self, answer.body)
            except (BrokenPipeError, ConnectionResetError):
                pass

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 128  # the five of the library reset what comes at once
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    lists = Lists(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield lists
    finally:
        server.shutdown()
        server.server_close()


def _whole(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    handler.wfile.write(body)


def drip(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """A byte now and then: no single wait is long."""
    for byte in body:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(0.05)


def silence(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    time.sleep(2)


def cut_chunks(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """A chunked body that ends without its end."""
    handler.wfile.write(f"{len(body):x}\r\n".encode() + body[: len(body) // 2])

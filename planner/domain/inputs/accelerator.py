"""One chip's physical facts. No prices, no brands in code: rows of `datasets/accelerators.csv`."""

from planner.domain.fields import Strict
from planner.domain.inputs.language_model import Precision
from planner.units import NonNegative, Positive, PositiveCount


class Accelerator(Strict):
    """An accelerator as its datasheet describes it; dense throughput, decimal gigabytes."""

    id: str
    vendor: str
    name: str
    memory_gb: Positive | None = None
    """As the datasheet rounds it."""
    driver_memory_gb: Positive | None = None
    """What the driver reports, bytes / 1e9: an "80 GB" card of 80 GiB has more."""
    driver_source: str = ""
    memory_bandwidth_gb_per_s: Positive | None = None
    bf16_tflops: Positive | None = None
    """Dense 16-bit matrix throughput."""
    fp8_tflops: Positive | None = None
    int8_tops: Positive | None = None
    fp4_tflops: Positive | None = None
    fp32_tflops: Positive | None = None
    tdp_watts: Positive | None = None
    link_gb_per_s: NonNegative = 0.0
    """Accelerator-to-accelerator bandwidth inside a node, one way (half of the bidirectional figure)."""
    interconnect: str = ""
    link_domain: PositiveCount | None = None
    """Accelerators that the link joins: 8 on a board, 72 in a rack, 2 by a bridge. None: not stated."""
    network_gbit_per_s: Positive | None = None
    """Network of each accelerator beyond the link, one way. None: not stated."""
    generation: str = ""
    """Latencies and software go by it; empty where nothing is known of it."""
    weight_only_formats: tuple[Precision, ...] = ()
    """Formats that its kernels unpack to compute in 16 bit, though the chip lacks them."""
    launched: str = ""
    spec_check: str = ""
    """verified, partly, or no (recalled from a datasheet)."""
    source: str
    checked_on: str
    note: str = ""

    @property
    def total_memory_gb(self) -> float | None:
        """Memory as the driver counts it, else as the datasheet says."""
        return self.driver_memory_gb or self.memory_gb

    @property
    def has_nvlink_class_fabric(self) -> bool:
        """True if accelerators of a node are joined faster than by PCIe (one way above 64 GB/s)."""
        return self.link_gb_per_s > 64.0

"""One chip's physical facts. No prices, no brands in code: rows of `datasets/accelerators.csv`."""

from planner.domain.strict import Strict
from planner.units import NonNegative, Positive


class Accelerator(Strict):
    """An accelerator as its datasheet describes it; dense throughput, decimal gigabytes."""

    id: str
    vendor: str
    name: str
    memory_gb: Positive | None = None
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
    launched: str = ""
    spec_check: str = ""
    """verified, partly, or no (recalled from a datasheet)."""
    source: str
    checked_on: str
    note: str = ""

    @property
    def has_nvlink_class_fabric(self) -> bool:
        """True if accelerators of a node are joined faster than by PCIe (one way above 64 GB/s)."""
        return self.link_gb_per_s > 64.0

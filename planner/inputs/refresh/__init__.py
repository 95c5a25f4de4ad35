"""Public price lists → a catalog of one's own, over the network and only when asked.

In: a catalog (a folder), names of sources. Out: the folder with newer prices, its history in `replaced.csv`, and a `Refresh` that
says what moved, what was held back and what failed. Start reading in `refresh.py`.

`sources.py` lists the sources with hosts and terms; `fetch.py` is the only file that opens a connection; `azure.py`, `aws.py`,
`listings.py` and `hosted.py` read documents; `update.py` says what holds; `folder.py` writes whole folders.
"""

from planner.inputs.refresh.refresh import refresh_catalog
from planner.inputs.refresh.sources import SOURCES

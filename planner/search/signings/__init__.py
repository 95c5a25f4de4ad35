"""What is signed when, its operation still relaxed

In: the relaxation.
Out: designs, and a bound on all of them.
Start at `designs.py`.
"""

from planner.search.signings.descent import Descent
from planner.search.signings.designs import Designs
from planner.search.signings.signing_tree import SigningTree

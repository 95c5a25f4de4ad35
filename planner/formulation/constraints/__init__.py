"""Constraint families: one file each, opening with its formula. They yield rows and know nothing of one another

In: parameters and variables.
Out: `FAMILY` of each file; `formulation/build.py` names them in reading order.
"""

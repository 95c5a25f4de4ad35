"""`planner estimate`: one model on every accelerator, before any scenario exists

In: a serving or training request.
Out: `Estimate` records.
Start at `serving.py` and `training.py`.
"""

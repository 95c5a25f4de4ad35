"""The ready-made question on terms: term by discount by demand

In: a scenario.
Out: a grid of answers.
Start at `commitments.py`.
"""

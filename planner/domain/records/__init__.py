"""What is answered: the plan and the other answers, as records without behaviour

In: numbers computed elsewhere.
Out: what `report` renders and `audit` checks.
Start at `plan.py`.
"""

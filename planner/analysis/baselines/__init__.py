"""What the usual ways would cost: on demand, one provider, commit to the peak or the mean

In: a prepared scenario.
Out: costs that are lower bounds of each way.
Start at `baselines.py`.
"""

"""Training: layouts, memory, throughput, runs with failures

In: a training workload and an accelerator.
Out: `Fit` or `Rejection`.
Start at `plan.py`.
"""

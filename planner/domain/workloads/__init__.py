"""What has to be served: kinds of workloads and what they have in common

In: the `workloads` of a scenario.
Out: `Workload`, a union by `kind`.
Start at `workload.py`.
"""

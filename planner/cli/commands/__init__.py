"""One module a command: its options, and what it calls

In: arguments.
Out: an exit code.
Start at `solving.py`.
"""

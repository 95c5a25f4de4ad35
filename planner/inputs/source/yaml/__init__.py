"""YAML 1.2 that remembers line and column of every key and value

In: text.
Out: nodes with places, and every mistake of the YAML.
Start at `reading.py`.
"""

from planner.inputs.source.yaml.reading import compose, compose_node

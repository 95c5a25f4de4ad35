"""Text with places: safe readers, names, overrides and the mistakes that are reported

In: text of a file.
Out: values that know line and column, and messages.
Start at `document.py`.
"""

from planner.inputs.source.diagnostics import mistakes_of
from planner.inputs.source.document import Key, KeyPath, SourceDocument
from planner.inputs.source.overrides import override
from planner.inputs.source.references import FILES_BELOW, refused_references, resolve_references
from planner.inputs.source.renaming import KEYED, renamed
from planner.inputs.source.text import decode, read_bytes, read_text
from planner.inputs.source.value_mistakes import MistakeLog
from planner.inputs.source.yaml import compose

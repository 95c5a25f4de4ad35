"""All other answers as documents, one a module

In: records.
Out: documents.
Start at the module named like the command.
"""

"""Nouns of the field: frozen, without file access and without a solver."""

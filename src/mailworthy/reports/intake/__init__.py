"""Intake: how reports come in, and the one way from there into the store.

Each source hands what came to `importing.Importer`, and marks, moves or answers only when that
has been committed. Whatever is handed in twice is stored once, so that a source that does not
know how far it got may begin again.
"""

"""Addresses for tests: whatever is sent to one becomes a page with a full verdict.

Nothing is relayed, nothing is kept but the pages, and only addresses that were given out exist.
"""

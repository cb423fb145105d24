"""Writing to a store: reports, what could not be read, and changes of mind."""

from mailworthy.store.importer.change import remove, retrust
from mailworthy.store.importer.problems import note
from mailworthy.store.importer.raws import load
from mailworthy.store.importer.save import save
from mailworthy.store.importer.take import take, trust_of

__all__ = ["load", "note", "remove", "retrust", "save", "take", "trust_of"]

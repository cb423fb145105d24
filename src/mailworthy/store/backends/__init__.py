"""The databases that a store can live in; each tells what the others do not do alike."""

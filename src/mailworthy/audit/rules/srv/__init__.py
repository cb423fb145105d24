"""How mail programs find their servers."""

"""What receivers make of a message, as text, JSON and Markdown."""

"""Record data that mail depends on: presentation text to values and back."""

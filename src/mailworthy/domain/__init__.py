"""What the user wants, and the record sets, keys and zone text that follow from it."""

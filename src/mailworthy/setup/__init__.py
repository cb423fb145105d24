"""From an order to a folder that holds everything, rehearsed."""

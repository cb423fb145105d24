"""What receivers do with mail that fails, and whom they tell."""

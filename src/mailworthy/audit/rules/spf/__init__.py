"""Who may use the domain as envelope sender."""

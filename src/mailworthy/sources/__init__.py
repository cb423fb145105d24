"""Who sends mail for a domain; so far the table of services that do so for their customers."""

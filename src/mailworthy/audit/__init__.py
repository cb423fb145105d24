"""The audit: evidence collected in few rounds, rules that judge it, findings that can be cured."""

"""Brand Indicators for Message Identification: the assertion record."""

"""What the world reports back: aggregate, TLS and failure reports, and complaints."""

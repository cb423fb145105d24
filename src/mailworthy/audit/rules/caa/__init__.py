"""Who may issue certificates: CAA records."""

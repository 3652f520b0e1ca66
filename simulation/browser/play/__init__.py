"""Play: one scenario, month by month, changed live."""

"""Store: a folder in which the runs of sweeps are kept, and never lost."""

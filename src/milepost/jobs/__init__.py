"""Work that is due: one module per job, one loop."""

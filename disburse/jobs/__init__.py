"""Work that outlives a request: rows with a lease, a heartbeat and a checkpoint."""

"""The progress table: as of any day, with targets and snapshots."""

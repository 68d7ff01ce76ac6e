"""`disburse demo`."""

"""One person's case across the features: what happened, and the acts that reach accounts and rosters as well."""

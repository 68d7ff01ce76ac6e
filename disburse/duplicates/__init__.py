"""Two records that may be one human being: finding them, merging them, and remembering that they are two."""

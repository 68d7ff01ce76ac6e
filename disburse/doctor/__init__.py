"""The doctor: recounts everything from the rows, checks every invariant, changes nothing."""

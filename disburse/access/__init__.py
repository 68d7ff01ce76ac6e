"""Users, grants, passwords and sessions: who may do what, where."""

"""The demonstration: a sample district lived through from its files, by the real pipeline."""

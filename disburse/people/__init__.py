"""Persons, their enrolments, benefit lines and recipients."""

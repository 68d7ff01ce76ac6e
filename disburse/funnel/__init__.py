"""The stages of every enrolment and the counts of them, moved in one transaction."""

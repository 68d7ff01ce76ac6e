"""What we ask banks about links, and what they answer."""

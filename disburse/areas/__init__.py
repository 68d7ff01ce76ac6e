"""Provinces and communes, today's and those before 2025-07-01, and the way from the one to the other."""

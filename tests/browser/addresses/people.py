"""Addresses of people."""

from tests.browser.addresses.visit import Visit

VISITS = [
    Visit("canbo.tinh", "/people/{person_id}", "Diễn biến"),
]

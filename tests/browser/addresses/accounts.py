"""Addresses of accounts and banks."""

from tests.browser.addresses.visit import Visit

VISITS = [
    Visit("canbo.tinh", "/accounts", "Agribank"),
    Visit("canbo.tinh", "/staff", "cán bộ"),
]

"""Who may open what: accounts and links."""

from tests.api.matrix.expect import READERS, Expect, Matrix

ACCOUNTS: Matrix = {
    ("GET", "/accounts"): Expect(READERS, "/accounts"),
}

"""How an address of a page is listed for the browser tests."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from tests.api.seeding import Seeded


@dataclass(frozen=True)
class Visit:
    """A sample user, the address they open, and words that must then stand on the page.

    `path` may name fields of `Seeded` in braces: `/people/{person_id}`. `user` "" is nobody signed in.
    """

    user: str
    path: str
    text: str

    def address(self, seeded: Seeded) -> str:
        """Return the address with the seeded ids in place."""
        return self.path.format(**asdict(seeded))

    def __str__(self) -> str:
        return f"{self.user or 'nobody'} {self.path}"

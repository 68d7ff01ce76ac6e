"""Who did something is told by the name people know; the records keep the login."""

from __future__ import annotations

from tests.api.conftest import Site


class TestWho:
    def test_senders_are_told_by_name(self, lite_site: Site) -> None:
        """On the list of rosters and of jobs, in both languages, stands the officer's name."""
        client = lite_site.client("canbo.tinh")
        for address in ("/rosters", "/jobs"):
            page = client.get(address).text
            assert "Võ Thị Xã" in page and "canbo.xa" not in page

"""The JSON: the same figures as the command line, page by page where lists are long."""

from __future__ import annotations

from disburse.access.actor import Scope
from disburse.progress.queries import table
from tests.api.conftest import Site


class TestProgress:
    def test_the_document_of_the_command_line(self, site: Site) -> None:
        """What the API answers is what `disburse progress --json` prints, for the caller's areas."""
        with site.database.reading() as session:
            expected = table(session, (Scope("51"),)).as_json()
        assert site.client("canbo.tinh").get("/api/v1/progress").json() == expected

    def test_filters(self, site: Site) -> None:
        """Programme, area and day narrow it; a closed month has the communes of then."""
        client = site.client("lanhdao")
        today = client.get("/api/v1/progress", params={"programme": "NCC", "area": site.seeded.commune}).json()
        assert {(area["code"], area["programme"]) for area in today["areas"]} == {(site.seeded.commune, "NCC")}
        then = client.get("/api/v1/progress", params={"as_of": "2024-03-31"}).json()
        assert len({area["code"] for area in then["areas"]}) == 22

    def test_sums(self, site: Site) -> None:
        """A programme's row is the sum of its communes."""
        document = site.client("canbo.tinh").get("/api/v1/progress").json()
        for programme in document["programmes"]:
            areas = [area for area in document["areas"] if area["programme"] == programme["code"]]
            for measure in ("total", "registered", "confirmed", "lines", "amount_total"):
                assert programme[measure] == sum(area[measure] for area in areas)


class TestAreas:
    def test_pages(self, site: Site) -> None:
        """Following the cursor gives every unit of a province once, in the order of codes."""
        client, codes, cursor = site.client("lanhdao"), [], ""
        while True:
            page = client.get("/api/v1/areas", params={"province": "51", "limit": 40, "cursor": cursor}).json()
            codes += [item["code"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = page["next_cursor"]
        assert codes == sorted(codes)
        assert len(codes) == len(set(codes)) == 97  # the province and its 96 communes

    def test_kinds(self, site: Site) -> None:
        """Only provinces, on request: the 34 of today."""
        page = site.client("lanhdao").get("/api/v1/areas", params={"kind": "province", "limit": 500}).json()
        assert (len(page["items"]), page["next_cursor"]) == (34, None)


class TestOpenApi:
    def test_published(self, lite_site: Site) -> None:
        """The contract is public, names the errors, and shows nothing but the JSON's own routes."""
        document = lite_site.anonymous().get("/api/v1/openapi.json").json()
        assert {"/api/v1/progress", "/api/v1/areas", "/oauth/token"} <= set(document["paths"])
        assert all(path.startswith(("/api/v1/", "/oauth/", "/g2p/", "/govstack/")) for path in document["paths"])
        assert "application/problem+json" in document["paths"]["/api/v1/progress"]["get"]["responses"]["401"]["content"]

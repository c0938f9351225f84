"""The clinic, opened once for each file of tests."""

from collections.abc import Iterator

import pytest

from tests.unit.doctor.clinic import Clinic, open_clinic


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory, _log: list[str]) -> Iterator[Clinic]:
    # With its log kept apart, for what the command prints is read.
    with open_clinic(tmp_path_factory.mktemp("clinic")) as clinic:
        for version in ("2.0.11", "4.0.1"):
            clinic.serves(f"/htmx-{version}.min.js", f'version="{version}"')
        clinic.serves("/bundle.js", "request.mode = 'cors'; delete headers['HX-Current-URL'];")
        clinic.serves("/htmx.js", 'var htmx={version:"2.0.11"}')
        yield clinic

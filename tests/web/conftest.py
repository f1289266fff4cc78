"""The application without a server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.web.forms import HERE, Person
from uncramp.web.app import create_app


@pytest.fixture(scope="session")
def app_client() -> Iterator[TestClient]:
    with TestClient(create_app(), base_url=HERE, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def client(app_client: TestClient) -> TestClient:
    """The application, with no cookie left from another test."""
    app_client.cookies.clear()
    return app_client


@pytest.fixture
def person(client: TestClient) -> Person:
    return Person(client)

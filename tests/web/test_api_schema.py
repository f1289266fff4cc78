"""What nobody would think of sending to the interface of the diary is refused, and never breaks it."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error

from tests.web.forms import HERE
from uncramp.actions.entry_form import (
    UUID,
    CircumstanceForm,
    DayNoteForm,
    EntryForm,
    EpisodeForm,
    ExposureForm,
)
from uncramp.web.app import create_app

APP = create_app()
FORMS = (EpisodeForm, CircumstanceForm, DayNoteForm, ExposureForm)


def published() -> dict[str, Any]:
    """The schema of the interface, with what the body of each kind of entry is made of."""
    whole = APP.openapi()
    parts = whole.setdefault("components", {}).setdefault("schemas", {})
    for form in (EntryForm, *FORMS):
        made = form.model_json_schema(ref_template="#/components/schemas/{model}")
        parts |= made.pop("$defs", {}) | {form.__name__: made}
    whole["paths"] = {
        path: how for path, how in whole["paths"].items() if path.startswith("/api/") or path == "/health"
    }
    put = whole["paths"]["/api/v1/entries/{entry_id}"]["put"]
    kinds = [{"$ref": f"#/components/schemas/{form.__name__}"} for form in FORMS]
    for operation in whole["paths"]["/api/v1/entries/{entry_id}"].values():
        operation["parameters"][0]["schema"]["pattern"] = UUID
    sent = parts["EntryForm"]
    sent["properties"]["body"] = {"anyOf": [*kinds, {"type": "object"}]}
    put["requestBody"] = {"content": {"application/json": {"schema": sent}}, "required": True}
    return whole


SCHEMA = schemathesis.openapi.from_dict(published())
SCHEMA.app = APP


FEW = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@SCHEMA.parametrize()
@FEW
def test_nothing_that_is_sent_is_a_fault_of_the_server(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate(base_url=HERE, checks=[not_a_server_error])


@pytest.mark.slow
@SCHEMA.parametrize()
@settings(FEW, max_examples=1000, derandomize=False)
def test_nothing_of_much_that_is_sent_is_a_fault_of_the_server(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate(base_url=HERE, checks=[not_a_server_error])


def test_the_schema_covers_all_of_the_interface() -> None:
    found = {(path, method) for path, how in published()["paths"].items() for method in how}
    assert found == {
        ("/api/v1/entries", "get"),
        ("/api/v1/entries/{entry_id}", "get"),
        ("/api/v1/entries/{entry_id}", "put"),
        ("/api/v1/log", "post"),
        ("/health", "get"),
    }

"""The health address is public and says only whether the database answers."""

import pytest


@pytest.mark.django_db
def test_health_answers_without_signing_in(client):
    response = client.get("/health")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_every_answer_carries_the_strict_policy(client):
    response = client.get("/health")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"

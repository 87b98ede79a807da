"""What members are asked to consent to, over HTTP; the consents themselves stand with the attributes."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency

from huixiang.members.model.consents import ConsentText
from huixiang.members.service import consents
from huixiang.platform.access import member
from huixiang.platform.edge import Edge


@get("/api/member/v1/me/consents/texts", **member())
async def list_consent_texts(edge: NamedDependency[Edge]) -> list[ConsentText]:
    """What I may consent to, each purpose with the words of now and their version (MEM-09)."""
    return await edge.query(consents.texts)


ROUTES = [list_consent_texts]

"""A resource with a workflow, as small as one can be: plans with three transitions. Its addresses stand alone."""

from django.urls import include, path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from operations.api.concurrency import require_match
from operations.api.fields import StrictText
from operations.api.resources import WorkflowResource
from operations.api.serializers import (
    Commented,
    Nothing,
    Reauthenticated,
    Representation,
    StrictInput,
    TransitionsField,
)
from operations.domain import plans
from operations.domain.tokens import TokenScope
from operations.models import Plan


class SampleShown(Representation):
    id = serializers.IntegerField()
    status = serializers.CharField()
    transitions = TransitionsField()


class Approval(Reauthenticated):
    sha256 = StrictText(max_length=64)


class Goal(StrictInput):
    goal_ru = StrictText(max_length=100)


class Samples(WorkflowResource):
    queryset = Plan.objects.select_related("operation")
    serializer_class = SampleShown
    write_scope = TokenScope.PLANS
    transitions = {"circulate": Nothing, "withdraw": Commented, "approve": Approval}

    def partial_update(self, request: Request, **kwargs: str) -> Response:
        plan = self.get_object()
        revision = require_match(request, plan)
        values = self.input(Goal)
        return self.answer(plans.change_goal(plan=plan, revision=revision, values=values, actor=self.actor, at=self.at))


router = SimpleRouter()
router.register("samples", Samples, basename="api-samples")
urlpatterns = [path("api/v1/", include(router.urls)), path("", include("illegal_ops.urls"))]

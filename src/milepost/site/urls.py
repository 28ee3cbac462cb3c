"""Every address of the site."""

from django.urls import path

from milepost.api.app import api
from milepost.api.docs import docs
from milepost.web.urls import handler400, handler404, handler500
from milepost.web.urls import urlpatterns as pages

urlpatterns = [*pages, path("api/v1/docs", docs, name="api_docs"), path("api/v1/", api.urls)]

__all__ = ["handler400", "handler404", "handler500", "urlpatterns"]

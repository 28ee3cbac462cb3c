"""Every address of the site."""

from milepost.web.urls import handler404, urlpatterns

__all__ = ["handler404", "urlpatterns"]

"""Views of the goals that the sample's people keep."""

from milepost.cli.demo.company import Company
from milepost.okr import actions


def make_views(company: Company) -> None:
    """Keep two shared views and one that is Tom's alone."""
    kept = (
        ("ana", "Behind, worst first", "as=list&view=attention&sort=behind", True),
        ("lena", "This quarter by team", "as=timeline&group=team", True),
        ("tom", "My map", "as=map&view=mine", False),
    )
    for who, name, query, is_shared in kept:
        by = company.place(who, company.now).actor
        actions.save_view(by=by, name=name, query=query, is_shared=is_shared, now=company.now)

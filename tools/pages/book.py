"""All generated pages."""

from pages import cli, intent, milter, profiles, rfcs, rules, senders, settings


def pages() -> dict[str, str]:
    """Path below docs/ to Markdown; mkdocs.yml names those that stand in the navigation."""
    return {
        **rules.pages(),
        "reference/cli.md": cli.page(),
        "reference/intent.md": intent.page(),
        "reference/milter.md": milter.page(),
        "reference/profiles.md": profiles.page(),
        "reference/rfcs.md": rfcs.page(),
        "reference/senders.md": senders.page(),
        "reference/settings.md": settings.page(),
    }

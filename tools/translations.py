"""`make i18n`: export each addon's terms with Odoo's exporter, merge them into its translations."""

from . import addons, databases, odoo_process, paths
from .steps import run, say, step

LANGUAGES = ("zh_CN", "zh_TW")
DATES = ("POT-Creation-Date", "PO-Revision-Date")


def update():
    """Bring every addon's .pot and .po files up to date; report what is untranslated."""
    database = databases.addons_template()
    for name in addons.addons():
        with step(f"translations of {name}"):
            _export(database, name)
            for language in LANGUAGES:
                _merge(paths.ROOT / name / "i18n", name, language)


def _export(database, name):
    """Write `<addon>/i18n/<addon>.pot`, left as it was if nothing but its dates changed."""
    import polib

    target = paths.ROOT / name / "i18n" / f"{name}.pot"
    draft = paths.RUN / f"{name}.pot"
    command = odoo_process.command("i18n", "export", "-d", database, "-o", draft, name)
    run(command, f"i18n-{name}", env=odoo_process.environment())
    new = polib.pofile(str(draft), wrapwidth=0)
    if not target.exists() or _content(new) != _content(polib.pofile(str(target), wrapwidth=0)):
        target.parent.mkdir(exist_ok=True)
        draft.replace(target)
    draft.unlink(missing_ok=True)


def _content(catalogue):
    return [str(entry) for entry in catalogue]


def _merge(folder, name, language):
    """Add new terms, keep translations, drop obsolete ones."""
    import polib

    template = polib.pofile(str(folder / f"{name}.pot"))
    path = folder / f"{language}.po"
    catalogue = polib.pofile(str(path)) if path.exists() else polib.POFile()
    catalogue.metadata = {**template.metadata, **catalogue.metadata, "Language": language}
    catalogue.merge(template)
    for entry in catalogue.obsolete_entries():
        catalogue.remove(entry)
    catalogue.sort(key=lambda entry: entry.msgid)  # as oca-checks-po wants it
    catalogue.save(str(path))
    missing = len(catalogue.untranslated_entries()) + len(catalogue.fuzzy_entries())
    say(f"    {language}: {missing} of {len(catalogue)} terms untranslated")

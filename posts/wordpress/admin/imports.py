"""The desk: the page “Import from WordPress”."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from posts.wordpress import uploading
from posts.wordpress.converting.crediting import as_pattern
from posts.wordpress.models import Run
from posts.wordpress.uploading import MOST_BYTES, MOST_FILES, NotAnExport

SALT = "posts.wordpress.kept"
NO_ROOM = "The disk of the server took no more. Ask whoever keeps it, and try again."


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files at once: those of an export that came in parts."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        uploads = [super(ManyFilesField, self).clean(each) for each in data or [None]]
        return [upload for upload in uploads if upload]


class ImportForm(forms.Form):
    exports = ManyFilesField(
        label="Files of the export",
        required=False,
        widget=ManyFilesInput(attrs={"accept": ".xml,.zip,.gz"}),
        help_text="What “Tools, Export, All content” saved there: .xml, or a .zip or .xml.gz of it. If it came in "
        f"parts, choose all of them at once: at most {MOST_FILES} files, each of at most {MOST_BYTES // 1024**3} GB.",
    )
    archive = forms.FileField(
        label="Archive of the media",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".zip"}),
        help_text="If you have one: a .zip of the folder “uploads”. Pictures are looked for there first.",
    )
    fetch = forms.BooleanField(
        label="Fetch missing pictures from the old site",
        required=False,
        initial=True,
        help_text="One that cannot be had keeps its old address, and stands in the report.",
    )
    pattern = forms.CharField(
        label="Pattern of the source line",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"class": "vLargeTextField", "spellcheck": "false", "autocapitalize": "off"}),
        help_text="Leave it empty for closing lines such as “Source: NK News”, “Via NK News” and “(Source: NK News)”. "
        "Otherwise a regular expression with a group called “name”, as: Quelle: (?P<name>.+)",
    )
    is_rehearsal = forms.TypedChoiceField(
        label="What to do",
        choices=[
            ("yes", "Only tell what would happen: nothing is written"),
            ("no", "Import now"),
        ],
        initial="yes",
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user_id = user_id
        self.here = _unseal(self.data.get("kept", ""), user_id)  # came with the form before, which was refused

    def clean_exports(self) -> list[Any]:
        uploads = self.cleaned_data["exports"]
        if not uploads and not self.here.get("exports"):
            raise forms.ValidationError("Choose the file that the old blog’s export saved.")
        if len(uploads) > MOST_FILES:
            raise forms.ValidationError(f"These are more than {MOST_FILES} files: put them into one zip.")
        for upload in uploads:
            _check(upload, uploading.glance_at)
        return uploads

    def clean_archive(self) -> Any:
        upload = self.cleaned_data["archive"]
        if upload:
            _check(upload, uploading.glance_at_zip)
        return upload

    def clean_pattern(self) -> str:
        pattern = self.cleaned_data["pattern"]
        try:
            with warnings.catch_warnings(action="ignore"):
                names = re.compile(pattern).groupindex
        except (re.error, OverflowError, RecursionError) as error:
            raise forms.ValidationError(f"This is no regular expression: {error}.") from error
        if pattern and "name" not in names:
            raise forms.ValidationError("It has no group called “name”: write (?P<name>.+) where the outlet stands.")
        try:
            as_pattern(pattern)
        except ValueError as error:  # it could search for ever
            raise forms.ValidationError(str(error)) from error
        return pattern

    def keep_files(self) -> None:
        """Move what was sent and is good to where a task finds it; what was kept before and not sent anew, stays."""
        uploads = {name: _as_list(self.cleaned_data.get(name)) for name in ("exports", "archive")}
        folder = None
        for name, sent in uploads.items():
            if sent:
                folder = folder or _folder(self.here)
                self.here[name] = [str(path) for path in uploading.keep(sent, folder)]
                folder = Path(self.here[name][0]).parent

    @property
    def sealed(self) -> str:
        """What is kept, for the hidden field of the form that is shown again; nobody but its sender can use it."""
        return signing.dumps([self.user_id, self.here], salt=SALT) if self.here else ""

    def names_here(self, name: str) -> list[str]:
        return [Path(path).name for path in self.here.get(name, [])]

    def options(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "paths": self.here["exports"],
            "pattern": data["pattern"],
            "media_root": next(iter(self.here.get("archive", [])), ""),
            "is_rehearsal": data["is_rehearsal"],
            "fetch": data["fetch"],
        }


def _check(upload: Any, glance: Any) -> None:
    try:
        if upload.size > MOST_BYTES:
            raise NotAnExport(f"is larger than {MOST_BYTES // 1024**3} GB.")
        glance(upload)
    except NotAnExport as error:
        raise forms.ValidationError(f"“{upload.name}” {error}") from error


def _as_list(sent: Any) -> list[Any]:
    return sent if isinstance(sent, list) else [sent] if sent else []


def _folder(here: dict[str, list[str]]) -> Path | None:
    return next((Path(paths[0]).parent for paths in here.values()), None)


def _unseal(sealed: str, user_id: int) -> dict[str, list[str]]:
    """Return what was kept of the form before, as far as it is there still."""
    try:
        owner, here = signing.loads(sealed, salt=SALT, max_age=uploading.FORM_KEPT)
    except signing.BadSignature:
        return {}
    is_there = all(Path(path).is_file() for paths in here.values() for path in paths)
    return here if owner == user_id and is_there else {}


class ImportPage:
    """For the ModelAdmin of runs: to add one is to import."""

    admin_site: Any
    opts: Any
    log_addition: Any
    has_add_permission: Any

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        user: Any = request.user
        is_sent = request.method == "POST"
        form = ImportForm(request.POST if is_sent else None, request.FILES if is_sent else None, user_id=user.pk)
        if is_sent:
            is_valid = form.is_valid()
            try:
                form.keep_files()
            except OSError:
                form.add_error("exports", NO_ROOM)
                is_valid = False
            if is_valid:
                return self._begin(request, form)
        context = {
            **self.admin_site.each_context(request),
            "title": "Import from WordPress",
            "opts": self.opts,
            "form": form,
            "exports_here": form.names_here("exports"),
            "archive_here": form.names_here("archive"),
        }
        return TemplateResponse(request, "admin/wordpress/import.html", context)

    def _begin(self, request: HttpRequest, form: ImportForm) -> HttpResponse:
        run = begin(form.names_here("exports"), form.options(), request.user)
        self.log_addition(request, run, [{"added": {}}])
        return HttpResponseRedirect(reverse("admin:wordpress_run_change", args=[run.pk]))


def begin(files: list[str], options: dict[str, Any], user: Any) -> Run:
    """Order an import of files that are here; if another is on its way, it waits for that."""
    with transaction.atomic():
        run = Run.objects.create(by=user, files=files, options=options, is_background=True)
        if not Run.objects.open_before(run).exists():
            Run.objects.nudge(run.pk)
    return run

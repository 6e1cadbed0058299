"""The uploads, where no nginx serves them."""

import errno

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.static import serve


def uploaded_file(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve a file of MEDIA_ROOT. Raises Http404 where none has this name.

    Pictures were re-encoded on upload; a PDF from the old blog is as it came, and a browser's viewer keeps it apart
    from the site.
    """
    try:
        return serve(request, path, document_root=settings.MEDIA_ROOT)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:  # of letters the address has few enough; a file system counts bytes
            raise
        raise Http404("There is no such file.") from error

"""An address of every kind of page that readers see, on the site that the demo fills, and a look at each."""

from collections.abc import Callable, Iterator

from playwright.sync_api import BrowserContext, Route

from tests.browser.looking import faults

POST = "/2013/03/31/escape-from-north-korea-a-modern-refugee-crisis/"
MISSING = "/nothing/here/"

PAGES = [
    "/",
    "/page/3/",
    "/tag/",
    "/tag/north-korea/",
    "/tag/survivors/",
    "/category/",
    "/category/forced-labor/",
    "/source/",
    "/source/nk-news/",
    "/source/?country=KR",
    "/tag/?q=kor",
    "/tag/north-korea+china/",
    "/archive/",
    "/search/",
    "/search/?q=korea",
    "/search/?q=korae",
    "/search/suggest/?q=nor",
    "/2013/",
    "/2019/04/",
    "/reading/",
    "/safety/",
    "/corrections/",
    "/subscribe/",
    "/comments/privacy/",
    POST,
    "/2012/09/08/human-rights-of-north-korean-defectors-in-dire-straits/",
    "/about/",
    "/get-help/",
    "/get-help/?country=KR",
    "/get-help/?country=JP&language=ko",
    "/get-help/ko/",
    MISSING,
]


def looked_at(new_context: Callable[..., BrowserContext], *, scripts: bool = True) -> Iterator[str]:
    """Yield what is wrong with any of them, on a small screen and a large one, in light and in dark."""
    for width in (320, 1280):
        context = new_context(viewport={"width": width, "height": 800})
        if not scripts:
            # Axe is a script itself, so the browser has to run some: the site's own are empty.
            context.route("**/*.js", _empty)
        page = context.new_page()
        for address in PAGES:
            status = page.goto(address).status
            if status != (404 if address == MISSING else 200):
                yield f"{address}: {status}"
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                yield f"{address}: {wide} pixels wide on a screen of {width}"
            yield from (f"{address} at {width}: {fault}" for fault in faults(page))


def _empty(route: Route) -> None:
    route.fulfill(body="", content_type="text/javascript")

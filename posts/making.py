"""Synthetic posts for measuring: as many and as varied as a large watch has, and the same for the same seed.

What is made comes from the seed and the number of posts alone; what is in the database decides only which rows it
points to. Everything is written in bulk, past `Post.save()`, so this module fills the derived columns and rows itself,
as the models would.
"""

import datetime as dt
import uuid
from bisect import bisect
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice, product
from random import Random
from typing import Any

from django.db import connection, models
from django.utils.text import slugify

from posts.dating import site_date, start_of
from posts.life import State
from posts.models import Category, CategoryEntry, Post, Tag, TagAlias, TaggedPost
from posts.models.category import RESERVED_SLUGS
from posts.rendering import RENDERING_VERSION, cited, render_post
from sources.links.models import Link
from sources.models import Source, SourceAlias, host_of
from sources.naming import fold, propose_slug

FIRST_DAY, DAY_AFTER = dt.date(2010, 1, 1), dt.date(2026, 7, 1)
# The commonest tag is drawn for every fifth tagging; with a few tags a post, more than half of the posts carry it.
ZIPF_EXPONENT = 1.2
PARAGRAPHS = 600
MOST_TAGS, MOST_SOURCES = 10_000, 2_000

# --- Words

_NAMES = [
    "Kestrel", "Heron", "Saltmarsh", "Lantern", "Alder", "Juniper", "Granite", "Copper", "Willow", "Falcon",
    "Harbour", "Meridian", "Amber", "Thistle", "Rowan", "Cedar", "Osprey", "Beacon", "Flint", "Linden", "Marlow",
    "Pebble", "Quarry", "Tamarisk",
]  # fmt: skip
_FEATURES = ["Bay", "Point", "Vale", "Ford", "Island", "Crossing", "Heights", "Strand"]
_PLACES = [f"{name} {feature}" for name, feature in product(_NAMES, _FEATURES)]
_OUTLETS = [
    "Courier", "Ledger", "Gazette", "Monitor", "Wire", "Herald", "Radio", "Review", "Dispatch", "Observer",
    "Bulletin", "Tribune",
]  # fmt: skip
_WELL_KNOWN_TAGS = [
    "human trafficking", "forced labour", "north korea", "인신매매", "supply chains", "fishing", "refugees",
    "domestic work", "shelters", "wages", "recruitment fees", "passports", "강제 노동", "courts", "compensation",
    "brickmaking", "cocoa", "cotton", "construction", "seafarers", "inspectors", "탈북민", "border crossings",
    "police training", "hotlines", "schools", "budgets", "treaties", "palm oil", "garments",
]  # fmt: skip
_TOPICS = [
    "shelters", "wages", "recruiters", "inspections", "hearings", "hotlines", "harbours", "kilns", "mills", "farms",
    "orchards", "vineyards", "quarries", "mines", "garages", "laundries", "kitchens", "hotels", "nurseries",
    "schools", "clinics", "visas", "permits", "contracts", "passports", "debts", "brokers", "agencies", "unions",
    "volunteers", "judges", "prosecutors", "interpreters", "police", "coast guard", "customs", "ferries",
    "trawlers", "lorries", "railways", "warehouses", "auctions", "canneries", "greenhouses", "building sites",
    "car washes", "nail bars", "markets", "embassies", "councils", "budgets", "statutes", "treaties", "reports",
    "surveys", "courses", "posters", "films", "books", "helplines",
]  # fmt: skip
_CATEGORIES = (  # the name and that of the category above; those above come first
    ("Human Trafficking", ""),
    ("Awareness", ""),
    ("Forced Labor", ""),
    ("Fishing", "Forced Labor"),
    ("Supply Chains", "Forced Labor"),
    ("Domestic Work", "Forced Labor"),
    ("Law and Policy", ""),
    ("Courts", "Law and Policy"),
    ("Borders", "Law and Policy"),
    ("Survivors", ""),
    ("Health", "Survivors"),
    ("Research", ""),
)
_WHO = [
    "inspectors", "prosecutors", "researchers", "volunteers", "trade unions", "two ministries", "the coast guard",
    "former crew members", "lawyers for the workers", "a parliamentary committee", "teachers", "the labour court",
    "a group of survivors", "border officials", "shelter workers", "consular staff",
]  # fmt: skip
_DID = [
    "examined", "questioned", "described", "counted", "reported on", "published a study of",
    "asked for an inquiry into", "held a hearing on", "documented", "set out new rules for", "opened an office for",
    "warned about", "reviewed", "agreed to share records of",
]  # fmt: skip
_WHAT = [
    "unpaid wages", "withheld passports", "recruitment fees", "the conditions on fishing vessels",
    "a chain of labour agencies", "the housing of seasonal workers", "debts passed on to families",
    "calls to a national hotline", "forged contracts", "compensation claims", "the training of police officers",
    "visits to building sites", "the route across the border", "places in safe houses", "supplier audits",
    "the return of former detainees",
]  # fmt: skip
_AND_THEN = (
    "The figures cover {year} and the two years before.",
    "A first answer is expected within {count} weeks.",
    "Of {count} people who were interviewed, most had paid a broker.",
    "The report names no individual and can be read in full *at the outlet*.",
    "Officials said that {count} cases were still open.",
    "Nobody has been charged, and the company denies any part in it.",
    "“We were told that the papers would come later”, one of them said.",
    "An earlier account, from {year}, is [kept by the archive](https://archive.example/{year}/{count}/).",
    "The court adjourned after **{count} days** of hearings.",
    "The numbers are estimates and should be read as such.",
    "Families waited up to {count} months for news.",
    "The programme began in {year} and is paid for until next spring.",
)
_KOREAN_TITLES = (
    "어선 노동자 보호 대책 발표",
    "탈북 여성 쉼터에 대한 조사 결과",
    "인신매매 피해자 지원 확대",
    "강제 노동 실태 보고서 공개",
    "항만 합동 점검 실시",
)
_KOREAN_PARAGRAPHS = (
    "정부는 어선에서 일하는 노동자를 위한 새 대책을 발표했다. 여권을 압류하는 관행은 금지된다.",
    "조사에 응한 사람들은 대부분 중개인에게 돈을 냈다고 말했다. 보고서 전문은 *기관 누리집*에서 볼 수 있다.",
)


def tag_names(total: int) -> list[str]:
    """Return the names of the tags of so many posts, the commonest first: the same ones for every seed."""
    made = (f"{place} {topic}" for topic, place in product(_TOPICS, _PLACES))
    return [*_WELL_KNOWN_TAGS, *islice(made, MOST_TAGS)][: min(max(total // 10, 20), MOST_TAGS)]


def source_names(total: int) -> list[str]:
    names = [f"{place} {kind}" for kind, place in product(_OUTLETS, _PLACES)]
    return names[: min(max(total // 50, 5), MOST_SOURCES)]


# --- What is made


@dataclass(slots=True)
class MadeText:
    body: str = ""
    html: str = ""
    lead_html: str = ""


@dataclass(slots=True)
class MadePost:
    """All that a post says, and the names of all that it points to."""

    guid: str
    title: str
    slug: str
    state: State
    published_at: dt.datetime | None
    text: MadeText
    tags: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    source: str = ""
    address: str = ""


def made_guid(seed: int, number: int) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"htwatch:made-post:{seed}:{number}").urn


def made_posts(total: int, seed: int) -> Iterator[MadePost]:
    """Yield the posts in the order of their numbers, which is nearly that of their dates."""
    maker = _Maker(total, seed)
    return (maker.post(number) for number in range(1, total + 1))


class _Zipf:
    """Draws from a list by Zipf's law: its first items come up all the time, most of the others hardly ever."""

    def __init__(self, items: Sequence[str], chance: Random) -> None:
        self.items, self.chance = items, chance
        self.bounds = list(accumulate(rank**-ZIPF_EXPONENT for rank in range(1, len(items) + 1)))

    def draw(self) -> str:
        return self.items[bisect(self.bounds, self.chance.random() * self.bounds[-1], 0, len(self.items) - 1)]

    def several(self, most: int) -> list[str]:
        return list(dict.fromkeys(self.draw() for _ in range(most)))


class _Maker:
    def __init__(self, total: int, seed: int) -> None:
        # Seeded by a text: Random takes 1 and -1 for the same number.
        self.chance = Random(f"htwatch {seed}")  # noqa: S311  nothing secret is made here
        self.total, self.seed = total, seed
        self.tags = _Zipf(tag_names(total), self.chance)
        self.sources = _Zipf(source_names(total), self.chance)
        self.categories = _Zipf([name for name, _ in _CATEGORIES], self.chance)
        self.begin, self.end = start_of(FIRST_DAY), start_of(DAY_AFTER)
        # Rendering is the dear part: each block is rendered once, and a body's HTML is that of its blocks.
        self.paragraphs = [self._rendered(self._paragraph()) for _ in range(PARAGRAPHS)]
        self.specials = [self._rendered(self._special()) for _ in range(PARAGRAPHS // 10)]

    def post(self, number: int) -> MadePost:
        chance = self.chance
        guid = made_guid(self.seed, number)
        state = self._state()
        title = "" if chance.random() < 0.01 else self._title()
        post = MadePost(guid, title, "", state, None, self._text())
        if state != State.DRAFT:
            post.published_at = self._moment(number)
            # A part of the guid keeps it alone on its day, whatever else was published then.
            post.slug = f"{slugify(title, allow_unicode=True)[:180]}-{guid[-8:]}" if title else guid[-12:]
        post.tags = self.tags.several(chance.randint(2, 6))
        post.categories = self.categories.several(chance.randint(1, 2))
        if chance.random() >= 0.03:
            post.source = self.sources.draw()
            if chance.random() < 0.8:
                post.address = f"{source_home(post.source)}news/{guid.removeprefix('urn:uuid:')}"
        return post

    def _state(self) -> State:
        luck = self.chance.random()
        if luck < 0.01:
            return State.DRAFT
        return State.WITHDRAWN if luck < 0.015 else State.PUBLISHED

    def _moment(self, number: int) -> dt.datetime:
        """In the order of the numbers, give or take some days; one in fifty at any time, as clippings come in late.

        Whole minutes, so that some posts share their moment.
        """
        chance, days = self.chance, (self.end - self.begin).days
        day = chance.uniform(0, days) if chance.random() < 0.02 else (number - 0.5) * days / self.total
        moment = self.begin + dt.timedelta(minutes=int(24 * 60 * (day + chance.uniform(-3, 3))))
        return min(max(moment, self.begin), self.end - dt.timedelta(minutes=1))

    def _title(self) -> str:
        chance = self.chance
        if chance.random() < 0.01:
            return f"{chance.choice(_KOREAN_TITLES)} ({chance.randint(1, 999)})"
        who, did, what = chance.choice(_WHO), chance.choice(_DID), chance.choice(_WHAT)
        return f"{who[0].upper()}{who[1:]} in {chance.choice(_PLACES)} {did} {what}"

    def _text(self) -> MadeText:
        """Paragraphs, sometimes one block of another kind, seldom cut by <!--more-->, seldom nothing at all."""
        chance = self.chance
        if chance.random() < 0.005:
            return MadeText()
        blocks = chance.choices(self.paragraphs, k=chance.choice((1, 1, 2, 2, 2, 3, 4)))
        if chance.random() < 0.15:
            blocks.insert(chance.randint(0, len(blocks)), chance.choice(self.specials))
        cut = chance.randint(1, len(blocks)) if chance.random() < 0.03 else 0
        if not cut or cut == len(blocks):
            return MadeText(_body(blocks), _html(blocks))
        above, below = blocks[:cut], blocks[cut:]
        body = f"{_body(above)}\n\n<!--more-->\n\n{_body(below)}"
        return MadeText(body, f"{_html(above)}\n\n{_html(below)}", _html(above))

    def _rendered(self, block: str) -> tuple[str, str]:
        return block, render_post(block).html

    def _paragraph(self) -> str:
        chance = self.chance
        if chance.random() < 0.02:
            return chance.choice(_KOREAN_PARAGRAPHS)
        return " ".join([f"{self._title()}.", *(self._and_then() for _ in range(chance.randint(1, 6)))])

    def _and_then(self) -> str:
        return self.chance.choice(_AND_THEN).format(
            year=self.chance.randint(2001, 2025), count=self.chance.randint(3, 90)
        )

    def _special(self) -> str:
        """A block beside which a paragraph is read as a paragraph; two lists in a row would be read as one."""
        kind = self.chance.choice(("quote", "list", "heading", "table"))
        if kind == "quote":
            return f"> {self._paragraph()}"
        if kind == "list":
            return "\n".join(f"- {self._title()}" for _ in range(self.chance.randint(2, 5)))
        if kind == "heading":
            return f"## {self.chance.choice(_WHAT).capitalize()}"
        rows = "\n".join(f"| {place} | {self.chance.randint(1, 900)} |" for place in self.chance.sample(_PLACES, 3))
        return f"| Place | Cases |\n| --- | --- |\n{rows}"


def _body(blocks: Sequence[tuple[str, str]]) -> str:
    return "\n\n".join(text for text, _ in blocks)


def _html(blocks: Sequence[tuple[str, str]]) -> str:
    return "\n".join(html for _, html in blocks)


def source_home(name: str) -> str:
    return f"https://www.{slugify(name)}.example/"


# --- Where it goes

Row = tuple[Any, ...]  # values in the order of some columns, as the database takes them


class SeedIsUsedError(Exception):
    """These posts, or the pages that they cite, are there already."""


class Shelves:
    """The ids of all that so many posts point to, found by name (or by a name it once had) or made."""

    def __init__(self, total: int) -> None:
        self.tags = _find_or_make(Tag, TagAlias, tag_names(total), fallback="tag", columns=lambda name: {})
        self.sources = _find_or_make(
            Source, SourceAlias, source_names(total), fallback="outlet", columns=_source_columns
        )
        self.categories = _find_or_make_categories()
        self.ancestry = Category.objects.ancestry()


def _find_or_make(
    model: Any, alias: Any, names: Collection[str], *, fallback: str, columns: Callable[[str], dict[str, str]]
) -> dict[str, int]:
    """Return the ids of the tags or outlets with these names."""
    owner = f"{model._meta.model_name}_id"
    known = dict(alias.objects.exclude(name_key=None).values_list("name_key", owner))
    known |= dict(model.objects.values_list("name_key", "pk"))
    taken = {*model.objects.values_list("slug", flat=True), *alias.objects.values_list("slug", flat=True)}
    new = []
    for name in names:
        if fold(name) not in known:
            slug = propose_slug(name, fallback=fallback, taken=taken)
            taken.add(slug)
            new.append(model(name=name, name_key=fold(name), slug=slug, **columns(name)))
    known |= {row.name_key: row.pk for row in model.objects.bulk_create(new)}
    return {name: known[fold(name)] for name in names}


def _source_columns(name: str) -> dict[str, str]:
    return {"home_page": source_home(name), "host": host_of(source_home(name)), "language": "en"}


def _find_or_make_categories() -> dict[str, int]:
    found: dict[str, Category] = {}
    for name, above in _CATEGORIES:
        category = Category.objects.filter(name=name).order_by("path").first()
        if category is None:
            siblings = Category.objects.filter(parent=found.get(above)).values_list("slug", flat=True)
            slug = propose_slug(name, fallback="category", taken={*RESERVED_SLUGS, *siblings})
            category = Category.objects.create(name=name, slug=slug, parent=found.get(above))
        found[name] = category
    return {name: category.pk for name, category in found.items()}


def store(made: Sequence[MadePost], shelves: Shelves) -> None:
    """Write these posts with all that lists them, except the tallies. Raises SeedIsUsedError."""
    addresses = [post.address for post in made if post.address]
    if (
        Post.objects.filter(guid__in=[post.guid for post in made]).exists()
        or Link.objects.filter(address__in=addresses).exists()
    ):
        raise SeedIsUsedError
    links = Link.objects.bulk_create(_link(post, shelves) for post in made if post.address)
    link_ids = {link.address: link.pk for link in links}
    rows = Post.objects.bulk_create(_post(post, shelves, link_ids.get(post.address)) for post in made)
    tagged: list[Row] = []
    filed: list[Row] = []
    entered: list[Row] = []
    for post, row in zip(made, rows, strict=True):
        listed_at = post.published_at if post.state == State.PUBLISHED else None
        adapted = connection.ops.adapt_datetimefield_value(listed_at)
        # Two names may lead to one tag, after a merge.
        tagged += [(tag, row.pk, adapted) for tag in dict.fromkeys(shelves.tags[name] for name in post.tags)]
        categories = [shelves.categories[name] for name in post.categories]
        filed += [(category, row.pk) for category in categories]
        above = dict.fromkeys(shelf for category in categories for shelf in shelves.ancestry[category])
        entered += [(shelf, row.pk, adapted) for shelf in above]
    insert_rows(TaggedPost, ("tag_id", "content_object_id", "listed_at"), tagged)
    insert_rows(Post.categories.through, ("category_id", "post_id"), filed)
    insert_rows(CategoryEntry, ("category_id", "post_id", "listed_at"), entered)


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: list[Row]) -> None:
    """Insert plain rows in the quickest way the database has: there are six of these to a post."""
    quote = connection.ops.quote_name
    into = f"{quote(model._meta.db_table)} ({', '.join(quote(column) for column in columns)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            values = ", ".join("%s" for _ in columns)
            cursor.executemany(f"INSERT INTO {into} VALUES ({values})", rows)  # noqa: S608  names of our own models


def _link(post: MadePost, shelves: Shelves) -> Link:
    day = site_date(post.published_at) if post.published_at else DAY_AFTER
    return Link(
        source_id=shelves.sources[post.source],
        address=post.address,
        given_address=post.address,
        host=host_of(post.address),
        headline=post.title,
        published_on=day - dt.timedelta(days=1),
        retrieved_on=day,
        language="en",
    )


def _post(post: MadePost, shelves: Shelves, link_id: int | None) -> Post:
    return Post(
        guid=post.guid,
        title=post.title,
        slug=post.slug,
        body=post.text.body,
        body_html=cited(post.text.html, post.address),
        lead_html=cited(post.text.lead_html, post.address),
        rendering_version=RENDERING_VERSION,
        state=post.state,
        published_at=post.published_at,
        published_on=site_date(post.published_at) if post.published_at else None,
        source_id=shelves.sources[post.source] if post.source else None,
        link_id=link_id,
        is_quiet=True,
    )

"""What an export of a site like this keeps of its posts (see `ours`) comes into the database, many posts at a time."""

from collections.abc import Iterable, Mapping, Sequence

from django.apps import apps

from posts.models import AlsoReported, Category, Correction, FormerAddress, Image, Post, Tag, TagAlias
from posts.models.correction import render_corrections
from posts.models.tag import taken_slugs
from posts.wordpress.ours import Ours, OursOfCategory, OursOfImage, OursOfTag, Outlet, Page
from sources.links.canonical import canonical_address
from sources.links.models import Link, find_or_propose_source
from sources.models import Source, SourceAlias, host_of
from sources.naming import fold, propose_slug, tidy_name

Pair = tuple[Post, Ours]


def bring_pages(pairs: Sequence[Pair]) -> list[list[int]]:
    """Have posts that are not saved yet cite their outlet and their page, which are found, or made.

    Returns for each post the ids of the pages that reported the matter besides, in their order.
    """
    links = _links(_pages_of(pairs))
    outlets = _sources(ours.outlet for _, ours in pairs if ours.outlet)
    for post, ours in pairs:
        link = links.get(canonical_address(ours.page.address)) if ours.page else None
        if link:
            post.link, post.source = link, link.source
        elif ours.outlet:
            post.source = outlets[fold(ours.outlet.name)]
    return [_further(post, ours, links) for post, ours in pairs]


def bring_rest(pairs: Sequence[Pair], *, people: Mapping[str, int] | None = None) -> None:
    """Write what hangs on saved posts, in place of what hung on them: corrections, further reports, old addresses …

    `people` are the ids of users by their logins in the file.
    """
    if not pairs:
        return
    _bring_corrections(pairs)
    _bring_also(pairs)
    _bring_former_addresses(pairs)
    _bring_openings(pairs)
    for post, ours in pairs:
        post.created_at = ours.created_at or post.created_at
        post.updated_at = ours.updated_at or post.updated_at
        post.written_by_id = (people or {}).get(ours.written_by) or post.written_by_id
    columns = ["created_at", "updated_at", "written_by", "corrections_html"]
    Post.objects.bulk_update([post for post, _ in pairs], columns, batch_size=200)


def bring_words(image: Image, ours: OursOfImage) -> None:
    """Lay on a picture the words that it had where it came from; what somebody wrote here stays."""
    names = ("alt", "is_decorative", "caption", "credit", "licence", "notice")
    lacking = [name for name in names if getattr(ours, name) and not getattr(image, name)]
    for name in lacking:
        setattr(image, name, getattr(ours, name))
    image.is_decorative = image.is_decorative and not image.alt
    if lacking:
        image.save(update_fields=lacking)


def bring_outlet(outlet: Outlet) -> Source:
    """Return the outlet of this name, made if there is none, with its other names; what the desk knows of it stays."""
    source = _sources([outlet])[fold(outlet.name)]
    changed = [name for name in ("home_page", "country", "language", "description") if not getattr(source, name)]
    for name in changed:
        setattr(source, name, getattr(outlet, name))
    source.save()
    taken = {*SourceAlias.objects.exclude(slug="").values_list("slug", flat=True)}
    taken |= set(Source.objects.values_list("slug", flat=True))
    for name, slug in outlet.aliases:
        if Source.objects.named(name) is None:
            SourceAlias.objects.create(source=source, name=tidy_name(name), slug="" if slug in taken else slug)
            taken.add(slug)
    return source


def bring_category(ours: OursOfCategory) -> Category:
    """Return the category at this path, made if there is none; those above it are made too, under their slugs."""
    known = Category.objects.filter(path=ours.path).first()
    if known:
        return known
    above, _, slug = ours.path.rpartition("/")
    parent = bring_category(OursOfCategory(above, above.rpartition("/")[2])) if above else None
    return Category.objects.create(name=ours.name, slug=slug, parent=parent, description=ours.description)


def bring_tags(tags: Sequence[OursOfTag]) -> list[Tag]:
    """Return the tags of these names, made where there are none, with the names and addresses that lead to them."""
    found = _known_tags(fold(tag.name) for tag in tags)
    taken = taken_slugs()
    new: dict[str, Tag] = {}
    for each in tags:
        key = fold(each.name)
        if key not in found and key not in new:
            slug = fold(each.slug)
            slug = propose_slug(key, fallback="tag", taken=taken) if slug in taken else slug
            taken.add(slug)
            new[key] = Tag(name=tidy_name(each.name), name_key=key, slug=slug)
    found |= {tag.name_key: tag for tag in Tag.objects.bulk_create(new.values())}
    _bring_aliases([(found[fold(tag.name)], tag) for tag in tags], taken)
    return [found[fold(tag.name)] for tag in tags]


def _known_tags(keys: Iterable[str]) -> dict[str, Tag]:
    keys = list(keys)
    aliases = TagAlias.objects.filter(name_key__in=keys).select_related("tag")
    found = {str(alias.name_key): alias.tag for alias in aliases}
    return found | {tag.name_key: tag for tag in Tag.objects.filter(name_key__in=keys)}


def _bring_aliases(pairs: Sequence[tuple[Tag, OursOfTag]], taken: set[str]) -> None:
    """A name or an address that leads somewhere already goes on leading there."""
    known = set(_known_tags(fold(name) for _, ours in pairs for name, *_ in ours.aliases))
    rows = []
    for tag, ours in pairs:
        for name, slug, leads, is_synonym in ours.aliases:
            key = fold(name) if leads and fold(name) not in known else None
            free = slug if slug and slug not in taken else None
            if key or free:
                rows.append(TagAlias(tag=tag, name=tidy_name(name), name_key=key, slug=free, is_synonym=is_synonym))
                known.add(key or "")
                taken.add(free or "")
    TagAlias.objects.bulk_create(rows)


# --- Outlets and their pages


def _pages_of(pairs: Iterable[Pair]) -> list[Page]:
    return [page for _, ours in pairs for page in (ours.page, *ours.also) if page]


def _sources(outlets: Iterable[Outlet]) -> dict[str, Source]:
    """Return the outlets of these names, or that have one of them as another name, by folded name."""
    wanted = {fold(outlet.name): outlet for outlet in outlets}
    aliases = SourceAlias.objects.filter(name_key__in=wanted).select_related("source")
    found = {alias.name_key: alias.source for alias in aliases}
    found |= {source.name_key: source for source in Source.objects.filter(name_key__in=wanted)}
    for key, outlet in wanted.items():
        if key not in found:
            found[key] = _made(outlet)
    return found


def _made(outlet: Outlet) -> Source:
    is_taken = (
        Source.objects.filter(slug=outlet.slug).exists() or SourceAlias.objects.filter(slug=outlet.slug).exists()
    )
    source = Source(
        name=tidy_name(outlet.name),
        slug="" if is_taken else outlet.slug,
        home_page=outlet.home_page,
        country=outlet.country,
        language=outlet.language,
        description=outlet.description,
    )
    source.save()
    return source


def _links(pages: Iterable[Page]) -> dict[str, Link]:
    """Return the pages by canonical address; those that nobody knows are made with all that is told of them."""
    wanted = {canonical_address(page.address): page for page in pages}
    found = _known_links(wanted)
    new = {address: page for address, page in wanted.items() if address not in found}
    sources = _sources(page.outlet for page in new.values() if page.outlet)
    rows = [_link(address, page, sources) for address, page in new.items()]
    Link.objects.bulk_create(rows)
    return found | {row.address: row for row in rows}


def _known_links(addresses: Iterable[str]) -> dict[str, Link]:
    rows = Link.objects.filter(address__in=list(addresses)).select_related("source")
    return {row.address: row for row in rows}


def _link(address: str, page: Page, sources: Mapping[str, Source]) -> Link:
    source = sources[fold(page.outlet.name)] if page.outlet else find_or_propose_source(address)
    if source.pk is None:
        source.save()
    link = Link(
        source=source,
        address=address,
        given_address=page.address,
        host=host_of(address),
        headline=page.headline,
        byline=page.byline,
        published_on=page.published_on,
        language=page.language,
    )
    if page.retrieved_on:
        link.retrieved_on = page.retrieved_on
    return link


# --- What hangs on a post


def _bring_corrections(pairs: Sequence[Pair]) -> None:
    Correction.objects.filter(post__in=[post.pk for post, _ in pairs]).delete()
    rows = [
        Correction(post=post, text=text, made_at=made_at) for post, ours in pairs for text, made_at in ours.corrections
    ]
    Correction.objects.bulk_create(rows)
    for post, _ in pairs:
        post.corrections_html = render_corrections(row for row in rows if row.post_id == post.pk)


def _bring_also(pairs: Sequence[Pair]) -> None:
    links = _links(_pages_of(pairs))
    AlsoReported.objects.filter(post__in=[post.pk for post, _ in pairs]).delete()
    rows = []
    for post, ours in pairs:
        pages = _further(post, ours, links)
        rows += [AlsoReported(post=post, link_id=pk, position=position) for position, pk in enumerate(pages)]
    AlsoReported.objects.bulk_create(rows)


def _further(post: Post, ours: Ours, links: Mapping[str, Link]) -> list[int]:
    pages = dict.fromkeys(links[canonical_address(page.address)].pk for page in ours.also)
    return [pk for pk in pages if pk != post.link_id]


def _bring_former_addresses(pairs: Sequence[Pair]) -> None:
    """An address at which another post stands, or that leads to one already, is left to it."""
    wanted = {(day, slug): post for post, ours in pairs for day, slug in ours.former}
    days = {day for day, _ in wanted}
    taken = set(Post.objects.filter(published_on__in=days).values_list("published_on", "slug"))
    taken |= set(FormerAddress.objects.filter(published_on__in=days).values_list("published_on", "slug"))
    FormerAddress.objects.bulk_create(
        FormerAddress(published_on=day, slug=slug, post=post)
        for (day, slug), post in wanted.items()
        if (day, slug) not in taken
    )


def _bring_openings(pairs: Sequence[Pair]) -> None:
    if not apps.is_installed("posts.comments"):
        return
    from posts.comments.models import Discussion  # noqa: PLC0415  comments can be taken out

    Discussion.objects.filter(post__in=[post.pk for post, _ in pairs]).delete()
    Discussion.objects.bulk_create(Discussion(post=post, opening=ours.opening) for post, ours in pairs if ours.opening)

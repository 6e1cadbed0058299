"""The demo is the old blog's page, and more."""

import tomllib

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from posts.management.commands.demo import DEMO_DIR
from posts.models import Image, Post
from tests.factories import make_source
from tests.posts.test_views import part

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


TITLES = [
    "Escape from North Korea: A Modern Refugee Crisis",
    "Human Trafficking of North Korean Women",
    "February 17, 2013",
    "The Underground Railroad from North Korea to Freedom",
    "Human Rights of North Korean Defectors in Dire Straits",
    "North Korea: Human Traffickers and the Chinese Market for Brides",
    "U.S. Names N. Korea One of Worst Countries of Human Trafficking",
    "S. Korean embassy staff add to NK defectors’ blues",
    "U.S. Adds Syria to List of Nations Failing to Combat Human Trafficking",
    "N. Korea’s human rights condition ‘extremely poor,’ U.S. gov’t",
]
BYLINES = [
    "In Awareness, Forced Labor, Forced marriage, Human Trafficking, Sex Trafficking on March 31, 2013 at 3:17 pm",
    "In Awareness, Forced marriage, Human Trafficking, Sex Trafficking on February 19, 2013 at 9:52 am",
    "In Human Trafficking on February 17, 2013 at 8:53 am",
    "In Human Trafficking on October 20, 2012 at 2:53 pm",
    "In Awareness, Human Trafficking on September 8, 2012 at 3:31 pm",
    "In Awareness, Forced marriage, Human Trafficking, Sex Trafficking on August 21, 2012 at 2:10 pm",
    "In Awareness, Forced Labor, Forced marriage, Human Trafficking, Sex Trafficking on June 27, 2012 at 9:39 am",
    "In Forced marriage, Human Trafficking, Sex Trafficking on June 21, 2012 at 2:08 pm",
    "In Human Trafficking on June 21, 2012 at 8:43 am",
    "In Forced Labor, Human Trafficking on May 28, 2012 at 2:43 pm",
]
SOURCES = [
    "The International", "NK News", "Council on Foreign Relations", "ISN Blog", "The Daily Beast", "Arirang News",
    "Korea Times", "New York Times", "Yonhap News",
]  # fmt: skip


def test_the_tag_page_is_that_of_the_old_blog(client):
    call_command("demo")
    page = client.get("/tag/north-korea/").content.decode()
    assert "Posts Tagged ‘north korea’" in page
    assert part(page, "post-title") == TITLES
    assert part(page, "post-meta") == BYLINES
    assert part(page, "post-source") == [f"Source: {source}" for source in SOURCES]


def test_the_bylines_are_those_of_the_old_blog_in_every_time_zone(client, settings):
    settings.TIME_ZONE = "Asia/Seoul"
    call_command("demo")
    assert part(client.get("/tag/north-korea/").content.decode(), "post-meta") == BYLINES


def test_it_tells_how_to_log_in(client, capsys):
    call_command("demo")
    *_, name, _, _, _, password = capsys.readouterr().out.split()
    assert client.login(username=name, password=password)
    assert client.get("/admin/posts/post/add/").status_code == 200
    call_command("demo", if_empty=True)
    assert password in capsys.readouterr().out
    user = User.objects.get(username=name)
    user.set_password("another")
    user.save()
    call_command("demo", if_empty=True)
    assert "has another password by now" in capsys.readouterr().out


def test_a_database_that_holds_anything_is_left_alone():
    make_source()
    with pytest.raises(CommandError, match="not empty"):
        call_command("demo")
    call_command("demo", if_empty=True)
    assert not Post.objects.exists()


def test_nothing_real_is_said_of_invented_outlets():
    content = tomllib.loads((DEMO_DIR / "content.toml").read_text())
    invented = [post for post in content["posts"] if "north korea" not in post["tags"]]
    assert len(invented) >= 40
    assert not {post["source"] for post in invented} & set(SOURCES)
    for post in invented:
        assert ".example/" in post.get("address", "https://x.example/")
    [about] = [page for page in content["pages"] if page["url"] == "/about/"]
    assert "invented" in about["body"]


def test_its_pictures_have_caption_and_credit(client):
    call_command("demo")
    assert Image.objects.exclude(caption="").exclude(credit="").exclude(alt="").count() == 2
    post = Post.objects.filter(body__contains="/media/").first()
    page = client.get(post.get_absolute_url()).content.decode()
    assert "<figcaption>" in page
    assert 'loading="lazy"' in page


def test_posts_at_every_stage_lie_on_the_desk():
    call_command("demo")
    assert set(Post.objects.values_list("state", flat=True)) == {"draft", "review", "published", "withdrawn"}
    assert Post.objects.filter(state="review", is_sensitive=True, notes__isnull=False).exists()
    assert any(post.is_scheduled for post in Post.objects.filter(state="published"))
    assert "We had first written seven" in Post.objects.get(corrections__isnull=False).corrections_html

"""What addresses of the old blog say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posts.wordpress.paths import old_path, reduced, spellings, unwrapped, upload_addresses, upload_path

BLOG = "https://oldblog.example"
BOAT = "2013/03/boat.jpg"


@pytest.mark.parametrize(
    "url",
    [
        f"{BLOG}/wp-content/uploads/2013/03/boat.jpg",
        "http://www.oldblog.example/wp-content/uploads/2013/03/boat.jpg?w=300&h=200#top",
        f"{BLOG}/wp-content/uploads/2013/03/boat-300x200.jpg",
        f"{BLOG}/wp-content/uploads/2013/03/boat-scaled.jpg",
        f"{BLOG}/wp-content/uploads/2013/03/boat-rotated-300x200.jpg",
        f"{BLOG}/wp-content/uploads/2013/03/boat-e1398765432100-300x200.jpg",
        f"{BLOG}/wp-content/uploads/2013/03/boat-300x200@2x.jpg",
        f"{BLOG}/wp-content/uploads/2013/03/boat.thumbnail.jpg",
        f"{BLOG}/wp-content/uploads/2013/03/boat.jpg.webp",
        f"{BLOG}/blog/wp-content/uploads//2013/03//boat.jpg",
        f"{BLOG}/wp-content/uploads/sites/3/2013/03/boat.jpg",
        f"{BLOG}/wp-content/blogs.dir/3/files/2013/03/boat.jpg",
        f"{BLOG}/files/2013/03/boat.jpg",
        "https://oldblog.files.wordpress.com/2013/03/boat.jpg?w=300",
        "//oldblog.files.wordpress.com/2013/03/boat.jpg",
        "https://i0.wp.com/oldblog.files.wordpress.com/2013/03/boat.jpg?resize=300%2C200&ssl=1",
        "https://i2.wp.com/oldblog.example/wp-content/uploads/2013/03/boat-300x200.jpg",
        "/wp-content/uploads/2013/03/boat.jpg",
        "wp-content/uploads/2013/03/boat.jpg",
        "  https://oldblog.example/WP-Content/Uploads/2013/03/%62oat.jpg ",
    ],
)
def test_an_upload_is_the_same_in_every_spelling_of_its_address(url):
    assert upload_path(url) == BOAT


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (f"{BLOG}/wp-content/uploads/boat.jpg", "boat.jpg"),
        (f"{BLOG}/wp-content/uploads/maps/river.pdf", "maps/river.pdf"),
        (f"{BLOG}/wp-content/uploads/2013/03/%ED%83%88%EB%B6%81.jpg", "2013/03/탈북.jpg"),
        (f"{BLOG}/wp-content/uploads/2013/03/cafe%CC%81.jpg", "2013/03/café.jpg"),
        (f"{BLOG}/wp-content/uploads/2013/03/a%00b.jpg", "2013/03/ab.jpg"),
        (f"{BLOG}/wp-content/uploads/2013/03/-300x200.jpg", "2013/03/-300x200.jpg"),
        (f"{BLOG}/wp-content/uploads/2013/03/README", "2013/03/README"),
    ],
)
def test_odd_names_are_read_as_they_were_meant(url, path):
    assert upload_path(url) == path


@pytest.mark.parametrize(
    "url",
    [
        "", "/", BLOG, f"{BLOG}/2013/03/31/boat/", f"{BLOG}/files/boat.jpg", f"{BLOG}/wp-content/uploads/2013/03/",
        f"{BLOG}/wp-content/uploads/../../wp-config.php", f"{BLOG}/wp-content/uploads/%2e%2e/x.jpg",
        "https://oldblog.files.wordpress.com/boat.jpg", "https://i0.wp.com/", "http://[::1", "mailto:a@b.example",
        f"{BLOG}/wp-content/themes/x/boat.jpg",
    ],
)  # fmt: skip
def test_these_are_no_uploads(url):
    assert upload_path(url) is None


def test_a_name_that_ends_like_a_copy_can_be_asked_for_as_it_is():
    url = f"{BLOG}/wp-content/uploads/2013/03/poster-300x200.jpg"
    assert upload_path(url, exact=True) == "2013/03/poster-300x200.jpg"
    assert upload_path(url) == "2013/03/poster.jpg"


def test_an_upload_that_a_text_names_may_be_stored_under_another_name():
    found = spellings("2013/03/screen-1920x1080-300x200.jpg")
    assert found[:3] == [
        "2013/03/screen-1920x1080-300x200.jpg", "2013/03/screen-1920x1080.jpg", "2013/03/screen.jpg"
    ]  # fmt: skip
    assert "2013/03/screen-scaled.jpg" in found


def test_a_broker_shows_what_stands_elsewhere():
    assert unwrapped("https://i1.wp.com/nk.example/a.jpg?w=3") == "https://nk.example/a.jpg"
    assert unwrapped("https://nk.example/a.jpg?w=3") == "https://nk.example/a.jpg?w=3"


def test_a_text_names_uploads_in_markup_shortcodes_and_blocks():
    text = (
        f'<a href="{BLOG}/wp-content/uploads/2013/03/boat.jpg">'
        f"<img src='{BLOG}/wp-content/uploads/2013/03/boat-3x2.jpg'"
        f' srcset="{BLOG}/wp-content/uploads/2013/03/a-1x1.jpg 1w, {BLOG}/wp-content/uploads/2013/03/b.jpg 2w"></a>'
        '[audio mp3="/wp-content/uploads/2013/03/song.mp3"][/audio] See /wp-content/uploads/my%20map.pdf.'
        r'<!-- wp:file {"href":"https:\/\/oldblog.example\/files\/2013\/03\/c.pdf"} -->'
        '<img src="https://oldblog.files.wordpress.com/2013/03/two words &amp; more.jpg?w=3&amp;h=2">'
        f'<a href="{BLOG}/2013/03/31/a-post/">A post</a>'
    )
    assert {upload_path(url, exact=True) for url in upload_addresses(text)} >= {
        "2013/03/boat.jpg", "2013/03/boat-3x2.jpg", "2013/03/a-1x1.jpg", "2013/03/b.jpg", "2013/03/song.mp3",
        "my map.pdf", "2013/03/c.pdf", "2013/03/two words & more.jpg",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("link", "path"),
    [
        (f"{BLOG}/2013/03/31/Escape/", "/2013/03/31/escape"),
        (f"{BLOG}/2013/03/31/Escape?share=x#more", "/2013/03/31/escape"),
        (f"{BLOG}/2013/03/31/%ED%83%88%EB%B6%81/", "/2013/03/31/탈북"),
        (f"{BLOG}/2013/03/31/%e1%84%90%e1%85%a1/", "/2013/03/31/타"),
        (f"{BLOG}//about///us/", "/about/us"),
        ("/about", "/about"),
        (f"{BLOG}/about/%C2%A0", "/about"),
        (f"{BLOG}/?p=12", ""),
        (f"{BLOG}/?page_id=12", ""),
        (BLOG, ""),
        ("", ""),
        ("http://[::1", ""),
    ],
)
def test_an_old_permalink_is_known_by_its_path(link, path):
    assert old_path(link) == path


@given(st.text())
def test_no_text_raises(text):
    for url in (text, f"https://{text}", f"{BLOG}/wp-content/uploads/{text}", f"https://i0.wp.com/{text}"):
        path = upload_path(url)
        assert path is None or (".." not in path.split("/") and "\0" not in path and not path.startswith("/"))
        assert "\0" not in old_path(url)
        reduced(url)
        spellings(url)
        upload_addresses(url)


@given(st.from_regex(r"\A20\d\d/\d\d/[a-z0-9-]{1,20}\.(jpg|png)\Z"))
def test_what_a_path_is_reduced_to_is_reduced_no_more(path):
    assert reduced(reduced(path)) == reduced(path)
    assert reduced(path) in spellings(path)

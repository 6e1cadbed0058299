"""What is known of the old blog's uploads."""

import pickle

import pytest

from posts.wordpress.converting.old_files import NO_FILES, File, files_from, key_of, keys_in, numbers_in

BOAT = File("/media/images/2026/01/ab-800x600.jpg", alt="A boat", is_here=True, number=7)
OLD = "https://oldblog.example/wp-content/uploads/2013/03/boat.jpg"


@pytest.mark.parametrize(
    "address",
    [
        OLD,
        "http://oldblog.example/wp-content/uploads/2013/03/boat.jpg",
        "//www.oldblog.example/wp-content/uploads/2013/03/boat.jpg",
        "/wp-content/uploads/2013/03/boat.jpg",
        OLD + "?w=300&h=200",
        OLD.replace("boat", "boat-300x200"),
        OLD.replace("boat", "boat-scaled"),
        OLD.replace("boat", "boat@2x"),
        OLD.replace("boat", "boat.thumbnail"),
        "https://oldblog.files.wordpress.com/2013/03/boat.jpg?w=300",
        "http://oldblog.wordpress.com/files/2013/03/boat.jpg",
        "https://i0.wp.com/oldblog.example/wp-content/uploads/2013/03/boat.jpg?fit=300%2C200&ssl=1",
        "https://i2.wp.com/oldblog.files.wordpress.com/2013/03/boat-300x200.jpg",
        "https://oldblog.example/wp-content/uploads/sites/3/2013/03/boat.jpg",
        "https://oldblog.example/wp-content/blogs.dir/3/files/2013/03/boat.jpg",
        f" {OLD} ",
    ],
)
def test_an_upload_is_known_under_all_its_addresses(address):
    files = files_from([(OLD, BOAT)], hosts=["oldblog.example", "oldblog.wordpress.com"])
    assert files.by_address(address) is BOAT


@pytest.mark.parametrize(
    "address",
    [
        "https://other.example/wp-content/uploads/2013/03/boat.jpg",
        "https://other.files.wordpress.com/2013/03/boat.jpg",
        "https://i0.wp.com/other.example/wp-content/uploads/2013/03/boat.jpg",
        OLD.replace("03", "04"),
        OLD.replace("boat", "boats"),
        "http://[",
        "",
        "https://oldblog.example",
        "data:image/png;base64,AAAA",
    ],
)
def test_other_files_are_not_taken_for_it(address):
    assert files_from([(OLD, BOAT)], hosts=["oldblog.example"]).by_address(address) is None


def test_a_picture_that_is_itself_called_by_a_size_is_found_by_its_own_name():
    small = File("/media/small.jpg", is_here=True)
    files = files_from([(OLD, BOAT), (OLD.replace("boat", "boat-300x200"), small)])
    assert files.by_address(OLD.replace("boat", "boat-300x200")) is small
    assert files.by_address(OLD.replace("boat", "boat-150x150")) is BOAT


def test_a_copy_of_a_scaled_picture_is_the_picture():
    files = files_from([(OLD.replace("boat", "boat-scaled"), BOAT)])
    for name in ("boat", "boat-300x200", "boat-scaled"):
        assert files.by_address(OLD.replace("boat", name)) is BOAT


def test_names_in_other_scripts_are_found_written_either_way():
    files = files_from([("https://oldblog.example/wp-content/uploads/2013/03/%EB%B6%81%ED%95%9C.jpg", BOAT)])
    assert files.by_address("https://oldblog.example/wp-content/uploads/2013/03/북한-300x200.jpg") is BOAT


def test_files_outside_of_dated_folders_are_known_too():
    files = files_from([("https://oldblog.example/wp-content/uploads/boat.jpg", BOAT)])
    assert files.by_address("http://oldblog.example/wp-content/uploads/boat-300x200.jpg") is BOAT


def test_files_are_known_by_their_number_and_by_their_post():
    other = File("https://oldblog.example/x.jpg", number=8)
    files = files_from([(OLD, BOAT)], attached=[other])
    assert files.by_number(7) is BOAT
    assert files.by_number(8) is other
    assert files.by_number(9) is None
    assert files.children() == [other]
    assert NO_FILES.by_address(OLD) is None


def test_what_is_known_travels_to_other_processes():
    files = files_from([(OLD, BOAT)])
    assert pickle.loads(pickle.dumps(files)) == files  # noqa: S301


def test_what_a_text_may_need_is_told_beforehand():
    text = f'<img class="wp-image-7" src="{OLD.replace("boat", "boat-300x200")}?w=3">[gallery ids="1, 2"]' + (
        '<!-- wp:gallery {"ids":[3,4]} --><!-- wp:image {"id":5} -->[caption id="attachment_6"]'
    )
    assert key_of(OLD) in keys_in(text)
    assert numbers_in(text) == {1, 2, 3, 4, 5, 6, 7}

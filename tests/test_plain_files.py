"""What somebody else may have put into a folder is not followed, waited for or swallowed whole."""

import os

import pytest

from vnl_core.plain_files import NotTrusted, first_fault, open_plain, plain_file, read_plain


def test_a_plain_file_is_read_written_and_appended_to(tmp_path):
    path = tmp_path / "file"
    with plain_file(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND) as file:
        file.write(b"one")
    with plain_file(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND) as file:
        file.write(b" two")
    assert read_plain(path) == b"one two"
    with plain_file(path, os.O_WRONLY | os.O_TRUNC) as file:
        file.write(b"3")
    assert read_plain(path) == b"3"


@pytest.mark.parametrize("flags", [os.O_RDONLY, os.O_RDWR, os.O_WRONLY | os.O_CREAT | os.O_TRUNC])
def test_a_link_is_not_followed(tmp_path, flags):
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (tmp_path / "link").symlink_to(secret)
    with pytest.raises(NotTrusted, match="link is a link to another place"):
        open_plain(tmp_path / "link", flags)
    assert secret.read_bytes() == b"secret"


def test_a_link_to_nothing_makes_nothing(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "new")
    with pytest.raises(NotTrusted):
        open_plain(tmp_path / "link", os.O_WRONLY | os.O_CREAT)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("flags", [os.O_RDONLY, os.O_WRONLY])
def test_a_pipe_is_refused_at_once(tmp_path, flags):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotTrusted, match="pipe is a pipe"):
        open_plain(tmp_path / "pipe", flags)


def test_a_file_is_read_up_to_its_limit(tmp_path):
    path = tmp_path / "huge"
    path.touch()
    os.truncate(path, 1 << 40)  # of which nothing is stored
    with pytest.raises(NotTrusted, match="1,099,511,627,776 bytes"):
        read_plain(path)


def test_the_first_fault_of_a_folder_is_named_by_its_place(tmp_path):
    (tmp_path / "run" / "a" / "b").mkdir(parents=True)
    assert first_fault(tmp_path / "run") == ""
    (tmp_path / "run" / "a" / "b" / "key").symlink_to("/etc/hostname")
    assert first_fault(tmp_path / "run") == "run/a/b/key is a link to another place."
    assert first_fault(tmp_path / "run", depth=1) == ""
    (tmp_path / "link").symlink_to(tmp_path / "run")
    assert first_fault(tmp_path / "link") == "link is a link to another place."

import gzip
import http.client
import io
import json
import socket
import threading
import time
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import uvicorn
from PIL import Image
from starlette.applications import Starlette

from vnl_core.config import Empty, SceneConfig, Walls
from vnl_core.scene.cache import built
from vnl_core.ui.server.routes import ROUTES, camera_url, file_url, viewer_url

VIDEO = bytes(range(256)) * 8


@pytest.fixture(scope="module")
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    app = Starlette(routes=ROUTES)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=number, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield number
    server.should_exit = True
    thread.join()


@pytest.fixture
def get(port):
    def request(path, method="GET", body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request(method, path, body, headers=headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response, body

    return request


@pytest.fixture
def media(tmp_path, monkeypatch):
    runs = tmp_path / "runs"
    folder = runs / "ant-1" / "media"
    folder.mkdir(parents=True)
    (folder / "000000000000.mp4").write_bytes(VIDEO)
    (runs / "ant-1" / "config.json").write_text("{}")
    (runs / ".hidden.mp4").write_bytes(VIDEO)
    (tmp_path / "secret.mp4").write_bytes(VIDEO)
    (folder / "leads-out.mp4").symlink_to(tmp_path / "secret.mp4")
    monkeypatch.setenv("VNL_RUNS_DIR", str(runs))
    return folder / "000000000000.mp4"


def test_health(get):
    response, body = get("/healthz")
    assert response.status == 200
    assert json.loads(body) == {"status": "ok"}


def test_a_video_is_served_whole_in_part_and_by_its_head(get, media):
    url = file_url(media)
    response, body = get(url)
    assert (response.status, body) == (200, VIDEO)
    assert response.headers["content-type"] == "video/mp4"

    response, body = get(url, Range="bytes=100-199")
    assert (response.status, body) == (206, VIDEO[100:200])
    assert response.headers["content-range"] == f"bytes 100-199/{len(VIDEO)}"

    response, body = get(url, "HEAD")
    assert (response.status, body) == (200, b"")
    assert int(response.headers["content-length"]) == len(VIDEO)


def test_a_download_is_saved_under_a_telling_name(get, media):
    response, _ = get(file_url(media, download=True))
    assert response.headers["content-disposition"].startswith("attachment")
    assert "media-000000000000.mp4" in response.headers["content-disposition"]


def test_a_video_made_anew_has_another_address(media):
    before = file_url(media)
    media.write_bytes(VIDEO * 2)
    assert file_url(media) != before


@pytest.mark.parametrize(
    "path",
    [
        "../secret.mp4",
        "ant-1/../../secret.mp4",
        "ant-1%2f..%2f..%2fsecret.mp4",
        "..%2fsecret.mp4",
        "ant-1//media/000000000000.mp4",
        "ant-1/media/leads-out.mp4",
        "ant-1/config.json",
        ".hidden.mp4",
        "ant-1/media",
        "ant-1/media/none.mp4",
        "%00.mp4",
        "",
    ],
)
def test_nothing_else_is_served(get, media, path):
    response, body = get(f"/files/{path}")
    assert response.status in (400, 404)
    assert VIDEO not in body


def test_the_3d_view_gets_the_scene_of_its_link(get):
    walls = SceneConfig(corridor_length=12.0, arena=Walls(wall_height=0.5))
    link = parse_qs(urlsplit(viewer_url(scene=walls)).query)
    assert "motion" not in link
    response, body = get(link["scene"][0])
    assert response.status == 200
    response, pressed = get(link["scene"][0], **{"Accept-Encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert gzip.decompress(pressed) == body
    other = parse_qs(urlsplit(viewer_url(scene=walls.changed(arena="empty"))).query)
    geoms = len(json.loads(body)["geoms"])
    assert geoms > len(json.loads(get(other["scene"][0])[1])["geoms"])


def test_a_browser_that_has_a_scene_is_not_sent_it_again(get):
    url = parse_qs(urlsplit(viewer_url(scene=SceneConfig(arena=Empty()))).query)["scene"][0]
    tag = get(url)[0].headers["etag"]
    response, body = get(url, **{"If-None-Match": tag})
    assert (response.status, body) == (304, b"")
    other = parse_qs(urlsplit(viewer_url(scene=SceneConfig(arena=Walls()))).query)["scene"][0]
    assert get(other, **{"If-None-Match": tag})[0].status == 200


def test_a_camera_of_a_design_gives_its_picture(get):
    scene = SceneConfig(arena=Empty(), corridor_length=12.0)
    response, side = get(camera_url(scene, 0))
    assert (response.status, response.headers["content-type"]) == (200, "image/jpeg")
    pixels = np.asarray(Image.open(io.BytesIO(side)))
    assert pixels.shape == (240, 320, 3)
    assert pixels.std() > 20
    assert get(camera_url(scene, -1))[1] != side
    assert get(camera_url(scene, 99))[0].status == 404
    assert get("/view/camera.jpg?preset=ant-easy")[0].status == 404


def test_a_walker_is_moved_by_hand(get):
    empty = SceneConfig(arena=Empty(), corridor_length=12.0)
    url = parse_qs(urlsplit(viewer_url(scene=empty)).query)["move"][0]
    qpos = built(empty).qpos.tolist()
    response, body = get(url, "POST", json.dumps({"qpos": qpos, "steps": 10}))
    assert response.status == 200
    assert json.loads(body)["qpos"] != qpos
    response, body = get(url, "POST", json.dumps({"qpos": [1.0]}))
    assert response.status == 400
    assert "the scene's has 15" in json.loads(body)["error"]
    assert get(url, "POST", "{")[0].status == 400
    assert get(url, "POST", b" " * 2_000_000)[0].status == 413


def test_a_link_opens_at_a_moment_beside_a_second_episode(media):
    first, second = media.with_name("a.h5"), media.with_name("b.h5")
    first.touch()
    second.touch()
    words = parse_qs(urlsplit(viewer_url(trajectory=first, ghost=second, time=1.5)).query)
    assert words["time"] == ["1.5"]
    assert "a.h5" in words["motion"][0]
    assert "b.h5" in words["ghost"][0]
    assert "move" not in words


def test_the_3d_view_refuses_a_broken_link(get, media):
    assert get("/view/scene.json?preset=ant-easy&design=???")[0].status == 400
    assert get("/view/scene.json?file=ant-1/media/000000000000.mp4")[0].status == 404
    assert get("/view/motion.bin?file=../secret.mp4")[0].status == 404
    assert get("/view/motion.bin")[0].status == 404


def test_plotly_comes_from_this_machine(get):
    response, body = get("/assets/plotly.min.js")
    assert response.status == 200
    assert b"plotly.js" in body[:200]

"""metrics.jsonl: torn lines, NaN, and reading only what is new."""

from vnl_core.runs.metrics import MetricsTail, MetricsWriter, read_metrics


def test_a_tail_reads_each_row_once(tmp_path):
    path = tmp_path / "metrics.jsonl"
    tail = MetricsTail(path)
    assert tail.read() == []
    writer = MetricsWriter(path)
    writer.write(0, {"eval/episode_reward": 1.5}, now=10.0)
    assert tail.read() == [{"step": 0, "time": 10.0, "eval/episode_reward": 1.5}]
    assert tail.read() == []
    writer.write(5, {}, now=11.0)
    writer.write(6, {}, now=12.0)
    assert [row["step"] for row in tail.read()] == [5, 6]


def test_a_torn_line_is_read_when_it_is_whole(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(b'{"step": 1}\n{"step": 2, "a"')
    tail = MetricsTail(path)
    assert tail.read() == [{"step": 1}]
    assert tail.read() == []
    with path.open("ab") as file:
        file.write(b": 3}\n")
    assert tail.read() == [{"step": 2, "a": 3}]


def test_a_tail_forgets_what_was_cut_off(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(b'{"step": 1}\n{"step": 2}\n{"step": 3}\n')
    tail = MetricsTail(path)
    tail.read()
    path.write_bytes(b'{"step": 1}\n')
    tail.read()
    assert tail.rows == [{"step": 1}]
    with path.open("ab") as file:
        file.write(b'{"step": 2, "a": 5}\n')
    tail.read()
    assert tail.rows == [{"step": 1}, {"step": 2, "a": 5}]
    path.write_bytes(b'{"step": 1}\n{"step": 2, "a": 6}\n{"step": 3}\n')  # and has grown since
    tail.read()
    assert tail.rows == [{"step": 1}, {"step": 2, "a": 6}, {"step": 3}]


def test_a_new_writer_cuts_off_the_torn_line_of_a_killed_one(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(b'{"step": 1}\n{"step": 2, "a"')
    MetricsWriter(path).write(2, {"a": 4.0}, now=0.0)
    assert read_metrics(path) == [{"step": 1}, {"step": 2, "time": 0.0, "a": 4.0}]


def test_values_that_json_lacks_become_null_and_rubbish_is_skipped(tmp_path):
    path = tmp_path / "metrics.jsonl"
    MetricsWriter(path).write(1, {"a": float("nan"), "b": float("inf"), "c": 2})
    with path.open("ab") as file:
        file.write(b"\x00\x00\n[1]\n")
    (row,) = read_metrics(path)
    assert row["a"] is None
    assert row["b"] is None
    assert row["c"] == 2


def test_a_long_file_is_kept_in_part_its_evaluations_and_ends_first(tmp_path):
    path = tmp_path / "metrics.jsonl"
    writer = MetricsWriter(path)
    for step in range(1000):
        name = "eval/episode_reward" if step % 100 == 50 else "training/sps"
        writer.write(step, {name: float(step)})
    tail = MetricsTail(path, keep=40)
    tail.read()
    assert len(tail.rows) <= 80
    steps = [row["step"] for row in tail.rows]
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (0, 999)
    assert {s for s in steps if s % 100 == 50} == set(range(50, 1000, 100))
    writer.write(1000, {"training/sps": 1.0})
    assert [row["step"] for row in tail.read()] == [1000]
    assert tail.rows[-1]["step"] == 1000


def test_evaluations_too_are_thinned_where_they_alone_are_too_many(tmp_path):
    path = tmp_path / "metrics.jsonl"
    writer = MetricsWriter(path)
    for step in range(1000):
        writer.write(step, {"eval/episode_reward": 1.0})
    tail = MetricsTail(path, keep=40)
    tail.read()
    assert len(tail.rows) <= 80


def test_a_line_without_an_end_is_not_read_into_memory(tmp_path):
    path = tmp_path / "metrics.jsonl"
    MetricsWriter(path).write(1, {"a": 1.0})
    with path.open("ab") as file:
        file.truncate(1 << 40)  # zeros, of which nothing is stored
    assert [row["step"] for row in MetricsTail(path).read()] == [1]

def test_without_runs_the_page_says_how_to_begin(visit):
    assert visit("watch").info[0].proto.title == "No run yet"


def test_the_last_checkpoint_is_shown_at_first_and_kept_in_the_address(visit, make_run):
    run = make_run()
    at = visit("watch", run=run.id)
    assert at.query_params["checkpoint"] == "1000"
    at.get_by_key(f"checkpoint-{run.id}").set_value(0).run()
    assert not at.exception
    assert at.query_params["checkpoint"] == "0"
    assert any("reward **" in m.value for m in at.markdown)


def test_a_link_opens_its_checkpoint(visit, make_run):
    run = make_run()
    at = visit("watch", run=run.id, checkpoint="0")
    assert at.get_by_key(f"checkpoint-{run.id}").value == 0


def test_it_is_rolled_out_again_with_another_seed_and_corridor(visit, make_run, queue, asked):
    run = make_run()
    at = visit("watch", run=run.id)
    at.number_input(key="again.seed").set_value(5).run()
    at.number_input(key="again.scene.terrain_seed").set_value(77).run()
    at.button(key="again").click().run()
    assert not at.exception
    request = asked()
    assert request.policy == "checkpoint"
    assert request.checkpoint == str(run.checkpoints()[-1].path)
    assert (request.seed, request.scene.terrain_seed) == (5, 77)
    assert request.scene.corridor_length == 12.0


def test_a_run_without_checkpoints_says_when_to_come_back(visit, make_run):
    run = make_run()
    for artifact in run.checkpoints():
        artifact.path.rmdir()
    assert visit("watch", run=run.id).info[0].proto.title == "This run has no checkpoint yet"

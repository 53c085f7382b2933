"""What runs in processes of its own: the training job and the warm rollout worker."""

import os
import warnings

# XLA logs an error for every program from its own cache ("prefer-no-gather is not supported").
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# Two passes of XLA's CPU compiler that multiply the time a rodent on MJX takes to compile, and
# gain nothing when it runs. The learner's programs have the first of them (docs/performance.md).
# A flag that the user names stays as it is.
_XLA_FLAGS = {
    "--xla_cpu_use_fusion_emitters": "false",
    "--xla_cpu_enable_concurrency_optimized_scheduler": "false",
    # No sums by YNNPACK: those over a minibatch, which it cuts in two, take a seventh of learning.
    "--xla_cpu_experimental_ynn_fusion_type": "-reduce",
}
_given = os.environ.get("XLA_FLAGS", "")
os.environ["XLA_FLAGS"] = " ".join(
    [
        _given,
        *(f"{flag}={value}" for flag, value in _XLA_FLAGS.items() if flag not in _given),
    ]
).strip()

import vnl_core.physics  # noqa: E402, F401  first, for it silences what MJX prints when imported

# brax's, not ours; dm_control, imported above, has just turned such warnings on.
warnings.filterwarnings("ignore", "JAXopt is no longer maintained")

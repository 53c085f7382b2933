"""What runs in processes of its own: the training job and the warm rollout worker."""

import os
import warnings

# XLA calls every program from its own cache an error ("prefer-no-gather is not supported").
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import vnl_core.physics  # noqa: E402, F401  first, for it silences what MJX prints when imported

# brax's, not ours; dm_control, imported above, has just turned such warnings on.
warnings.filterwarnings("ignore", "JAXopt is no longer maintained")

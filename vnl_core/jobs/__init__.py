"""What runs in processes of its own: the training job and the warm rollout worker."""

import warnings

import vnl_core.physics  # noqa: F401  first, for it silences what MJX prints when imported

# brax's, not ours; dm_control, imported above, has just turned such warnings on.
warnings.filterwarnings("ignore", "JAXopt is no longer maintained")

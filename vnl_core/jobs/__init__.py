"""What runs in processes of its own: the training job and the warm rollout worker."""

import vnl_core.physics  # noqa: F401  first, for it silences what MJX prints when imported

"""PPO on brax's parts: episodes, learning, evaluation, checkpoints."""

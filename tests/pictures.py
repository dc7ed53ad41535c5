"""Every still picture of the course, made, with an example for those that draw what is given; and frames."""

from types import SimpleNamespace

import numpy as np

from ppo_edu import figures


def a_run(returns=(20.0, 60.0, 500.0), seed=0, env_id="CartPole-v1"):
    """Return as much of a TrainingRun as a learning curve reads."""
    returns = np.array(returns, dtype=float)
    steps = 200 * np.arange(1, len(returns) + 1)
    return SimpleNamespace(
        seed=seed,
        returns=returns,
        steps=steps,
        total_steps=int(steps[-1]),
        env_id=env_id,
        mean_return=returns.mean(),
    )


EXAMPLES = {
    "one_sample": ([1.5, 1.2, 0.8], [1.5, 1.5, 1.5], 0.2),
    "learning_curve": (a_run(),),
    "curves": ([a_run([20, 500], 0), a_run([20, 9], 1), a_run([20, 60], 2)],),
    "reinforce_scores": ([20.0, 60.0, 500.0],),
    "gradient_noise": ({"full": 57.0, "to_go": 9.0, "baseline": 8.0, "critic": 6.0},),
    "old_data": ([2.5, 4.0, 4.9], [2.5, 3.2, 3.7], 5.0),
    "entropy_runs": (
        {0.0: ([[1.8, 2.0], [1.8, 5.0]], [[0.6, 0.0], [0.6, 0.1]]), 0.6: ([[1.8, 4.9]], [[0.6, 0.2]])},
    ),
    "profiles": ("CartPole-v1", ["default", "no_clip", "clip_only", "trpo"]),
}


def frame(explorer, **values):
    """Return the picture that ``explorer.draw(**values)`` encodes as PNG, which takes most of its time."""
    return explorer._live.image(**explorer.checked(values))


def make(name):
    """Return the picture that ``figures.<name>`` draws, in the language in use."""
    return getattr(figures, name)(*EXAMPLES.get(name, ()))

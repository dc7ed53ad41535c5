"""What lies between `full_training`'s small program and `ppo_edu.train`'s defaults: a list, and runs of it.

`DIFFERENCES` is told as a table, switched on one by one by `tools/record/small_to_default.py`, and drawn.

References
----------
Huang et al. (2022), The 37 Implementation Details of Proximal Policy Optimization,
https://iclr-blog-track.github.io/2022/03/25/ppo-implementation-details/
Engstrom et al. (2020), Implementation Matters in Deep Policy Gradients, https://arxiv.org/abs/2005.12729
"""

import dataclasses

from ppo_edu.language import t
from ppo_edu.ppo import PPOConfig
from ppo_edu.study import Variant

# The small program's own settings. Three things of it are no setting: relu in place of tanh, the Huber loss
# in place of half the square (alike for errors below 1, and rewards are divided by 100), and that its batches
# never go on past an episode's end.
SMALL = PPOConfig(
    num_envs=1, horizon=20, minibatch_size=20, learning_rate=0.0005, anneal_learning_rate=False,
    adam_epsilon=1e-8, max_grad_norm=None, normalise_advantages="off", normalise_rewards=False,
    reward_scale=0.01, hidden_sizes=(256,), shared_trunk=True, orthogonal_init=False,
    recompute_advantages=True, gamma=0.98, epsilon=0.1, epochs=3, value_coefficient=1.0,
)  # fmt: skip

# Which settings go together, in the order in which they are switched on, and where each is described.
DIFFERENCES = {
    "environments": (("num_envs", "horizon", "minibatch_size"), "37: 1, 6"),
    "learning_rate": (("learning_rate", "anneal_learning_rate"), "37: 4"),
    "adam": (("adam_epsilon",), "37: 3"),
    "gradient_clipping": (("max_grad_norm",), "37: 11"),
    "advantages": (("normalise_advantages",), "37: 7"),
    "rewards": (("normalise_rewards", "reward_scale"), "37: MuJoCo 8; Engstrom"),
    "networks": (("hidden_sizes", "shared_trunk"), "37: 13"),
    "initial_weights": (("orthogonal_init",), "37: 2; Engstrom"),
    "targets_once": (("recompute_advantages",), "PPO: alg. 1"),
    "gamma": (("gamma",), "PPO: table 3"),
    "epochs": (("epochs",), "PPO: alg. 1"),
    "value_weight": (("value_coefficient",), "PPO: eq. 9"),
    "epsilon": (("epsilon",), "PPO: table 1"),
}
# One environment takes a hundred times as long, so a single difference is switched on after this one.
FIRST = "environments"


def switched(config, *differences):
    """Return `config` with the default's settings in these differences, named as in `DIFFERENCES`."""
    names = [name for difference in differences for name in DIFFERENCES[difference][0]]
    return dataclasses.replace(config, **{name: getattr(PPOConfig(), name) for name in names})


def cumulative():
    """Return the programs from the small one to the default, each with one difference more, as `Variant`."""
    keys = list(DIFFERENCES)
    programs = [Variant("small", SMALL)]
    return programs + [
        Variant(f"up_to_{key}", switched(SMALL, *keys[: count + 1])) for count, key in enumerate(keys)
    ]


def one_at_a_time():
    """Return, for each further difference, the small program in many environments with that one alone."""
    return [Variant(f"only_{key}", switched(SMALL, FIRST, key)) for key in DIFFERENCES if key != FIRST]


def left_out():
    """Return, for each difference, the default without that one."""
    return [Variant(f"without_{key}", switched(SMALL, *(DIFFERENCES.keys() - {key}))) for key in DIFFERENCES]


def name_of(difference):
    """Return the words for a difference, or for the program that has none ("small")."""
    return {
        "small": t("details.small"),
        "environments": t("details.environments"),
        "learning_rate": t("details.learning_rate"),
        "adam": t("details.adam"),
        "gradient_clipping": t("details.gradient_clipping"),
        "advantages": t("details.advantages"),
        "rewards": t("details.rewards"),
        "networks": t("details.networks"),
        "initial_weights": t("details.initial_weights"),
        "targets_once": t("details.targets_once"),
        "gamma": t("details.gamma"),
        "epochs": t("details.epochs"),
        "value_weight": t("details.value_weight"),
        "epsilon": t("details.epsilon"),
    }[difference]


def as_markdown():
    """Return all differences as a table in the reader's language, in Markdown."""
    head = [t("details.difference"), t("details.small"), t("details.default"), t("details.source")]
    rows = [head, ["---"] * len(head)]
    for difference, (settings, source) in DIFFERENCES.items():
        values = [_values(config, settings) for config in (SMALL, PPOConfig())]
        rows.append([name_of(difference), *values, source])
    rows.append([t("details.activation"), "relu", "tanh", "37: 13"])
    rows.append([t("details.value_loss"), "Huber", "MSE / 2", "PPO: eq. 9"])
    rows.append([t("details.episode_end"), t("details.batch_ends"), t("details.batch_goes_on"), "37: 1"])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _values(config, settings):
    return "<br>".join(f"`{name}` = {getattr(config, name)}" for name in settings)

"""Record truncation.csv: ``python tools/record/truncation.py``, some minutes on one core.

What the truncation mistake (`bootstrap_truncated=False`) does to a policy: CartPole with a time limit of 50
or 500 steps, with the mistake and without, ten seeds each, all else as `PPOConfig` has it. One row for each
training: ``solved_at_step`` is when the last 100 episodes averaged 95 % of the limit, ``own_limit`` the mean
return of the final policy, drawing its actions, in 100 new episodes with that limit, ``full_limit`` in 100
with the 500 of CartPole-v1. Goes on where it stopped.
"""

import csv
from pathlib import Path

import ppo_edu
from ppo_edu import PPOConfig
from ppo_edu.study.landings import sampled_returns

RECORDED = Path(ppo_edu.__file__).parent / "recorded" / "truncation.csv"
COLUMNS = ("limit", "bootstrap", "seed", "solved_at_step", "own_limit", "full_limit")
SEEDS, MAX_STEPS = range(10), {500: 150_000, 50: 60_000}
EPISODES = 100


def record(limit, bootstrap, seed):
    """Train once and return the row."""
    run = ppo_edu.train(
        "CartPole-v1",
        PPOConfig(bootstrap_truncated=bootstrap),
        seed=seed,
        max_steps=MAX_STEPS[limit],
        stop_at=None,
        env_kwargs={"max_episode_steps": limit},
    )
    means = [
        run.steps[end - 1]
        for end in range(100, len(run.returns) + 1)
        if run.returns[end - 100 : end].mean() >= 0.95 * limit
    ]
    return (
        limit,
        bootstrap,
        seed,
        int(means[0]) if means else "",
        round(float(run.evaluate(EPISODES, greedy=False).mean()), 2),
        round(float(sampled_returns(run.policy, "CartPole-v1", EPISODES, seed=10_000).mean()), 2),
    )


def main():
    """Record what is not recorded yet."""
    done = set()
    if RECORDED.exists():
        with RECORDED.open(encoding="utf-8", newline="") as file:
            done = {tuple(row[name] for name in COLUMNS[:3]) for row in csv.DictReader(file)}
    else:
        RECORDED.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
    for seed in SEEDS:
        for limit in MAX_STEPS:
            for bootstrap in (True, False):
                if (str(limit), str(bootstrap), str(seed)) not in done:
                    row = record(limit, bootstrap, seed)
                    with RECORDED.open("a", encoding="utf-8", newline="") as file:
                        csv.writer(file, lineterminator="\n").writerow(row)


if __name__ == "__main__":
    main()

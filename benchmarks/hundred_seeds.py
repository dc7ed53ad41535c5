"""Does every seed learn? Trains seeds 0, 1, ... with the default settings and evaluates each greedy policy.

    python benchmarks/hundred_seeds.py
    python benchmarks/hundred_seeds.py --env Acrobot-v1 --seeds 20 --good -110

Exits with 1 if a seed does not reach the environment's reward threshold within the steps, or if more than one
in twenty of the greedy policies stays below `--good` on average.
"""

import argparse
import statistics
import sys
import time

import ppo_edu


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--env", default="CartPole-v1")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--max-steps", type=int, default=200_000)
    parser.add_argument("--good", type=float, default=490.0, help="least mean return of a good greedy policy")
    chosen = parser.parse_args()

    runs, greedy = [], []
    for seed in range(chosen.seeds):
        processor = time.process_time()
        run = ppo_edu.train(chosen.env, seed=seed, max_steps=chosen.max_steps)
        runs.append((run, time.process_time() - processor))
        greedy.append(run.evaluate(episodes=100).mean())
        print(
            f"seed {seed:3d}: solved at step {run.solved_at_step}, {run.seconds:.2f} s, "
            f"greedy policy {greedy[-1]:.1f}",
            flush=True,
        )

    unsolved = [run.seed for run, _ in runs if run.solved_at_step is None]
    poor = {seed: round(float(mean), 1) for seed, mean in enumerate(greedy) if mean < chosen.good}
    steps = [run.solved_at_step for run, _ in runs if run.solved_at_step is not None]
    print(f"\n{chosen.env}, seeds 0-{chosen.seeds - 1}, at most {chosen.max_steps:,} steps")
    print(f"solved: {len(steps)} of {len(runs)}; not solved: {unsolved or 'none'}")
    if steps:
        print(f"steps to solved: {spread(steps)}")
    print(f"seconds, wall clock: {spread([run.seconds for run, _ in runs])}")
    print(f"seconds, processor: {spread([seconds for _, seconds in runs])}")
    print(
        f"greedy policy, mean return of 100 episodes: {spread(greedy)}; "
        f"at least {chosen.good:g}: {len(runs) - len(poor)} of {len(runs)}; below: {poor or 'none'}"
    )
    return int(bool(unsolved) or len(poor) > len(runs) / 20)


def spread(values):
    return f"median {statistics.median(values):.6g}, min {min(values):.6g}, max {max(values):.6g}"


if __name__ == "__main__":
    sys.exit(main())

"""How much faster is a study with two workers, and what does a job cost beyond its training?

    python benchmarks/study_scaling.py

Each round runs the same jobs (CartPole-v1, default settings) in this order: as a study with one worker; as a
study with two; in a plain loop in a process of its own; in two such processes side by side, which is what the
hardware gives. Exits with 1 if two workers do less than 85 % of twice the work of one.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time

from ppo_edu.ppo import PPOConfig
from ppo_edu.study.seeds import Job, Variant, measure, run_study

TARGET = 0.85
VARIANT = Variant("default", PPOConfig())


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=12)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--plain", action="store_true", help="only do the jobs, and print the seconds")
    chosen = parser.parse_args()
    if chosen.plain:
        print(plain_loop(chosen))
        return 0

    # The first run in a process loads and compiles what the later ones find ready.
    study(1, range(1), 1)
    start = time.perf_counter()
    study(2, range(2), 1)
    print(f"two workers are ready after {time.perf_counter() - start:.1f} s, once\n")
    found = []
    for _ in range(chosen.rounds):
        found.append(
            {
                "study 1": study(1, range(chosen.jobs), chosen.steps),
                "study 2": study(2, range(chosen.jobs), chosen.steps),
                "plain 1": plain(1, chosen),
                "plain 2": plain(2, chosen),
            }
        )
        print({name: f"{rate:.1f} jobs/min" for name, (rate, _) in found[-1].items()}, flush=True)

    print()
    for name in found[0]:
        rates, beyond = zip(*(one_round[name] for one_round in found), strict=True)
        print(
            f"{name}: {statistics.median(rates):.1f} jobs/min ({min(rates):.1f} to {max(rates):.1f})"
            + (f", {1000 * statistics.median(beyond):.0f} ms beyond each job" if beyond[0] else "")
        )
    efficiency = efficiency_of("study", found)
    print(
        f"efficiency of two workers: {efficiency:.0%}; of two plain processes: "
        f"{efficiency_of('plain', found):.0%}"
    )
    return int(efficiency < TARGET)


def study(workers, seeds, steps):
    """Return the jobs per minute, and what a worker spends on each beyond its processor's seconds."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        results = run_study([VARIANT], seeds, folder, max_steps=steps, workers=workers, progress=False)
        seconds = time.perf_counter() - start
    beyond = seconds * workers - results.columns["processor_seconds"].sum()
    return 60 * len(seeds) / seconds, beyond / len(seeds)


def plain(processes, chosen):
    """Return the jobs per minute of that many processes, each with all the jobs."""
    command = [sys.executable, __file__, "--plain", f"--jobs={chosen.jobs}", f"--steps={chosen.steps}"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") for _ in range(processes)]
    seconds = [float(process.communicate()[0]) for process in running]
    return sum(60 * chosen.jobs / each for each in seconds), None


def plain_loop(chosen):
    measure(Job("CartPole-v1", VARIANT, 0, 1))
    start = time.perf_counter()
    for seed in range(chosen.jobs):
        measure(Job("CartPole-v1", VARIANT, seed, chosen.steps))
    return time.perf_counter() - start


def efficiency_of(kind, found):
    """Return the median over rounds of how much of twice one worker's work two do."""
    ratios = [one_round[f"{kind} 2"][0] / one_round[f"{kind} 1"][0] / 2 for one_round in found]
    return statistics.median(ratios)


if __name__ == "__main__":
    sys.exit(main())

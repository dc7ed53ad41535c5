"""How long until CartPole-v1 is solved? This engine, Stable-Baselines3 and the notes' loop, taking turns.

    python benchmarks/time_to_solve.py
    python benchmarks/time_to_solve.py --seeds 10 --notes-seconds 30
    python benchmarks/time_to_solve.py --jax-python /path/to/a/venv/bin/python    with `jax_peer.py` beside it
    python benchmarks/time_to_solve.py --jax-python PATH --jax-alone    only those two
    python benchmarks/time_to_solve.py --redraw        the pictures again, from the numbers of the last run

Two clocks are read. *Solved*: the mean return of the last 100 finished training episodes has reached 475.
That is everybody's definition, and it does not treat everybody alike: those episodes were played by older
policies, and the more environments run side by side, the older. With this engine's 128, an episode of 500
steps lasts 64,000 environment steps, with Stable-Baselines3's 8 it lasts 4,000, with the notes' single one
500. *Policy*: the policy as it stands averages 475 in 100 new episodes, its actions drawn. It is looked at
every 4,096 steps, and neither clock runs while it plays.

CleanRL's own package is no peer here: what PyPI has of it for this Python (0.4.8) is older than its ppo.py.
Its published settings are, run by Stable-Baselines3. Every program computes on one thread, in this one
process (a PPO compiled by JAX: in one of its own, from the Python that is given, its compiling told apart),
one after the other for each seed, so that a busy machine is busy for all of them. Wall clock is what a
learner waits; processor time is less disturbed by what else runs. Keeps the numbers in
benchmarks/time_to_solve.json and draws them in both languages, images/time_to_solve.png and
images/time_to_solve_ko.png.
"""

import argparse
import collections
import dataclasses
import json
import os
import statistics
import subprocess
import time
from pathlib import Path

# Before NumPy and torch are loaded: they read it once.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import gymnasium
import numpy as np
import torch
from matplotlib.figure import Figure
from torch import nn

import ppo_edu
from ppo_edu.drawing.style import BLUE, BROWN, GREEN, GREY, ORANGE, PURPLE, style
from ppo_edu.language import font_families
from ppo_edu.rollout import play_episodes

ROOT = Path(__file__).parents[1]
NUMBERS = ROOT / "benchmarks" / "time_to_solve.json"
PICTURES = {
    "en": ROOT / "images" / "time_to_solve.png",
    "ko": ROOT / "images" / "time_to_solve_ko.png",
}
GOAL, WINDOW, LIMIT = 475, 100, 500
LOOK_EVERY = 4_096

# rl-baselines3-zoo, hyperparams/ppo.yml, entry CartPole-v1. "lin_x" there: falls linearly from x to 0.
ZOO_ENVIRONMENTS, ZOO_STEPS = 8, 100_000
ZOO_SETTINGS = {
    "n_steps": 32,
    "batch_size": 256,
    "gae_lambda": 0.8,
    "gamma": 0.98,
    "n_epochs": 20,
    "ent_coef": 0.0,
    "learning_rate": lambda left: left * 0.001,
    "clip_range": lambda left: left * 0.2,
}

# CleanRL, ppo.py's defaults. Its value loss is half the squared error, so a weight of 0.5 is 0.25 here.
CLEANRL_ENVIRONMENTS, CLEANRL_STEPS = 4, 500_000
CLEANRL_SETTINGS = {
    "n_steps": 128,
    "batch_size": 128,
    "n_epochs": 4,
    "gamma": 0.99,
    "gae_lambda": 0.95,
    "ent_coef": 0.01,
    "vf_coef": 0.25,
    "clip_range_vf": 0.2,
    "learning_rate": lambda left: left * 0.00025,
}


@dataclasses.dataclass
class Clock:
    """What one program did with one seed: its curve, and when it had solved the task."""

    curve: list = dataclasses.field(default_factory=list)  # (processor seconds, mean return of the last 100)
    steps: int = 0
    wall: float | None = None
    processor: float | None = None
    policy_wall: float | None = None
    policy_processor: float | None = None
    policy_steps: int | None = None
    compile_seconds: float | None = None

    def __post_init__(self):
        self._wall, self._processor = time.perf_counter(), time.process_time()
        self._looked_at = 0

    def look(self, act, steps):
        """Let the policy play 100 new episodes, if it is time, and note whether it averages 475 now.

        `act` draws an action for each row of states, as `ppo_edu.rollout.play_episodes` wants it.
        """
        if self.policy_wall is not None or steps - self._looked_at < LOOK_EVERY:
            return
        self._looked_at = steps
        wall, processor = time.perf_counter(), time.process_time()
        with torch.random.fork_rng(devices=[]):  # the training goes on as if nobody had looked
            returns = play_episodes("CartPole-v1", act, 100, seed=10_000)
        if returns.mean() >= GOAL:
            self.policy_wall, self.policy_processor = wall - self._wall, processor - self._processor
            self.policy_steps = steps
        # The start moves by what the looking took, so that it does not count.
        self._wall += time.perf_counter() - wall
        self._processor += time.process_time() - processor

    def tick(self, returns, steps):
        """Note the curve's next point, and whether the task is solved now."""
        self.steps = steps
        if not returns:
            return False
        mean = statistics.fmean(returns)
        self.curve.append((self.processor_so_far, mean))
        if len(returns) == WINDOW and mean >= GOAL:
            self.wall, self.processor = time.perf_counter() - self._wall, self.processor_so_far
        return self.wall is not None

    @property
    def processor_so_far(self):
        return time.process_time() - self._processor


def this_engine(seed, _cap):
    clock, draws = Clock(), torch.Generator().manual_seed(seed)

    def look(run):
        clock.tick(run.returns[-WINDOW:].tolist(), run.total_steps)
        clock.look(lambda states: run.policy.sample(states, draws)[0], run.total_steps)

    run = ppo_edu.train("CartPole-v1", seed=seed, max_steps=200_000, stop_at=GOAL, on_update=look)
    look(run)
    return clock


def stable_baselines3(seed, _cap, environments=ZOO_ENVIRONMENTS, steps=ZOO_STEPS, settings=ZOO_SETTINGS):
    from stable_baselines3 import PPO
    from stable_baselines3.common.callbacks import BaseCallback
    from stable_baselines3.common.env_util import make_vec_env

    class Look(BaseCallback):
        def _on_step(self):
            ended = [info["episode"]["r"] for info in self.locals["infos"] if "episode" in info]
            returns.extend(ended)
            clock.look(lambda states: torch.as_tensor(model.predict(states)[0]), self.num_timesteps)
            return not (ended and clock.tick(returns, self.num_timesteps))

    clock, returns = Clock(), collections.deque(maxlen=WINDOW)
    envs = make_vec_env("CartPole-v1", n_envs=environments, seed=seed)
    model = PPO("MlpPolicy", envs, seed=seed, device="cpu", **settings)
    model.learn(steps, callback=Look())
    return clock


def cleanrl_settings(seed, cap):
    return stable_baselines3(seed, cap, CLEANRL_ENVIRONMENTS, CLEANRL_STEPS, CLEANRL_SETTINGS)


class NotesNetwork(nn.Module):
    """The notes' network: one hidden layer of 256 that policy and value share."""

    def __init__(self):
        super().__init__()
        self.hidden, self.policy, self.value = nn.Linear(4, 256), nn.Linear(256, 2), nn.Linear(256, 1)

    def forward(self, states):
        features = torch.relu(self.hidden(states))
        return torch.softmax(self.policy(features), dim=-1), self.value(features)


def notes_loop(seed, cap):
    """The notes' program: one environment, updates from at most 20 steps, `truncated` read and ignored.

    Its episodes go on past step 500, where the task's end, so each counts here as 500 at most: counted whole,
    a few long ones lift the mean of 100 to 475 while many others still fail.
    """
    clock, returns, steps = Clock(), collections.deque(maxlen=WINDOW), 0
    torch.manual_seed(seed)
    network = NotesNetwork()
    optimiser = torch.optim.Adam(network.parameters(), lr=0.0005)
    env = gymnasium.make("CartPole-v1")
    while True:
        state, _ = env.reset(seed=seed if steps == 0 else None)
        total, terminated = 0.0, False
        while not terminated:
            transitions = []
            while len(transitions) < 20 and not terminated:
                with torch.no_grad():
                    probabilities = network(torch.from_numpy(state))[0]
                action = int(torch.multinomial(probabilities, 1))
                following, reward, terminated, _, _ = env.step(action)
                transitions.append(
                    (
                        state,
                        action,
                        reward / 100,
                        following,
                        float(probabilities[action]),
                        0.0 if terminated else 1.0,
                    )
                )
                state, total, steps = following, total + reward, steps + 1
            notes_update(network, optimiser, transitions)
            if clock.processor_so_far > cap:
                clock.tick(returns or [min(total, LIMIT)], steps)
                return clock
        returns.append(min(total, LIMIT))
        if clock.tick(returns, steps):
            return clock
        clock.look(lambda states: _drawn(network, states), steps)


@torch.no_grad()
def _drawn(network, states):
    return torch.multinomial(network(torch.from_numpy(states))[0], 1).squeeze(-1)


def notes_update(network, optimiser, transitions, gamma=0.98, lam=0.95, epsilon=0.1):
    states, actions, rewards, following, old, goes_on = (
        torch.tensor(np.array(column), dtype=torch.float32) for column in zip(*transitions, strict=True)
    )
    for _ in range(3):
        with torch.no_grad():
            targets = rewards + gamma * network(following)[1].squeeze(-1) * goes_on
            deltas = (targets - network(states)[1].squeeze(-1)).tolist()
        advantages, running = [], 0.0
        for delta in reversed(deltas):
            running = delta + gamma * lam * running
            advantages.insert(0, running)
        probabilities, values = network(states)
        chosen = probabilities.gather(1, actions.long()[:, None]).squeeze(-1)
        objective = ppo_edu.clipped_surrogate(chosen / old, torch.tensor(advantages), epsilon)
        loss = (nn.functional.smooth_l1_loss(values.squeeze(-1), targets) - objective).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def compiled_by_jax(python):
    """Return the program that runs `jax_peer.py` with this Python, which has JAX."""

    def program(seed, _cap):
        peer = Path(__file__).with_name("jax_peer.py")
        told = subprocess.run([python, peer, str(seed)], check=True, capture_output=True, text=True).stdout
        return Clock(**json.loads(told))

    return program


JAX = "PPO compiled by JAX, PureJaxRL's settings"
PROGRAMS = {
    "ppo_edu, defaults": (this_engine, BLUE),
    "Stable-Baselines3 PPO, RL Zoo's settings": (stable_baselines3, ORANGE),
    "Stable-Baselines3 PPO, CleanRL's settings": (cleanrl_settings, GREEN),
    "the notes' loop": (notes_loop, PURPLE),
    JAX: (None, BROWN),
}


# The package's catalogues hold what learners meet in the course; this picture is the READMEs' alone.
WORDS = {
    "en": {
        "ppo_edu, defaults": "ppo_edu, defaults",
        "Stable-Baselines3 PPO, RL Zoo's settings": "Stable-Baselines3 PPO, RL Zoo's settings",
        "Stable-Baselines3 PPO, CleanRL's settings": "Stable-Baselines3 PPO, CleanRL's settings",
        "the notes' loop": "the notes' loop",
        JAX: JAX,
        "solved": "solved: 475",
        "seconds": "processor seconds since the start of training, one thread (logarithmic)",
        "mean": "mean return, last 100 episodes",
        "title": "CartPole-v1 until it is solved, {seeds} seeds each",
        "all": "{name}: {median:.1f} s (median)",
        "some": "{name}: {solved} of {seeds} within {limit:.0f} s",
    },
    "ko": {
        "ppo_edu, defaults": "ppo_edu, 기본 설정",
        "Stable-Baselines3 PPO, RL Zoo's settings": "Stable-Baselines3의 PPO, RL Zoo의 설정",
        "Stable-Baselines3 PPO, CleanRL's settings": "Stable-Baselines3의 PPO, CleanRL의 설정",
        "the notes' loop": "노트의 반복문",
        JAX: "JAX로 컴파일한 PPO, PureJaxRL의 설정",
        "solved": "풀었다고 보는 선: 475",
        "seconds": "훈련을 시작한 뒤의 CPU 시간(초), 스레드 하나(로그 눈금)",
        "mean": "최근 에피소드 100개의 평균 점수",
        "title": "CartPole-v1을 풀 때까지, 시드 {seeds}개씩",
        "all": "{name}: {median:.1f}초(중앙값)",
        "some": "{name}: {limit:.0f}초 안에 {seeds}개 중 {solved}개",
    },
}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument(
        "--notes-seconds",
        type=float,
        default=60.0,
        help="processor seconds after which the notes' loop is ended",
    )
    parser.add_argument("--jax-python", metavar="PATH", help="a Python that has jax and gymnax")
    parser.add_argument(
        "--jax-alone", action="store_true", help="only JAX and this engine take turns; nothing is kept"
    )
    parser.add_argument("--redraw", action="store_true", help="only draw the last run's numbers")
    chosen = parser.parse_args()
    if chosen.redraw:
        draw_all(kept())
        return

    torch.set_num_threads(1)
    ppo_edu.train(seed=0, max_steps=1)  # what Python loads on first use is not what is measured
    programs = {name: program for name, (program, _) in PROGRAMS.items() if program is not None}
    if chosen.jax_python:
        programs[JAX] = compiled_by_jax(chosen.jax_python)
    if chosen.jax_alone:
        programs = {name: programs[name] for name in ("ppo_edu, defaults", JAX)}
    clocks = {name: [] for name in programs}
    for seed in range(chosen.seeds):
        for name, program in programs.items():
            clock = program(seed, chosen.notes_seconds)
            clocks[name].append(clock)
            told = (
                f"{clock.wall:.2f} s ({clock.processor:.2f} s of the processor)"
                if clock.wall
                else f"not within {clock.curve[-1][0]:.0f} s of the processor"
            )
            print(f"seed {seed}, {name}: {told}, {clock.steps:,} steps", flush=True)
        if not chosen.jax_alone:
            keep(clocks)
            draw_all(clocks)
    report(clocks)


def keep(clocks):
    found = {name: [dataclasses.asdict(clock) for clock in each] for name, each in clocks.items()}
    NUMBERS.write_text(json.dumps(found, default=float) + "\n", encoding="utf-8")


def kept():
    found = json.loads(NUMBERS.read_text(encoding="utf-8"))
    return {name: [Clock(**clock) for clock in each] for name, each in found.items()}


def report(clocks):
    first = next(iter(clocks.values()))
    for title, part in (("last 100 training episodes average 475", ""), ("policy averages 475", "policy_")):
        print(f"\n| program | {title} | seconds (wall) | seconds (processor) | steps |")
        print("|---|---|---|---|---|")
        for name, found in clocks.items():
            solved = [clock for clock in found if getattr(clock, f"{part}wall")]
            columns = [
                spread([getattr(clock, part + what) for clock in solved], digits)
                for what, digits in (("wall", 2), ("processor", 2), ("steps", 0))
            ]
            print(f"| {name} | {len(solved)} of {len(found)} | {' | '.join(columns)} |")
    for name, found in clocks.items():
        compiling = [clock.compile_seconds for clock in found if clock.compile_seconds]
        if compiling:
            print(f"\n{name}: beforehand, {spread(compiling, 1)} seconds (wall) of compiling")
    print("\nTimes as long as the first, ratio of medians:")
    for name, found in list(clocks.items())[1:]:
        if all(clock.wall for clock in [*found, *first]):
            ratios = [
                statistics.median(getattr(clock, what) for clock in found)
                / statistics.median(getattr(clock, what) for clock in first)
                for what in ("wall", "processor")
            ]
            print(f"  {name}: {ratios[0]:.1f} (wall clock), {ratios[1]:.1f} (processor)")
        else:
            least = min(clock.curve[-1][0] for clock in found)
            most = statistics.median(clock.processor for clock in first if clock.wall)
            best = ", ".join(f"{clock.curve[-1][1]:.0f}" for clock in found)
            print(
                f"  {name}: more than {least / most:.0f} (processor; not all solved, "
                f"mean returns at the end: {best})"
            )


def spread(values, digits):
    if not values:
        return "none"
    median, low, high = (
        f"{value:,.{digits}f}" for value in (statistics.median(values), min(values), max(values))
    )
    return f"{median} ({low} to {high})"


def draw_all(clocks):
    for language, path in PICTURES.items():
        draw(clocks, path, language)


def draw(clocks, path, language):
    words = WORDS[language]
    with style(font_families(language)):
        figure = Figure(figsize=(9, 4.4))
        axes = figure.subplots()
        for name, found in clocks.items():
            _, colour = PROGRAMS[name]
            for clock in found:
                axes.plot(*np.transpose(clock.curve), color=colour, lw=1.2, alpha=0.7)
                if clock.wall:
                    axes.plot(*clock.curve[-1], "o", color=colour, ms=6)
            axes.plot([], [], color=colour, label=label(words, name, found))
        axes.axhline(GOAL, color=GREY, lw=1, ls=":")
        axes.annotate(
            words["solved"],
            (0, GOAL),
            (4, 4),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            color=GREY,
        )
        axes.set_xscale("log")
        axes.set_ylim(0, 540)
        axes.xaxis.set_major_formatter("{x:g}")
        axes.set_xlabel(words["seconds"])
        axes.set_ylabel(words["mean"])
        axes.set_title(words["title"].format(seeds=len(found)))
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), fontsize=11)
        figure.savefig(path, dpi=130)


def label(words, name, found):
    solved = [clock.processor for clock in found if clock.wall]
    if len(solved) < len(found):
        return words["some"].format(
            name=words[name], solved=len(solved), seeds=len(found), limit=found[0].curve[-1][0]
        )
    return words["all"].format(name=words[name], median=statistics.median(solved))


if __name__ == "__main__":
    main()

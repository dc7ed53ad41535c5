"""What an update costs: passes through the networks, arithmetic, time and memory, for PPO and TRPO alike."""

import collections
import copy
import functools
import time

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from ppo_edu.guards.validation import check_choice, check_count
from ppo_edu.run import ALGORITHMS, one_thread
from ppo_edu.study.landings import collect
from ppo_edu.training import train

NUM_ENVS = 64
# TRPO, PPO as this course has it, and PPO as its paper has it, more or less: algorithm, settings.
CONTENDERS = {
    "trpo": ("trpo", {}),
    "ppo": ("ppo", {}),
    "ppo_10_epochs": ("ppo", {"epochs": 10, "minibatch_size": 64}),
}
# Width of both hidden layers, and transitions: the network grows, then the batch.
SHAPES = ((64, 2048), (32, 2048), (128, 2048), (256, 2048), (64, 512), (64, 8192))


def update_bill(variant, hidden_sizes=(64, 64), batch_size=2048, repeats=5, seed=0):
    """Return what one update of a half-trained CartPole policy costs, on one thread.

    Parameters
    ----------
    variant : str
        One of `CONTENDERS`.
    hidden_sizes : tuple of int >= 1
    batch_size : int >= 1
        B; about so many transitions.
    repeats : int >= 1
        Updates that are timed, each from the same start. The shortest counts: the others were disturbed.
    seed : int >= 0

    Returns
    -------
    dict of str to float
        "forward" and "backward": passes of a network, actor or critic, over the whole batch; a pass over a
        quarter of it counts as a quarter. "work": multiplications and additions in linear layers, where a
        forward pass of one network over the batch is 1. "seconds": wall clock. "cpu_seconds": time of the
        processor. "megabytes": the most that was held for backward passes at once, parameters aside.
    """
    algorithm, settings = CONTENDERS[check_choice("variant", variant, tuple(CONTENDERS))]
    repeats = check_count("repeats", repeats)
    rules = ALGORITHMS[algorithm]
    config = rules.Config(**settings, hidden_sizes=hidden_sizes)
    with one_thread():
        start = _trained_a_little(tuple(hidden_sizes), seed)
        horizon = max(1, round(batch_size / NUM_ENVS))
        rollout, batch = collect(start, num_envs=NUM_ENVS, horizon=horizon, seed=seed)

        def update():
            policy = copy.deepcopy(start)
            optimiser, generator = rules.make_optimiser(policy, config), torch.Generator().manual_seed(seed)
            return policy, lambda: rules.update(policy, optimiser, rollout, config, generator)

        times = [_timed(update()[1]) for _ in range(repeats)]
        return {
            **_passes(*update(), rows=len(batch)),
            "work": _flops(update()[1]) / _flops(lambda: start.v(batch.observations)),
            "seconds": min(wall for wall, _ in times),
            "cpu_seconds": min(cpu for _, cpu in times),
            "megabytes": _peak_bytes(*update()) / 1e6,
        }


def update_bills(shapes=SHAPES, repeats=7, on_row=None):
    """Return `update_bill` for each shape and each of its variants.

    Parameters
    ----------
    shapes : sequence of (int, int)
        Width of the hidden layers, and batch size.
    repeats : int >= 1
    on_row : callable, optional
        Called with width, batch size, variant and what was found, after each.

    Returns
    -------
    dict of str to array
        "widths" and "batches" (S,), and "forward", "backward", "work", "seconds", "cpu_seconds" and
        "megabytes" (V, S), with V in the order of `CONTENDERS`.
    """
    found = []
    for width, batch in shapes:
        found.append([])
        for variant in CONTENDERS:
            found[-1].append(update_bill(variant, (width, width), batch, repeats))
            if on_row is not None:
                on_row(width, batch, variant, found[-1][-1])
    names = ("forward", "backward", "work", "seconds", "cpu_seconds", "megabytes")
    measured = {name: np.array([[each[name] for each in row] for row in found]).T for name in names}
    return {
        "widths": np.array([width for width, _ in shapes]),
        "batches": np.array([batch for _, batch in shapes]),
        **measured,
    }


@functools.cache
def _trained_a_little(hidden_sizes, seed):
    # Not a new one: nearly a coin in every state, it would make the conjugate gradient method's work easy.
    config = ALGORITHMS["ppo"].Config(hidden_sizes=hidden_sizes)
    return train("CartPole-v1", config, seed=seed, max_steps=30_000).policy


def _timed(update):
    wall, cpu = time.perf_counter(), time.process_time()
    update()
    return time.perf_counter() - wall, time.process_time() - cpu


def _passes(policy, update, rows):
    counted = {"forward": 0.0, "backward": 0.0}

    def count(direction, tensor):
        counted[direction] += tensor[..., 0].numel() / rows

    def passed(module, inputs, output):
        count("forward", output)
        if output.requires_grad:
            output.register_hook(lambda gradient: count("backward", gradient))

    hooks = [head.register_forward_hook(passed) for head in (policy.actor_head, policy.critic_head)]
    update()
    for hook in hooks:
        hook.remove()
    return counted


def _flops(run):
    with FlopCounterMode(display=False) as counter:
        run()
    return counter.get_total_flops()


def _peak_bytes(policy, update):
    own = {parameter.untyped_storage().data_ptr() for parameter in policy.parameters()}
    holders, held, peak = collections.Counter(), 0, 0

    class Saved:
        # What autograd keeps instead of the tensor: its end is the end of that tensor's use.
        def __init__(self, tensor):
            nonlocal held, peak
            self.tensor, storage = tensor.detach(), tensor.untyped_storage()
            self.place, self.size = storage.data_ptr(), storage.nbytes()
            holders[self.place] += 1
            if holders[self.place] == 1 and self.place not in own:
                held += self.size
                peak = max(peak, held)

        def __del__(self):
            nonlocal held
            holders[self.place] -= 1
            if holders[self.place] == 0 and self.place not in own:
                held -= self.size

    with torch.autograd.graph.saved_tensors_hooks(Saved, lambda saved: saved.tensor):
        update()
    return peak


def run_race(variants=("trpo", "ppo"), seeds=(0,), max_steps=120_000, on_run=None):
    """Train CartPole with each variant and seed, and return how the return grew with steps and with time.

    Variants take turns, so that what disturbs the machine disturbs them alike.

    Parameters
    ----------
    variants : sequence of str
        From `CONTENDERS`.
    seeds : sequence of int
    max_steps : int >= 1
        Environment steps of each training, solved or not.
    on_run : callable, optional
        Called with a line of text after each training.

    Returns
    -------
    dict of str to array
        "steps" (G,) and "seconds" (G,), the latter of the processor, learning and environments together;
        "by_steps" and "by_seconds" (V, S, G), the mean return of the last 100 episodes at each, NaN before
        the first update; after the last one its mean stands; "solved_steps" and "solved_seconds" (V, S), when
        that mean first reached 475 after an update, NaN if it did not.
    """
    curves = {}
    for seed in seeds:
        for variant in variants:
            curves[variant, seed] = curve_rows(variant, seed, max_steps)
            if on_run is not None:
                steps, seconds, means = curves[variant, seed]
                on_run(
                    f"{variant} seed {seed}: {means[-1]:.0f} after {steps[-1]:.0f} steps, {seconds[-1]:.1f} s"
                )
    grids = {
        "steps": np.linspace(0, max_steps, 121),
        "seconds": np.linspace(0, max(curve[1][-1] for curve in curves.values()), 121),
    }

    def each(make):
        return np.array([[make(*curves[variant, seed]) for seed in seeds] for variant in variants])

    return {
        **grids,
        "by_steps": each(lambda steps, seconds, means: _at(grids["steps"], steps, means)),
        "by_seconds": each(lambda steps, seconds, means: _at(grids["seconds"], seconds, means)),
        "solved_steps": each(lambda steps, seconds, means: _first(steps, means)),
        "solved_seconds": each(lambda steps, seconds, means: _first(seconds, means)),
    }


def curve_rows(variant, seed, max_steps):
    algorithm, settings = CONTENDERS[check_choice("variant", variant, tuple(CONTENDERS))]
    found = []

    def note(run):
        found.append((run.total_steps, time.process_time() - started, run.mean_return))

    started = time.process_time()
    config = ALGORITHMS[algorithm].Config(**settings)
    train(
        "CartPole-v1",
        config,
        algorithm=algorithm,
        seed=seed,
        max_steps=max_steps,
        stop_at=None,
        on_update=note,
    )
    return np.array(found).T


def _at(grid, places, means):
    return np.interp(grid, places, means, left=np.nan)


def _first(places, means):
    reached = np.flatnonzero(means >= 475)
    return places[reached[0]] if reached.size else np.nan

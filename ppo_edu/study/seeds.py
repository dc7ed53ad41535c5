"""Many seeds of many variants, side by side: on all cores of this machine, or on a Ray cluster.

Each run is a job of its own, and its result a file of its own, written as it arrives: an interrupted study
goes on where it was.
"""

import collections.abc
import contextlib
import dataclasses
import hashlib
import importlib.metadata
import json
import numbers
import os
import stat
import sys
import time
import traceback
import urllib.parse
import warnings
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import gymnasium
import joblib
import numpy as np
from gymnasium.envs.registration import load_env_creator
from joblib.externals.loky.process_executor import TerminatedWorkerError
from tqdm.auto import tqdm

from ppo_edu.environments import close, make_environments
from ppo_edu.guards.files import as_json, whole_file
from ppo_edu.guards.validation import (
    check_choice,
    check_count,
    check_number,
    check_path,
    check_seed,
    shortened,
)
from ppo_edu.language import t
from ppo_edu.ppo import PPOConfig
from ppo_edu.run import ALGORITHMS, algorithm_of, check_config
from ppo_edu.study.results import COLUMNS, COUNTS, CURVE, NUMBERS, PARTS, TEXTS, Failure, Results
from ppo_edu.training import train
from ppo_edu.trpo import TRPOConfig

BACKENDS = ("loky", "ray")
# What joblib raises when a worker was killed or ran out of memory, and what Ray does.
DEATHS = (BrokenProcessPool, TerminatedWorkerError, ConnectionError)
_LONGEST_NAME = 200  # of a file, in bytes; systems take 255
_MAX_BYTES = 10**6  # of a result, which has some thousand
_AHEAD = 2  # jobs handed out for each worker, in the order of the jobs
EVALUATION_EPISODES = 20
SAMPLED_EPISODES = 100
FORMAT = "ppo_edu study 1"
# Between two versions of these, the same seed may give other numbers.
PACKAGES = ("ppo-edu", "gymnasium", "numpy", "torch")


@dataclasses.dataclass(frozen=True)
class Variant:
    """One way to train, under a name.

    Parameters
    ----------
    name : str
        Unique within a study.
    config : PPOConfig or TRPOConfig
    algorithm : {"ppo", "trpo"}, optional
        The one whose settings `config` is, if not given.

    Raises
    ------
    TypeError, ValueError
        Naming the parameter, its value and what is allowed.
    """

    name: str
    config: PPOConfig | TRPOConfig
    algorithm: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise TypeError(t("study.no_name", value=shortened(self.name)))
        if self.algorithm is None:
            object.__setattr__(self, "algorithm", algorithm_of(self.config))
        check_config(check_choice("algorithm", self.algorithm, tuple(ALGORITHMS)), self.config)


@dataclasses.dataclass(frozen=True)
class Job:
    """One run of a study."""

    env_id: str
    variant: Variant
    seed: int
    max_steps: int
    spec: object = dataclasses.field(default=None, compare=False)


def run_study(
    variants: Sequence[Variant],
    seeds: Sequence[int],
    folder: str | os.PathLike[str],
    *,
    env_ids: Sequence[str] = ("CartPole-v1",),
    max_steps: int = 100_000,
    workers: int | None = None,
    backend: str | None = None,
    progress: bool = True,
) -> Results:
    """Train every variant with every seed in every environment, and return what came out.

    Each run trains for `max_steps`, solved or not, and then its greedy policy is evaluated. Where it runs
    makes no difference to its numbers.

    Parameters
    ----------
    variants : sequence of Variant
    seeds : sequence of int >= 0
    folder : path
        Where each run's result becomes a file as soon as it is there. Results that are there already, of the
        same settings, are taken as they are: called again, an interrupted study goes on where it was.
    env_ids : sequence of str
        Gymnasium environments. One that a package of yours registers is named "package:id", so that every
        process finds it.
    max_steps : int >= 1
        Environment steps of each run.
    workers : int in [1, 1024], optional
        Processes; as many as there are cores if not given. One worker is this process itself.
    backend : {"loky", "ray"}, optional
        Processes on this machine, or on a Ray cluster (``pip install ppo-edu[cluster]``): that which was
        joined by ``ray.init``, or else that of the environment variable RAY_ADDRESS ("auto" on one of its
        machines), or else a new one on this machine alone, for the time of the study. If not given, the
        environment variable PPO_EDU_BACKEND says which, or else it is "loky".
    progress : bool
        Whether a bar tells how many runs are done, how fast, and the time left.

    Returns
    -------
    Results
        Also after a KeyboardInterrupt, with the runs that are done; then ``results.interrupted`` is True.
        Runs that failed are in ``results.failures``, with traceback, and told at once on stderr. They are
        tried again when the study is called again.

    Raises
    ------
    TypeError, ValueError
        Naming the parameter, its value and what is allowed; also if a file in `folder` holds a result of
        other settings or other versions of the packages that decide it.
    """
    jobs = _jobs(variants, seeds, env_ids, max_steps)
    workers = -1 if workers is None else check_count("workers", workers, at_most=1024)
    backend = _chosen(backend)
    folder = check_path("folder", folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise NotADirectoryError(t("study.no_folder", folder=str(folder))) from None
    done = {job: row for job in jobs if (row := _stored(folder, job)) is not None}
    # All variants with the first seed, then with the next: the time left is told well, and an interrupted
    # study has about as many seeds of each.
    missing = sorted((job for job in jobs if job not in done), key=lambda job: seeds.index(job.seed))
    failures, interrupted, row = [], False, None
    with (
        tqdm(
            total=len(jobs), initial=len(done), unit=t("study.unit"), smoothing=0, disable=not progress
        ) as bar,
        contextlib.closing(_arriving(missing, workers, backend)) as arriving,
    ):
        try:
            for job, row, trace in arriving:
                if trace:
                    failures.append(Failure(job.env_id, job.variant.name, job.seed, trace))
                    bar.write(str(failures[-1]), file=sys.stderr)
                else:
                    _store(folder, job, row)
                    done[job] = row
                bar.update()
        except KeyboardInterrupt:
            interrupted = True
            if row is not None:
                # The interrupt may have come while it was being written.
                _store(folder, job, row)
                done[job] = row
    return Results.of(
        [done[job] for job in jobs if job in done], failures=tuple(failures), interrupted=interrupted
    )


def ablations() -> list[Variant]:
    """Return the variants that the lesson on statistics compares, as a list of `Variant`.

    "default" is every setting's default; each of the others differs from it in what its name says.
    "kl_fixed_..." and "kl_adaptive_..." have a KL penalty in the clip's place, as in the PPO paper's Table 1.
    "random" is the policy as it was before any training.
    """
    switches: dict[str, dict[str, Any]] = {
        "default": {},
        "no_clip": {"clip": "none"},
        "clip_only": {"clip": "clip_only"},
        **{f"epsilon_{epsilon}": {"epsilon": epsilon} for epsilon in (0.05, 0.1, 0.4)},
        **{f"lam_{lam:g}": {"lam": lam} for lam in (0.0, 0.5, 0.8, 1.0)},
        **{f"epochs_{epochs}": {"epochs": epochs} for epochs in (1, 10)},
        "no_advantage_normalisation": {"normalise_advantages": "off"},
        "no_annealing": {"anneal_learning_rate": False},
        "value_clipping": {"clip_values": True},
        **{
            f"kl_fixed_{beta:g}": {"clip": "none", "kl_penalty": "fixed", "kl_coefficient": beta}
            for beta in (0.3, 1.0, 3.0, 10.0)
        },
        **{
            f"kl_adaptive_{target}": {"clip": "none", "kl_penalty": "adaptive", "kl_target": target}
            for target in (0.003, 0.01, 0.03)
        },
    }
    ppo = [Variant(name, PPOConfig(**settings)) for name, settings in switches.items()]
    # Steps this small leave the weights as they are, and all else as in a real run.
    untrained = Variant("random", PPOConfig(learning_rate=1e-12, epochs=1))
    return [*ppo, Variant("trpo", TRPOConfig(), "trpo"), untrained]


def measure(job):
    """Do `job` and return its row of the results, a dict with an entry for each of `results.COLUMNS`."""
    if job.spec is not None:
        # Registered in the notebook, perhaps anew since the worker's last job, which it knows nothing of.
        gymnasium.registry[job.env_id] = job.spec
    started = time.process_time()
    run = train(
        job.env_id,
        job.variant.config,
        algorithm=job.variant.algorithm,
        seed=job.seed,
        max_steps=job.max_steps,
        stop_at=None,
    )
    if run.interrupted:
        raise KeyboardInterrupt
    sampled_return = float(run.evaluate(SAMPLED_EPISODES, greedy=False).mean())
    greedy_return = float(run.evaluate(EVALUATION_EPISODES).mean())
    return {
        "env_id": job.env_id,
        "variant": job.variant.name,
        "seed": job.seed,
        "max_steps": job.max_steps,
        "processor_seconds": time.process_time() - started,
        "solved_at_step": run.solved_at_step,
        "final_return": run.mean_return if run.episodes else None,
        "sampled_return": sampled_return,
        "greedy_return": greedy_return,
        **dict(zip(CURVE, curve_rows(run, job.max_steps), strict=True)),
    }


def curve_rows(run, max_steps):
    # The last rollout may end a little after max_steps.
    part = np.minimum((run.steps - 1) * PARTS // max_steps, PARTS - 1)
    return [
        float(run.returns[part == index].mean()) if (part == index).any() else None for index in range(PARTS)
    ]


def _jobs(variants, seeds, env_ids, max_steps):
    """Return the study's jobs in the order of its results."""
    _check_several("variants", variants, Variant, '[Variant("default", PPOConfig())]')
    _check_several("env_ids", env_ids, str, '("CartPole-v1", "Acrobot-v1")')
    _check_several("seeds", seeds, numbers.Integral, "range(20)")
    seeds = [check_seed("seeds", seed) for seed in seeds]
    max_steps = check_count("max_steps", max_steps)
    # Some file systems take "A" and "a" for the same.
    for name, values in (
        ("variants", [variant.name.casefold() for variant in variants]),
        ("env_ids", [env_id.casefold() for env_id in env_ids]),
        ("seeds", seeds),
    ):
        if twice := [value for value in values if values.count(value) > 1]:
            raise ValueError(t("study.twice", name=name, value=shortened(twice[0])))
    for env_id in env_ids:
        close(make_environments(env_id, 1), env_id)
    return [
        Job(env_id, variant, seed, max_steps, _portable(gymnasium.registry.get(env_id)))
        for env_id in env_ids
        for variant in variants
        for seed in seeds
    ]


def _portable(spec):
    """Return the registered `spec` as another process can use it."""
    # There, "__main__:Env" would be looked for in another main program: the class itself goes with the job.
    if spec is None or not str(spec.entry_point).startswith("__main__:"):
        return spec
    return dataclasses.replace(spec, entry_point=load_env_creator(spec.entry_point))


def _check_several(name, values, kind, example):
    several = isinstance(values, collections.abc.Sequence) and not isinstance(values, str) and len(values)
    if not several or not all(isinstance(value, kind) for value in values):
        raise TypeError(t("study.not_several", name=name, value=shortened(values), example=example))


def _chosen(backend):
    if backend is None:
        return check_choice("PPO_EDU_BACKEND", os.environ.get("PPO_EDU_BACKEND", "loky"), BACKENDS)
    return check_choice("backend", backend, BACKENDS)


def _arriving(jobs, workers, backend):
    """Yield (job, its row or None, None or the traceback of its error) for each job, as they come in.

    A worker that dies takes the jobs with it that were under way: each of them is tried once more, alone, and
    fails if its worker dies again.
    """
    if not jobs:
        return
    waiting = list(jobs)
    with _ray(workers) if backend == "ray" else contextlib.nullcontext():
        while waiting:
            try:
                for result in _parallel(list(waiting), workers, backend):
                    waiting.remove(result[0])
                    yield result
            except DEATHS:
                under_way = waiting[: _AHEAD * joblib.effective_n_jobs(workers)]
                names = ", ".join(f"{job.env_id} {job.variant.name} {job.seed}" for job in under_way)
                tqdm.write(t("study.died", jobs=names), file=sys.stderr)
                for job in under_way:
                    waiting.remove(job)
                    yield from _alone(job, workers, backend)


def _alone(job, workers, backend):
    try:
        yield from _parallel([job], 2 if workers != 1 else 1, backend)
    except DEATHS:
        yield job, None, traceback.format_exc()


def _parallel(jobs, workers, backend):
    # One job at a time, so that each comes in when it is done.
    parallel = joblib.Parallel(
        workers,
        backend=backend,
        batch_size=1,
        pre_dispatch=f"{_AHEAD} * n_jobs",
        return_as="generator_unordered",
    )
    with contextlib.closing(parallel(joblib.delayed(_attempt)(job) for job in jobs)) as results:
        yield from results


def _attempt(job):
    try:
        return job, measure(job), None
    except KeyboardInterrupt:
        raise
    except BaseException:  # also the SystemExit of an environment's sys.exit(), which would end a worker
        return job, None, traceback.format_exc()


@contextlib.contextmanager
def _ray(workers):
    """Return a context in which joblib knows Ray, and Ray runs."""
    joins = "RAY_ADDRESS" in os.environ
    # Both are read when Ray is imported: it would tell its makers about its use, and listen to the network.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if not joins:
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    try:
        import ray
        from ray.util.joblib.ray_backend import RayBackend
    except ImportError as error:
        raise ImportError(t("study.no_ray")) from error

    class Backend(RayBackend):
        # False in joblib's multiprocessing, from which it is inherited: that pool can deadlock when it is
        # stopped half-way. Ray's pool, of actors, cannot.
        supports_return_generator = True

    joblib.register_parallel_backend("ray", Backend)
    if ray.is_initialized():
        yield
        return
    alone = {"address": "local", "num_cpus": None if workers == -1 else workers, "include_dashboard": False}
    try:
        ray.init(**({} if joins else alone), log_to_driver=False, logging_level="error")
        yield
    finally:
        ray.shutdown()


def _identity(job):
    """Return all that decides the job's result, as JSON has it."""
    versions = {name: importlib.metadata.version(name).partition("+")[0] for name in PACKAGES}
    facts = {
        "env_id": job.env_id,
        "variant": job.variant.name,
        "algorithm": job.variant.algorithm,
        "seed": job.seed,
        "max_steps": job.max_steps,
        **versions,
    }
    return json.loads(as_json({**facts, **dataclasses.asdict(job.variant.config)}))


def _path(folder, job):
    # Quoted, because "/" and ":" cannot be in the name of a file.
    names = (job.env_id, job.variant.name, str(job.seed))
    name = ".".join(urllib.parse.quote(name, safe="", errors="backslashreplace") for name in names)
    if len(name) > _LONGEST_NAME:  # a syllable of Hangul has nine letters there
        name = f"{name[:_LONGEST_NAME]}.{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return folder / f"{name}.json"


def _store(folder, job, row):
    with whole_file(_path(folder, job)) as file:
        text = as_json({"format": FORMAT, "job": _identity(job), "row": row})
        file.write(text.encode("utf-8"))


def _stored(folder, job):
    """Return the job's row from its file, None if there is none or it is damaged."""
    path = _path(folder, job)
    try:
        content = json.loads(_content(path).decode("utf-8"))
        theirs, row = content["job"], content["row"]
        if content["format"] != FORMAT or not isinstance(theirs, dict):
            raise ValueError("format")
        _check_row(row, theirs)
    except FileNotFoundError:
        return None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        warnings.warn(t("study.damaged", path=str(path), reason=repr(error)), stacklevel=4)
        return None
    ours = _identity(job)
    for name in {**theirs, **ours}:
        if theirs.get(name) != ours.get(name):
            raise ValueError(
                t(
                    "study.other_settings",
                    path=str(path),
                    name=name,
                    theirs=repr(theirs.get(name)),
                    ours=repr(ours.get(name)),
                )
            )
    return row


def _content(path):
    """Return what is in `path`; raise OSError if it is no file, ValueError if its size is no result's."""
    # A pipe would be waited for, for ever.
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError(t("study.no_file", path=str(path)))
    with open(path, "rb") as file:
        content = file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise ValueError("size")
    return content


def _check_row(row, job):
    """Raise unless `row`, from a file, is what `measure` returns for the `job` that the file names."""
    if set(row) != set(COLUMNS):
        raise ValueError("columns")
    for name in (*TEXTS, *COUNTS):
        if type(row[name]) is not type(job[name]) or row[name] != job[name]:
            raise ValueError(name)
    for name in (*NUMBERS, *CURVE):
        if row[name] is not None or name in ("processor_seconds", "sampled_return", "greedy_return"):
            check_number(name, row[name])

"""A PPO compiled by JAX, for `time_to_solve.py --jax-python PATH`: both the environment and the update.

    python -m venv /path/to/a/venv && /path/to/a/venv/bin/pip install jax gymnax six
    /path/to/a/venv/bin/python benchmarks/jax_peer.py SEED

It runs in an environment of its own (`jax`, `gymnax`, and `six`, which gymnax 1.0.1 forgets to ask for), so
it imports nothing of this course. Its settings are those that PureJaxRL publishes for CartPole: 4
environments x 128 steps, 4 epochs of 4 minibatches, a learning rate that falls from 2.5e-4 to 0 in 500,000
steps. A time limit counts as an end of the task there, and so it does here. What is compiled is compiled
before the clock starts; what that took is told apart. Prints one line of JSON: the fields of
`time_to_solve.Clock`, and ``compile_seconds``.
"""

import os

# Before JAX is loaded: one thread, one core, as for the others.
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import json
import sys
import time

import gymnax
import jax
import jax.numpy as jnp
import numpy as np
import optax

GOAL, WINDOW = 475, 100
ENVIRONMENTS, HORIZON, TOTAL_STEPS = 4, 128, 500_000
EPOCHS, MINIBATCHES = 4, 4
GAMMA, LAM, EPSILON, ENTROPY, VALUE, LARGEST_GRADIENT, LEARNING_RATE = 0.99, 0.95, 0.2, 0.01, 0.5, 0.5, 2.5e-4
BATCH = ENVIRONMENTS * HORIZON
UPDATES = TOTAL_STEPS // BATCH
UPDATES_A_LOOK = 8  # 4,096 environment steps, after which the other programs are looked at, too
EPISODES, LIMIT = 100, 500

env, env_params = gymnax.make("CartPole-v1")
reset_all = jax.vmap(env.reset, in_axes=(0, None))
step_all = jax.vmap(env.step, in_axes=(0, 0, 0, None))


def new_network(key, outputs, last_scale):
    """Return weights and biases of two hidden layers of 64 and an output, orthogonal."""
    shapes = ((4, 64, 2**0.5), (64, 64, 2**0.5), (64, outputs, last_scale))
    return [
        (jax.nn.initializers.orthogonal(scale)(each, (inputs, width)), jnp.zeros(width))
        for each, (inputs, width, scale) in zip(jax.random.split(key, 3), shapes, strict=True)
    ]


def forward(layers, x):
    for weights, bias in layers[:-1]:
        x = jnp.tanh(x @ weights + bias)
    return x @ layers[-1][0] + layers[-1][1]


def log_probs_of(params, s):
    return jax.nn.log_softmax(forward(params["actor"], s))


def values_of(params, s):
    return forward(params["critic"], s).squeeze(-1)


def chosen(log_probs, a):
    return jnp.take_along_axis(log_probs, a[..., None], axis=-1).squeeze(-1)


optimiser = optax.chain(
    optax.clip_by_global_norm(LARGEST_GRADIENT),
    optax.adam(optax.linear_schedule(LEARNING_RATE, 0.0, UPDATES * EPOCHS * MINIBATCHES), eps=1e-5),
)


def start(key):
    """Return all that an update changes."""
    of_actor, of_critic, of_envs, key = jax.random.split(key, 4)
    params = {"actor": new_network(of_actor, 2, 0.01), "critic": new_network(of_critic, 1, 1.0)}
    s, state = reset_all(jax.random.split(of_envs, ENVIRONMENTS), env_params)
    return params, optimiser.init(params), s, state, jnp.zeros(ENVIRONMENTS), key


def collect(params, s, state, running, key):
    """Take HORIZON steps in each environment. ``running`` is the return of each episode so far."""

    def one(carry, _):
        s, state, running, key = carry
        key, of_action, of_step = jax.random.split(key, 3)
        log_probs = log_probs_of(params, s)
        a = jax.random.categorical(of_action, log_probs)
        s_next, state, r, terminated, truncated, _ = step_all(
            jax.random.split(of_step, ENVIRONMENTS), state, a, env_params
        )
        done, running = terminated | truncated, running + r
        row = s, a, chosen(log_probs, a), r, done, values_of(params, s), running
        return (s_next, state, jnp.where(done, 0.0, running), key), row

    return jax.lax.scan(one, (s, state, running, key), None, HORIZON)


def gae(r, v, done, v_last):
    def one(carry, row):
        following, v_next = carry
        r, v, done = row
        following = r + GAMMA * v_next * (1 - done) - v + GAMMA * LAM * (1 - done) * following
        return (following, v), following

    return jax.lax.scan(one, (jnp.zeros_like(v_last), v_last), (r, v, done), reverse=True)[1]


def loss(params, minibatch):
    s, a, old_log_prob, old_v, advantage, target = minibatch
    log_probs, v = log_probs_of(params, s), values_of(params, s)
    ratio = jnp.exp(chosen(log_probs, a) - old_log_prob)
    advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
    surrogate = jnp.minimum(ratio * advantage, jnp.clip(ratio, 1 - EPSILON, 1 + EPSILON) * advantage)
    near_v = old_v + jnp.clip(v - old_v, -EPSILON, EPSILON)
    value_loss = 0.5 * jnp.maximum((v - target) ** 2, (near_v - target) ** 2).mean()
    entropy = -(jnp.exp(log_probs) * log_probs).sum(axis=-1).mean()
    return -surrogate.mean() + VALUE * value_loss - ENTROPY * entropy


def update(carry, _):
    """Collect, and learn from it. Return the returns of the episodes, NaN where none ended."""
    params, memory, s, state, running, key = carry
    (s, state, running, key), rows = collect(params, s, state, running, key)
    s_rows, a, log_prob, r, done, v, totals = rows
    advantage = gae(r, v, done.astype(r.dtype), values_of(params, s))
    batch = [x.reshape(BATCH, *x.shape[2:]) for x in (s_rows, a, log_prob, v, advantage, advantage + v)]

    def one_epoch(carry, key):
        order = jax.random.permutation(key, BATCH).reshape(MINIBATCHES, -1)
        return jax.lax.scan(one_step, carry, [x[order] for x in batch])

    def one_step(carry, minibatch):
        params, memory = carry
        change, memory = optimiser.update(jax.grad(loss)(params, minibatch), memory, params)
        return (optax.apply_updates(params, change), memory), None

    key, of_epochs = jax.random.split(key)
    (params, memory), _ = jax.lax.scan(one_epoch, (params, memory), jax.random.split(of_epochs, EPOCHS))
    return (params, memory, s, state, running, key), jnp.where(done, totals, jnp.nan)


def updates(carry):
    return jax.lax.scan(update, carry, None, UPDATES_A_LOOK)


def played(params, key):
    """Return the mean return of 100 new episodes, actions drawn."""
    of_reset, key = jax.random.split(key)
    s, state = reset_all(jax.random.split(of_reset, EPISODES), env_params)

    def one(carry, key):
        s, state, alive, total = carry
        of_action, of_step = jax.random.split(key)
        a = jax.random.categorical(of_action, log_probs_of(params, s))
        s, state, r, terminated, truncated, _ = step_all(
            jax.random.split(of_step, EPISODES), state, a, env_params
        )
        return (s, state, alive & ~(terminated | truncated), total + r * alive), None

    first = s, state, jnp.ones(EPISODES, dtype=bool), jnp.zeros(EPISODES)
    return jax.lax.scan(one, first, jax.random.split(key, LIMIT))[0][-1].mean()


def main():
    """Train with the seed that is given until both clocks have stopped, or the steps are used up."""
    carry = start(jax.random.key(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
    began = time.perf_counter()
    compiled = jax.jit(updates).lower(carry).compile()
    look = jax.jit(played).lower(carry[0], jax.random.key(10_000)).compile()
    found = {"compile_seconds": time.perf_counter() - began, "curve": [], "wall": None, "processor": None}
    found |= {"policy_wall": None, "policy_processor": None, "policy_steps": None}

    returns, steps = [], 0
    wall, processor = time.perf_counter(), time.process_time()
    while steps < UPDATES * BATCH and None in (found["wall"], found["policy_wall"]):
        carry, ended = compiled(carry)
        ended = np.asarray(ended).ravel()
        steps += UPDATES_A_LOOK * BATCH
        returns = (returns + ended[~np.isnan(ended)].tolist())[-WINDOW:]
        now, processor_now = time.perf_counter(), time.process_time()
        mean = float(np.mean(returns)) if returns else 0.0
        if found["wall"] is None:
            found["curve"].append((processor_now - processor, mean))
            found["steps"] = steps
            if len(returns) == WINDOW and mean >= GOAL:
                found["wall"], found["processor"] = now - wall, processor_now - processor
        if found["policy_wall"] is None and float(look(carry[0], jax.random.key(10_000))) >= GOAL:
            found["policy_wall"], found["policy_processor"] = now - wall, processor_now - processor
            found["policy_steps"] = steps
        # The start moves by what the looking took, so that it does not count.
        wall += time.perf_counter() - now
        processor += time.process_time() - processor_now
    print(json.dumps(found))


if __name__ == "__main__":
    main()

"""What each step of a program is asked, and what is told if it is not so."""

import contextlib

import gymnasium
import numpy as np
import torch
from torch import nn

from ppo_edu.exercises import calling
from ppo_edu.exercises.comparing import as_array
from ppo_edu.exercises.kinds import Complaint, _takes
from ppo_edu.exercises.whole_program import handed, update
from ppo_edu.exercises.whole_program.lamp import Lamp
from ppo_edu.exercises.whole_program.watched import MOST_PLAYED, Enough, Tape, Watched, learning_watched
from ppo_edu.language import t

T_HORIZON, K_EPOCH = 20, 3
COLUMNS = 7
FAR = 6.0  # standard deviations: chance alone goes there once in a billion checks


def at_network(parts):
    """Raise a `Complaint` if ``pi`` or ``v`` is not what is asked for."""
    model = parts.model()
    s = torch.randn(7, handed.OBSERVATIONS, generator=torch.Generator().manual_seed(0))
    _look_at_pi(model, s)
    _look_at_v(model, s)
    if isinstance(model.made, nn.Module):
        known = {id(weight) for weight in model.made.parameters()}
        hidden = [weight for weight in model.weights() if id(weight) not in known]
        asked = model.probabilities(s).square().sum() + model.value(s).sum()
        if any(g is not None for g in hidden and torch.autograd.grad(asked, hidden, allow_unused=True)):
            raise Complaint(t("ppo_network.hidden_layers"))
    other = parts.model()
    if {id(weight) for weight in model.weights()} & {id(weight) for weight in other.weights()}:
        raise Complaint(t("ppo_network.shared"))
    _look_at_other_sizes(parts)


def _look_at_pi(model, s):
    p = model.probabilities(s)
    if not isinstance(p, torch.Tensor):
        raise Complaint(t("ppo_network.pi_type", type=calling.type_name(p)))
    if p.shape != (len(s), handed.ACTIONS):
        raise Complaint(t("ppo_network.pi_shape", got=tuple(p.shape), right=(len(s), handed.ACTIONS)))
    ones = torch.ones(())
    if torch.allclose(p.exp().sum(-1), ones, atol=1e-4):
        raise Complaint(t("ppo_network.log_probabilities"))
    if (p < 0).any() or not torch.allclose(p.sum(-1), ones, atol=1e-4):
        along = (p >= 0).all() and torch.allclose(p.sum(0), ones, atol=1e-4)
        raise Complaint(t("ppo_network.softmax_dim") if along else t("ppo_network.no_probabilities"))
    if not torch.equal(p, model.probabilities(s)):
        raise Complaint(t("ppo_network.random"))
    if not torch.allclose(p[:3], model.probabilities(s[:3]), atol=1e-5):
        raise Complaint(t("ppo_network.rows_mixed"))
    if torch.allclose(p, p[:1], atol=1e-7):
        raise Complaint(t("ppo_network.blind"))
    if not p.requires_grad:
        raise Complaint(t("ppo_network.no_gradient", name="pi"))


def _look_at_v(model, s):
    v = model.made.v(s)
    if not isinstance(v, torch.Tensor) or tuple(v.shape) not in ((len(s),), (len(s), 1)):
        shape = tuple(v.shape) if isinstance(v, torch.Tensor) else calling.type_name(v)
        raise Complaint(t("ppo_network.v_shape", got=shape, right=len(s)))
    if not v.requires_grad:
        raise Complaint(t("ppo_network.no_gradient", name="v"))
    far = 100 * torch.randn(500, handed.OBSERVATIONS, generator=torch.Generator().manual_seed(1))
    v = model.value(far).detach()
    at_one = (v.abs() <= 1) & (v.abs() > 0.9999)
    if (v >= 0).all() or (v <= 0).all() or at_one.float().mean() > 0.5:
        raise Complaint(t("ppo_network.v_bounded"))


def _look_at_other_sizes(parts):
    try:
        other = parts.model(3, 5)
        shape = tuple(other.probabilities(torch.randn(2, 3)).shape)
    except Complaint:
        raise
    except Exception:
        shape = ()
    if shape != (2, 5):
        raise Complaint(t("ppo_network.fixed_sizes"))


def at_collection(parts):
    """Raise a `Complaint` if transitions are not what the environment gave."""
    model = parts.model()
    _look_at_rows(model, *_collected(parts, model, Tape()))
    for how in ("terminated", "truncated"):
        tape, rows = _collected(parts, model, Tape(6, how))
        if tape.past_end or len(tape.actions) > 7:
            fell = how == "terminated"
            raise Complaint(
                t("ppo_collection.past_terminated") if fell else t("ppo_collection.past_truncated")
            )
        if len(rows) != 7:
            raise Complaint(t("ppo_collection.end_lost", found=len(rows)))
        flags = tuple(bool(as_array(flag)) for flag in rows[-1][5:])
        right = (how == "terminated", how == "truncated")
        if flags == right[::-1]:
            raise Complaint(t("ppo_collection.flags_swapped"))
        if flags == (True, True):
            raise Complaint(t("ppo_collection.flags_merged"))
        if flags != right or any(bool(as_array(flag)) for row in rows[:-1] for flag in row[5:]):
            raise Complaint(t("ppo_collection.flags", how=how))
    _look_at_choice(parts, model)


def _collected(parts, model, tape, s=None):
    """Return the tape, and the rows that the learner's ``collect`` gave."""
    collect = parts.function("collect", model)
    if not _takes(collect, tape, s):
        found = handed._parameters(parts.source_of("collect"))
        raise Complaint(t("ppo_collection.takes", found=found))
    s = tape.reset()[0] if s is None else s
    tape.resets, rows = 0, None
    with contextlib.suppress(Enough):
        rows = collect(tape, s)
        if rows is None and isinstance(getattr(model.made, "data", None), list):
            rows, model.made.data = list(model.made.data), []
    if tape.resets and len(tape.actions) <= tape.ends_at:
        raise Complaint(t("ppo_collection.reset"))
    if len(tape.actions) > MOST_PLAYED:
        raise Complaint(t("ppo_collection.horizon", found=f"> {MOST_PLAYED}"))
    if not isinstance(rows, (list, tuple)):
        raise Complaint(t("ppo_collection.no_list", type=calling.type_name(rows)))
    if not all(isinstance(row, (list, tuple)) and len(row) == COLUMNS for row in rows):
        raise Complaint(t("ppo_collection.seven"))
    return tape, rows


def _look_at_rows(model, tape, rows):
    if len(tape.actions) != T_HORIZON:
        raise Complaint(t("ppo_collection.horizon", found=len(tape.actions)))
    if len(rows) != T_HORIZON:
        raise Complaint(t("ppo_collection.lost_rows", found=len(rows)))
    if any(isinstance(value, torch.Tensor) and value.requires_grad for row in rows for value in row):
        raise Complaint(t("ppo_collection.graph"))
    try:
        s, a, r, s_prime, log_prob = (np.array([as_array(row[i]) for row in rows]) for i in range(5))
    except (TypeError, ValueError):
        raise Complaint(t("ppo_collection.no_numbers")) from None
    a, r, log_prob = (column.reshape(len(rows), -1)[:, 0] for column in (a, r, log_prob))
    before = np.array([tape.reset()[0], *(tape.state(step) for step in range(1, T_HORIZON))])
    after = np.array([tape.state(step) for step in range(1, T_HORIZON + 1)])
    if not same(s, before):
        if same(s, after) and same(s_prime, before):
            raise Complaint(t("ppo_collection.states_swapped"))
        if same(s, after):
            raise Complaint(t("ppo_collection.s_overwritten"))
        if same(s, np.repeat(before[:1], len(s), 0)):
            raise Complaint(t("ppo_collection.s_stays"))
        raise Complaint(t("ppo_collection.s"))
    if not same(s_prime, after):
        raise Complaint(t("ppo_collection.s_prime"))
    if not same(a, np.array(tape.actions)):
        raise Complaint(t("ppo_collection.a"))
    rewards = np.array([tape.reward(step) for step in range(T_HORIZON)])
    if not same(r, rewards / 100):
        raise Complaint(t("ppo_collection.unscaled") if same(r, rewards) else t("ppo_collection.r"))
    _look_at_log_prob(model, before, a, log_prob)


def _look_at_log_prob(model, s, a, log_prob):
    with torch.no_grad():
        p = model.probabilities(torch.from_numpy(s)).double().numpy()
    right = np.log(p[np.arange(len(a)), a.astype(int)])
    if same(log_prob, right):
        return
    if same(log_prob, np.exp(right)):
        raise Complaint(t("ppo_collection.probabilities"))
    if same(log_prob, -right):
        raise Complaint(t("ppo_collection.negative"))
    if same(log_prob, np.log(p.max(1))) or same(log_prob, np.log(p[:, 0])) or same(log_prob, np.log(p[:, 1])):
        raise Complaint(t("ppo_collection.other_action"))
    raise Complaint(t("ppo_collection.log_prob"))


def same(got, wanted):
    """Return whether two arrays have one shape and are the same up to float32 rounding."""
    return np.shape(got) == np.shape(wanted) and bool(np.allclose(got, wanted, 1e-4, 1e-5))


def _look_at_choice(parts, model):
    """Raise a `Complaint` if actions are not drawn from ``pi``, made clearly uneven for that."""
    states = torch.randn(200, handed.OBSERVATIONS, generator=torch.Generator().manual_seed(0))
    for _ in range(40):
        with torch.no_grad():
            likeliest = model.probabilities(states).max(-1).values.mean()
            if likeliest > 0.75:
                break
            for weight in model.weights():
                weight.mul_(1.1)
    if not 0.75 < likeliest < 0.95:
        return
    tape, s, a = Tape(), [], []
    for _ in range(15):
        tape, rows = _collected(parts, model, tape, tape.state(5000 + len(tape.actions)))
        s += [as_array(row[0]) for row in rows]
        a += [int(as_array(row[1]).reshape(-1)[0]) for row in rows]
    with torch.no_grad():
        p = model.probabilities(torch.from_numpy(np.array(s, dtype=np.float32))).numpy()
    best, highest = p.argmax(1) == np.array(a), p.max(1)
    if best.all():
        raise Complaint(t("ppo_collection.greedy"))
    if abs((best - highest).sum()) > FAR * np.sqrt((highest * (1 - highest)).sum()):
        raise Complaint(t("ppo_collection.not_drawn"))


def way_of(parts):
    """Return how the learner's ``train_net`` moves the weights: see `update.ways`."""
    model = parts.model()
    given = update.batches(model)
    return update.ways(model, lambda transitions: parts.train(model, transitions), given)


def name_of(parts, way):
    """Return ``"right"``, ``"once"``, the key of a mistake, or what to say of one that is not known."""
    if way is None or not all(torch.isfinite(each).all() for each in way):
        return "nan"
    if all(float(each.abs().max()) == 0 for each in way):
        return "nothing_learned"
    model = parts.model()
    given = update.batches(model)
    right = update.by_rule(model, given, update.Rule())
    for key, rules in (("right", update.RIGHT), ("once", update.ONCE)):
        for rule in rules:
            if update.apart(way, update.by_rule(model, given, rule)) < update.TOLERANCE:
                return key
    nearest, key = update.NAMED, None
    for name, rule in update.MISTAKES:
        if rule.softmax_dim == 0 and model.dim_parameter() is None:
            continue
        calling.PULSE.get()()
        with contextlib.suppress(RuntimeError, ValueError):
            # The first batch tells most of them apart, and saves two thirds of the time.
            for count in (1, len(given)):
                far = update.apart(way[:count], update.by_rule(model, given[:count], rule))
                if far > nearest:
                    break
            else:
                nearest, key = far, name
    if key is not None:
        return key
    each = [update.apart([one], [other]) for one, other in zip(way, right, strict=True)]
    first = next((i for i, distance in enumerate(each) if distance > update.TOLERANCE), 0)
    return {"batch": first + 1, "apart": f"{100 * each[first]:.3g}"}


def at_main(main):
    """Raise a `Complaint` if the loop does not collect, learn and begin anew where it should."""
    steps = 200
    env = Watched(gymnasium.make("CartPole-v1", max_episode_steps=30), steps)
    torch.manual_seed(0)
    with learning_watched(env) as seen, contextlib.suppress(Enough):
        main(env, steps)
    if env.past_end:
        terminated = env.past_end == "terminated"
        raise Complaint(t("ppo_main.past_terminated") if terminated else t("ppo_main.past_truncated"))
    if env.cut_off > 2:
        raise Complaint(t("ppo_main.cut_off", found=env.cut_off))
    if env.steps < steps:
        raise Complaint(t("ppo_main.too_few", found=env.steps, wanted=steps))
    if env.steps >= steps + T_HORIZON:
        raise Complaint(t("ppo_main.too_many", wanted=steps))
    _look_at_updates(seen)
    other = Watched(Lamp(), 40)
    try:
        main(other, 40)
    except Complaint:
        raise
    except Enough:
        pass
    except Exception as error:
        text = f"{type(error).__name__}: {calling.text_of(error)}"[:150].replace("`", "'")
        raise Complaint(t("ppo_main.fixed_sizes", error=text)) from None


def _look_at_updates(seen):
    if not seen.taken:
        # An optimiser of one's own is not seen, but the network is: asked for gradients, many rows at a time.
        if not seen.rows:
            raise Complaint(t("ppo_main.no_update"))
        return
    if max(rows for _, rows in seen.taken) > T_HORIZON:
        raise Complaint(t("ppo_main.not_cleared", found=max(rows for _, rows in seen.taken)))
    at, count = np.unique([step for step, _ in seen.taken], return_counts=True)
    if np.median(np.diff(at)) == 1:
        raise Complaint(t("ppo_main.every_step"))
    if np.diff(at, prepend=0).max() > T_HORIZON:
        raise Complaint(t("ppo_main.late", found=int(np.diff(at, prepend=0).max())))
    if np.median(count) != K_EPOCH:
        raise Complaint(t("ppo_main.epochs", found=int(np.median(count))))

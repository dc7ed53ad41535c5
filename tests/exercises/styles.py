"""The whole program in five styles, as learners write it, and the mistakes that they make in it."""

# ruff: noqa: E501 (a mistake is one row)

ONE_CLASS = """
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.distributions import Categorical

LAYERS = {}
learning_rate, gamma, lmbda, eps_clip, K_epoch, T_horizon = 0.0005, 0.98, 0.95, 0.1, 3, 20

class PPO(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.data = []
        self.fc1 = nn.Linear(inputs, 256)
        self.fc_pi = nn.Linear(256, outputs)
        self.fc_v = nn.Linear(256, 1)
        self.optimizer = torch.optim.Adam(self.parameters(), lr=learning_rate)

    def pi(self, x, softmax_dim=0):
        x = F.relu(self.fc1(x))
        return F.softmax(self.fc_pi(x), dim=softmax_dim)

    def v(self, x):
        return self.fc_v(F.relu(self.fc1(x)))

    def put_data(self, transition):
        self.data.append(transition)

    def make_batch(self):
        s, a, r, s_prime, old, end, cut = (np.array(column) for column in zip(*self.data))
        self.data = []
        column = lambda x: torch.tensor(x, dtype=torch.float).reshape(-1, 1)
        return torch.tensor(s), torch.tensor(a)[:, None], column(r), torch.tensor(s_prime), 1 - column(end), column(old)

    def collect(self, env, s):
        for _ in range(T_horizon):
            prob = self.pi(torch.from_numpy(s).float())
            a = Categorical(prob).sample().item()
            s_prime, r, done, truncated, info = env.step(a)
            self.put_data((s, a, r / 100, s_prime, prob[a].log().item(), done, truncated))
            s = s_prime
            if done or truncated:
                break

    def train_net(self):
        s, a, r, s_prime, done_mask, old = self.make_batch()
        for _ in range(K_epoch):
            td_target = r + gamma * self.v(s_prime) * done_mask
            delta = (td_target - self.v(s)).detach().numpy()
            advantage_lst, advantage = [], 0.0
            for delta_t in delta[::-1]:
                advantage = gamma * lmbda * advantage + delta_t[0]
                advantage_lst.append([advantage])
            advantage_lst.reverse()
            advantage = torch.tensor(np.array(advantage_lst), dtype=torch.float)
            pi_a = self.pi(s, softmax_dim=1).gather(1, a)
            ratio = torch.exp(torch.log(pi_a) - old)
            surr1 = ratio * advantage
            surr2 = torch.clamp(ratio, 1 - eps_clip, 1 + eps_clip) * advantage
            loss = -torch.min(surr1, surr2) + F.smooth_l1_loss(self.v(s), td_target.detach())
            self.optimizer.zero_grad()
            loss.mean().backward()
            self.optimizer.step()

def main(env, max_steps):
    model, n, over = PPO(env.observation_space.shape[0], env.action_space.n), 0, True
    while n < max_steps:
        s = env.reset()[0] if over else s
        model.collect(env, s)
        n += len(model.data)
        s, over = model.data[-1][3], any(model.data[-1][5:])
        model.train_net()
"""

CLASS_WITH_LISTS = (
    ONE_CLASS.replace(
        "    def collect(self, env, s):\n", "    def collect(self, env, s):\n        rows = []\n"
    )
    .replace("self.put_data((s,", "rows.append((s,")
    .replace(
        "            if done or truncated:\n                break\n",
        "            if done or truncated:\n                break\n        return rows\n",
    )
    .replace("    def train_net(self):\n", "    def train_net(self, rows):\n        self.data = rows\n")
    .replace(
        """        model.collect(env, s)
        n += len(model.data)
        s, over = model.data[-1][3], any(model.data[-1][5:])
        model.train_net()
""",
        """        rows = model.collect(env, s)
        n += len(rows)
        s, over = rows[-1][3], any(rows[-1][5:])
        model.train_net(rows)
""",
    )
)

FUNCTIONS = """
import types
import numpy as np
import torch

def network(n, k):
    actor = torch.nn.Sequential(torch.nn.Linear(n, 64), torch.nn.Tanh(), torch.nn.Linear(64, k))
    critic = torch.nn.Sequential(torch.nn.Linear(n, 64), torch.nn.Tanh(), torch.nn.Linear(64, 1))
    every = [*critic.parameters(), *actor.parameters()]
    return types.SimpleNamespace(
        pi=lambda s: torch.distributions.Categorical(logits=actor(s)),
        v=lambda s: critic(s)[..., 0],
        adam=torch.optim.Adam(every, 5e-4),
    )

def roll(net, world, state):
    out = []
    while len(out) < 20:
        chosen = net.pi(torch.as_tensor(state)[None])
        action = chosen.sample()
        after, pay, fell, late, _ = world.step(int(action))
        out += [(state, int(action), pay * 0.01, after, float(chosen.log_prob(action).detach()), fell, late)]
        if fell or late:
            return out
        state = after
    return out

def learn(net, rows):
    s, a, r, after, old, fell, late = map(np.array, zip(*rows))
    s, after = torch.tensor(s), torch.tensor(after)
    for epoch in range(3):
        with torch.no_grad():
            v, v_after = net.v(s).numpy(), net.v(after).numpy()
        goal = r + 0.98 * np.where(fell, 0, v_after)
        error = goal - v
        powers = (0.98 * 0.95) ** np.arange(len(r))
        A = np.array([powers[: len(r) - t] @ error[t:] for t in range(len(r))])
        q = (net.pi(s).log_prob(torch.tensor(a)) - torch.tensor(old, dtype=torch.float32)).exp()
        A = torch.tensor(A, dtype=torch.float32)
        gain = torch.where(A > 0, q.clip(max=1.1), q.clip(min=0.9)) * A
        miss = net.v(s) - torch.tensor(goal, dtype=torch.float32)
        loss = (miss.square() / 2).mean() - gain.mean()
        net.adam.zero_grad()
        loss.backward()
        net.adam.step()

kept = []

def run(env, max_steps):
    net = network(env.observation_space.shape[0], int(env.action_space.n))
    taken = 0
    while taken < max_steps:
        state, over = env.reset()[0], False
        while not over and taken < max_steps:
            rows = roll(net, env, state)
            learn(net, rows)
            state, over, taken = rows[-1][3], rows[-1][5] or rows[-1][6], taken + len(rows)
"""

# Written by hand: tensors instead of layers, and an optimiser that steps before it clears.
TENSORS = (
    FUNCTIONS.replace(
        FUNCTIONS[FUNCTIONS.index("def network") : FUNCTIONS.index("def roll")],
        """class Net:
    def __init__(self, n, k):
        def weight(*shape):
            return (torch.randn(*shape) / shape[0] ** 0.5).requires_grad_()
        self.w, self.b = weight(n, 128), torch.zeros(128, requires_grad=True)
        self.heads = {"pi": weight(128, k), "v": weight(128, 1)}
        self.adam = torch.optim.Adam([{"params": [*self.heads.values()]}, {"params": [self.w, self.b]}], lr=5e-4)

    def features(self, s):
        return (s @ self.w + self.b).relu()

    def pi(self, s):
        z = self.features(s) @ self.heads["pi"]
        return torch.exp(z - z.logsumexp(-1, keepdim=True))

    def v(self, s):
        return (self.features(s) @ self.heads["v"]).squeeze(-1)

network = Net

""",
    )
    .replace(
        "chosen = net.pi(torch.as_tensor(state)[None])",
        "chosen = torch.distributions.Categorical(net.pi(torch.as_tensor(state)))",
    )
    .replace("net.pi(s).log_prob(torch.tensor(a))", "net.pi(s)[torch.arange(len(a)), torch.tensor(a)].log()")
    .replace(
        """        net.adam.zero_grad()
        loss.backward()
        net.adam.step()
""",
        """        loss.backward()
        net.adam.step()
        net.adam.zero_grad()
""",
    )
)

# The class grows from cell to cell.
IN_CELLS = ONE_CLASS
for method in ("put_data", "collect", "train_net"):
    IN_CELLS = IN_CELLS.replace(f"    def {method}(", f"class PPO(PPO):\n    def {method}(")

# Advantages once for all epochs, as the paper has it.
PAPER = FUNCTIONS.replace(
    "        with torch.no_grad():\n            v, v_after", "        if not epoch:\n            v, v_after"
).replace(
    "net.v(s).numpy(), net.v(after).numpy()", "net.v(s).detach().numpy(), net.v(after).detach().numpy()"
)

CLASS, PARTS = ("PPO", "main"), ("network", "roll", "learn", "run")
STYLES = {
    "one class, as the notes": (ONE_CLASS, CLASS),
    "one class, with lists": (CLASS_WITH_LISTS, CLASS),
    "a class that grows": (IN_CELLS, CLASS),
    "functions and NumPy": (FUNCTIONS, PARTS),
    "tensors by hand": (TENSORS, PARTS),
    "the paper's": (PAPER, PARTS),
}


def answer(text, names):
    """Return the parts of a program that a notebook has run."""
    session = {"__name__": "__main__"}
    exec(text, session)
    return [session[name] for name in names]


def handed(parts, step):
    """Return what is handed in for a step."""
    if step == "ppo_network":
        return parts[0]
    if step == "ppo_main":
        return parts[-1]
    if step == "ppo_program":
        return parts
    if len(parts) == 2:
        return parts[0]
    return [parts[0], parts[1 if step == "ppo_collection" else 2]]


STEPS = ("ppo_network", "ppo_collection", "ppo_train_net", "ppo_main")

# (step, key of the words, style, what is replaced, by what). One change each, as it happens to learners.
C, L, F, T = ONE_CLASS, CLASS_WITH_LISTS, FUNCTIONS, TENSORS
TRAIN, NET, COLLECT, MAIN = "ppo_train_net", "ppo_network", "ppo_collection", "ppo_main"
LOSS = "-torch.min(surr1, surr2) + F.smooth_l1_loss(self.v(s), td_target.detach())"
ADVANTAGE = "advantage = torch.tensor(np.array(advantage_lst), dtype=torch.float)"
LIVE = """        v, v_after = net.v(s), net.v(after)
        goal = torch.tensor(r).float() + 0.98 * v_after * torch.tensor(~fell)
        error = goal - v
        A = torch.stack([sum(0.931 ** k * e for k, e in enumerate(error[t:])) for t in range(len(r))])
"""
LEAKS = F[F.index("        with torch.no_grad():") : F.index("        q = ")]
AFTER = "        A = torch.tensor(A, dtype=torch.float32)\n"
LEAKY = F.replace(LEAKS, LIVE).replace(AFTER, "")
GOAL = "torch.tensor(goal, dtype=torch.float32)"
WRONG = [
    (TRAIN, "wrong_sign", C, "-torch.min(", "torch.min("),
    (TRAIN, "value_to_be_raised", C, "+ F.smooth_l1", "- F.smooth_l1"),
    (TRAIN, "all_raised", C, LOSS, LOSS.replace("-torch", "torch").replace("+ F", "- F")),
    (TRAIN, "no_value_loss", C, " + F.smooth_l1_loss(self.v(s), td_target.detach())", ""),
    (TRAIN, "no_policy_loss", C, "-torch.min(surr1, surr2) + ", ""),
    (
        TRAIN,
        "no_policy_loss",
        C,
        "surr1 = ratio * advantage",
        "ratio = ratio.detach(); surr1 = ratio * advantage",
    ),
    (TRAIN, "value_weight", C, "+ F.smooth", "+ 0.5 * F.smooth"),
    (TRAIN, "value_weight", C, "F.smooth_l1_loss", "F.mse_loss"),
    (TRAIN, "absolutes", C, "F.smooth_l1_loss", "F.l1_loss"),
    (TRAIN, "broadcast", C, "td_target.detach())", "td_target.detach()[:, 0])"),
    (TRAIN, "max_for_min", C, "torch.min(", "torch.max("),
    (TRAIN, "no_min", C, "torch.min(surr1, surr2)", "surr2"),
    (TRAIN, "no_clip", C, "torch.min(surr1, surr2)", "surr1"),
    (
        TRAIN,
        "eps_clip",
        C,
        "eps_clip, K_epoch, T_horizon = 0.0005, 0.98, 0.95, 0.1",
        "eps_clip, K_epoch, T_horizon = 0.0005, 0.98, 0.95, 0.2",
    ),
    (TRAIN, "upside_down", C, "torch.log(pi_a) - old", "old - torch.log(pi_a)"),
    (TRAIN, "not_exponentiated", C, "torch.exp(torch.log(pi_a) - old)", "torch.log(pi_a) - old"),
    (TRAIN, "ratio_of_logs", C, "torch.exp(torch.log(pi_a) - old)", "torch.log(pi_a) / old"),
    (TRAIN, "logs_for_probabilities", C, "torch.exp(torch.log(pi_a) - old)", "pi_a / old"),
    (TRAIN, "no_old", C, "torch.exp(torch.log(pi_a) - old)", "pi_a"),
    (
        TRAIN,
        "old_anew",
        C,
        "torch.exp(torch.log(pi_a) - old)",
        "torch.exp(torch.log(pi_a) - torch.log(pi_a).detach())",
    ),
    (TRAIN, "softmax_dim", C, "self.pi(s, softmax_dim=1)", "self.pi(s)"),
    (TRAIN, "target_leaks", C, "td_target.detach()", "td_target"),
    (TRAIN, "no_mask", C, "self.v(s_prime) * done_mask", "self.v(s_prime)"),
    (TRAIN, "truncated_as_terminated", C, "1 - column(end)", "1 - column(end) - column(cut)"),
    (TRAIN, "truncated_as_terminated", F, "np.where(fell,", "np.where(fell | late,"),
    (TRAIN, "mask_of_truncated", C, "1 - column(end)", "1 - column(cut)"),
    (TRAIN, "mask_inverted", C, "1 - column(end)", "column(end)"),
    (TRAIN, "gae_forwards", F, "powers[: len(r) - t] @ error[t:]", "powers[: t + 1] @ error[t::-1]"),
    (TRAIN, "gae_not_turned_back", C, "            advantage_lst.reverse()\n", ""),
    (TRAIN, "no_lmbda", C, "gamma * lmbda * advantage", "gamma * advantage"),
    (TRAIN, "td_alone", C, "gamma * lmbda * advantage + delta_t[0]", "delta_t[0]"),
    (TRAIN, "no_gamma", C, "gamma * lmbda * advantage", "lmbda * advantage"),
    (
        TRAIN,
        "no_gamma",
        C,
        "gamma, lmbda, eps_clip, K_epoch, T_horizon = 0.0005, 0.98",
        "gamma, lmbda, eps_clip, K_epoch, T_horizon = 0.0005, 1.0",
    ),
    (TRAIN, "target_from_advantage", C, "td_target.detach())", "advantage + self.v(s).detach())"),
    (
        TRAIN,
        "normalised",
        C,
        ADVANTAGE,
        ADVANTAGE + "; advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)",
    ),
    (TRAIN, "entropy", C, LOSS, LOSS + " + 0.01 * (self.pi(s, 1) * self.pi(s, 1).log()).sum(1).mean()"),
    (TRAIN, "entropy_sign", C, LOSS, LOSS + " - 0.01 * (self.pi(s, 1) * self.pi(s, 1).log()).sum(1).mean()"),
    (TRAIN, "scaled_again", C, "td_target = r +", "td_target = r / 100 +"),
    (TRAIN, "one_epoch", C, "for _ in range(K_epoch):", "for _ in range(1):"),
    (TRAIN, "learning_rate", C, ", lr=learning_rate", ""),
    (TRAIN, "other_optimiser", C, "optim.Adam", "optim.SGD"),
    (TRAIN, "no_zero_grad", C, "            self.optimizer.zero_grad()\n", ""),
    (TRAIN, "not_cleared", C, "        self.data = []\n        column", "        column"),
    (
        TRAIN,
        "optimiser_anew",
        C,
        "    def train_net(self):\n",
        "    def train_net(self):\n        self.optimizer = torch.optim.Adam(self.parameters(), lr=learning_rate)\n",
    ),
    (TRAIN, "nan", C, "torch.log(pi_a) - old", "torch.log(pi_a) - torch.log(old)"),
    (TRAIN, "nothing_learned", C, "            self.optimizer.step()\n", ""),
    (TRAIN, "advantage_leaks", LEAKY, GOAL, "goal.detach()"),
    (TRAIN, "both_leak", LEAKY, GOAL, "goal"),
    (TRAIN, "unknown", C, "gamma * lmbda * advantage", "0.5 * advantage"),
    (
        NET,
        "hidden_layers",
        C,
        "self.fc1 = nn.Linear(inputs, 256)",
        "self.first = [nn.Linear(inputs, 256)]; self.fc1 = lambda x: self.first[0](x)",
    ),
    (
        NET,
        "pi_type",
        C,
        "return F.softmax(self.fc_pi(x), dim=softmax_dim)",
        "return F.softmax(self.fc_pi(x), dim=softmax_dim).detach().numpy()",
    ),
    (
        NET,
        "pi_shape",
        C,
        "return F.softmax(self.fc_pi(x), dim=softmax_dim)",
        "return F.softmax(self.fc_pi(x), dim=softmax_dim)[..., :1]",
    ),
    (NET, "log_probabilities", C, "return F.softmax", "return F.log_softmax"),
    (NET, "softmax_dim", C, "dim=softmax_dim)", "dim=0)"),
    (NET, "no_probabilities", C, "return F.softmax(self.fc_pi(x), dim=softmax_dim)", "return self.fc_pi(x)"),
    (
        NET,
        "random",
        C,
        "F.relu(self.fc1(x))\n        return F.s",
        "F.dropout(self.fc1(x))\n        return F.s",
    ),
    (
        NET,
        "rows_mixed",
        C,
        "        x = F.relu(self.fc1(x))\n",
        "        x = F.relu(self.fc1(x - x.mean(0)))\n",
    ),
    (NET, "blind", C, "        x = F.relu(self.fc1(x))\n", "        x = F.relu(self.fc1(0 * x))\n"),
    (
        NET,
        "no_gradient",
        C,
        "return F.softmax(self.fc_pi(x), dim=softmax_dim)",
        "return F.softmax(self.fc_pi(x), dim=softmax_dim).detach()",
    ),
    (NET, "v_shape", C, "return self.fc_v(F.relu(self.fc1(x)))", "return self.fc_pi(F.relu(self.fc1(x)))"),
    (
        NET,
        "v_bounded",
        C,
        "return self.fc_v(F.relu(self.fc1(x)))",
        "return F.relu(self.fc_v(F.relu(self.fc1(x))))",
    ),
    (
        NET,
        "v_bounded",
        C,
        "return self.fc_v(F.relu(self.fc1(x)))",
        "return torch.tanh(self.fc_v(F.relu(self.fc1(x))))",
    ),
    (NET, "fixed_sizes", C, "nn.Linear(inputs, 256)", "nn.Linear(4, 256)"),
    (NET, "fixed_sizes", C, "nn.Linear(256, outputs)", "nn.Linear(256, 2)"),
    (
        NET,
        "shared",
        C,
        "        self.fc1 = nn.Linear(inputs, 256)",
        "        self.fc1 = LAYERS.setdefault(inputs, nn.Linear(inputs, 256))",
    ),
    (NET, "whole_program.sizes", C, "def __init__(self, inputs, outputs)", "def __init__(self, inputs=4)"),
    (NET, "whole_program.no_method", C, "def v(self, x)", "def value(self, x)"),
    (COLLECT, "reset", F, "    out = []\n", "    out = []\n    state, _ = world.reset()\n"),
    (COLLECT, "horizon", F, "len(out) < 20", "len(out) < 19"),
    (COLLECT, "horizon", F, "len(out) < 20", "True"),
    (COLLECT, "lost_rows", F, "    return out\n\ndef learn", "    return out[:-1]\n\ndef learn"),
    (COLLECT, "no_list", F, "    return out\n\ndef learn", "    return len(out)\n\ndef learn"),
    (COLLECT, "seven", F, ", fell, late)]", ", fell)]"),
    (COLLECT, "no_action", F, "world.step(int(action))", "world.step(action)"),
    (COLLECT, "graph", F, "float(chosen.log_prob(action).detach())", "chosen.log_prob(action)"),
    (
        COLLECT,
        "states_swapped",
        F,
        "(state, int(action), pay * 0.01, after,",
        "(after, int(action), pay * 0.01, state,",
    ),
    (
        COLLECT,
        "s_overwritten",
        C,
        "            self.put_data((s,",
        "            s = s_prime\n            self.put_data((s,",
    ),
    (COLLECT, "s_stays", F, "        state = after\n", ""),
    (COLLECT, "s", F, "out += [(state,", "out += [(0 * state,"),
    (COLLECT, "s_prime", F, "pay * 0.01, after,", "pay * 0.01, state,"),
    (COLLECT, "a", F, "out += [(state, int(action),", "out += [(state, 1 - int(action),"),
    (COLLECT, "unscaled", F, "pay * 0.01", "pay"),
    (COLLECT, "r", F, "pay * 0.01", "pay * 0.1"),
    (COLLECT, "probabilities", C, "prob[a].log().item()", "prob[a].item()"),
    (COLLECT, "negative", C, "prob[a].log().item()", "-prob[a].log().item()"),
    (COLLECT, "other_action", C, "prob[a].log().item()", "prob.max().log().item()"),
    (COLLECT, "log_prob", C, "prob[a].log().item()", "2 * prob[a].log().item()"),
    (COLLECT, "past_terminated", F, "if fell or late", "if late"),
    (COLLECT, "past_truncated", F, "if fell or late", "if fell"),
    (
        COLLECT,
        "end_lost",
        F,
        "        if fell or late:\n            return out\n",
        "        if fell or late:\n            return out[:-1]\n",
    ),
    (COLLECT, "flags_swapped", F, ", fell, late)]", ", late, fell)]"),
    (COLLECT, "flags_merged", F, ", fell, late)]", ", fell or late, fell or late)]"),
    (COLLECT, "flags", F, ", fell, late)]", ", False, False)]"),
    (COLLECT, "greedy", F, "action = chosen.sample()", "action = chosen.probs.argmax(-1)"),
    (COLLECT, "not_drawn", F, "action = chosen.sample()", "action = torch.randint(2, (1,))"),
    (COLLECT, "takes", F, "def roll(net, world, state)", "def roll(net, world)"),
    (COLLECT, "no_numbers", F, "out += [(state,", "out += [('state',"),
    (
        MAIN,
        "no_reset",
        C,
        "        s = env.reset()[0] if over else s\n",
        "        s = np.zeros(4, dtype=np.float32)\n",
    ),
    (MAIN, "past_terminated", C, "any(model.data[-1][5:])", "model.data[-1][6]"),
    (MAIN, "past_truncated", C, "any(model.data[-1][5:])", "model.data[-1][5]"),
    (MAIN, "cut_off", C, "if over else s", ""),
    (MAIN, "too_few", C, "    while n < max_steps:", "    while n < max_steps // 2:"),
    (MAIN, "too_many", C, "    while n < max_steps:", "    while True:"),
    (MAIN, "no_update", C, "        model.train_net()\n", "        model.data = []\n"),
    (
        MAIN,
        "not_cleared",
        F,
        "learn(net, rows)\n            state",
        "kept.extend(rows)\n            learn(net, kept)\n            state",
    ),
    (MAIN, "every_step", C, "range(T_horizon)", "range(1)"),
    (
        MAIN,
        "late",
        F,
        "            learn(net, rows)\n",
        "            if rows[-1][5] or rows[-1][6]:\n                learn(net, rows)\n",
    ),
    (MAIN, "epochs", C, "for _ in range(K_epoch):", "for _ in range(1):"),
    (MAIN, "fixed_sizes", C, "PPO(env.observation_space.shape[0], env.action_space.n)", "PPO(4, 2)"),
]

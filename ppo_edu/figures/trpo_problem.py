"""TRPO's problem and its solution, for a policy small enough to see it whole."""

import numpy as np
from matplotlib.lines import Line2D

from ppo_edu.drawing.legend import colour_of
from ppo_edu.drawing.picture import Picture
from ppo_edu.drawing.style import INK, styled
from ppo_edu.guards.validation import check_number
from ppo_edu.language import t
from ppo_edu.objective import probability_ratio, unclipped_surrogate

__all__ = ["trust_region"]


@styled
def trust_region(delta=0.1):
    """Return TRPO's problem, and its solution for a policy small enough to see it whole.

    The policy chooses among three actions in a single state, by a softmax with two free logits. Over these
    two parameters lie the surrogate's levels, the border of the trust region (all policies whose KL from the
    old one is at most `delta`), the ellipse that TRPO takes for it, its step to that ellipse, and what the
    line search accepts of the step.

    Parameters
    ----------
    delta : float
        Radius of the trust region, > 0. TRPO itself uses 0.01; a larger one shows the two borders part.

    References
    ----------
    Schulman et al. (2015), Trust Region Policy Optimization, https://arxiv.org/abs/1502.05477
    """
    check_number("delta", delta, above=0, at_most=0.5)
    small = SmallPolicy()
    picture = Picture(900, 400, t("figure.trust_region_alt"))
    words, axes = picture.figure.subplots(1, 2, width_ratios=(1, 0.9))
    _draw_surrogate(axes, small)
    x, y, logits = _parameter_grid()
    axes.contour(x, y, small.kl(logits), levels=[delta], colors=INK, linewidths=2.5)
    ellipse = small.quadratic_kl(logits)
    axes.contour(x, y, ellipse, levels=[delta], colors=INK, linewidths=1.5, linestyles="--")
    full_step = small.natural_step(delta)
    accepted = small.line_search(full_step, delta)
    old = axes.plot(0, 0, color=INK, marker="o", ms=8, lw=0)[0]
    full = axes.plot(*full_step, color=colour_of("trpo"), marker="x", ms=11, mew=3, lw=0)[0]
    arrow = {"arrowstyle": "-|>", "lw": 3.5, "shrinkA": 0, "shrinkB": 0, "color": colour_of("trpo")}
    axes.annotate("", accepted, (0, 0), arrowprops={**arrow, "mutation_scale": 24})
    words.set_axis_off()
    for height, formula in ((0.87, _TRPO_OBJECTIVE), (0.66, _TRPO_CONSTRAINT)):
        words.text(0, height, formula, va="center", size=15.5, math_fontfamily="cm")
    lines = {
        t("figure.old_policy"): old,
        t("figure.kl_border"): Line2D([], [], color=INK, lw=2.5),
        t("figure.kl_ellipse"): Line2D([], [], color=INK, lw=1.5, ls="--"),
        t("figure.full_step"): full,
        t("figure.accepted_step"): Line2D([], [], color=colour_of("trpo"), lw=3.5),
    }
    words.legend(lines.values(), lines, loc="lower left", borderaxespad=0)
    return picture


_TRPO_OBJECTIVE = (
    r"$\mathrm{maximize}_{\,\theta}\quad \mathbb{E}_{\,s,a\,\sim\,\pi_{\mathrm{old}}}"
    r"\left[\,\frac{\pi_\theta(a\,|\,s)}{\pi_{\mathrm{old}}(a\,|\,s)}\;A(s,a)\right]$"
)
_TRPO_CONSTRAINT = (
    r"$\mathrm{subject\;to}\quad \mathbb{E}_{\,s\,\sim\,\pi_{\mathrm{old}}}\left[\,D_{\mathrm{KL}}"
    r"(\,\pi_{\mathrm{old}}(\cdot|s)\;\|\;\pi_\theta(\cdot|s)\,)\,\right]\;\leq\;\delta$"
)


def _parameter_grid():
    x, y = np.meshgrid(np.linspace(-1.6, 1.6, 161), np.linspace(-1.6, 1.6, 161))
    return x, y, np.stack([x, y], axis=-1)


def _draw_surrogate(axes, small):
    x, y, logits = _parameter_grid()
    levels = axes.contourf(x, y, small.surrogate(logits), levels=12, cmap="cividis", alpha=0.55)
    axes.figure.colorbar(levels, ax=axes, label=t("figure.surrogate_gain"), format="{x:.1f}")
    axes.grid(False)
    axes.set(xlabel=r"$\theta_1$", ylabel=r"$\theta_2$")


class SmallPolicy:
    """A softmax over three actions in one state; a parameter is a change (2,) of the first two logits."""

    def __init__(self):
        self.probs = np.array([0.5, 0.3, 0.2])
        self.advantages = np.array([-1.0, 1.0, 1.0])
        # The Fisher information of a softmax, in these two logits.
        self.fisher = (np.diag(self.probs) - np.outer(self.probs, self.probs))[:2, :2]
        self.gradient = (self.probs * (self.advantages - self.probs @ self.advantages))[:2]

    def log_probs(self, change):
        logits = np.log(self.probs) + np.concatenate([change, np.zeros_like(change[..., :1])], axis=-1)
        return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))

    def surrogate(self, change):
        log_probs = self.log_probs(change)
        old = np.broadcast_to(np.log(self.probs), log_probs.shape)
        advantages = np.broadcast_to(self.advantages, log_probs.shape)
        return unclipped_surrogate(probability_ratio(log_probs, old), advantages) @ self.probs

    def kl(self, change):
        return (np.log(self.probs) - self.log_probs(change)) @ self.probs

    def quadratic_kl(self, change):
        return 0.5 * np.einsum("...i,ij,...j", change, self.fisher, change)

    def natural_step(self, delta):
        direction = np.linalg.solve(self.fisher, self.gradient)
        return direction * np.sqrt(2 * delta / (self.gradient @ direction))

    def line_search(self, step, delta):
        while self.kl(step) > delta or self.surrogate(step) <= self.surrogate(np.zeros(2)):
            step = 0.8 * step
        return step

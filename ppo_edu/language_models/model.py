"""A GPT of some 100,000 numbers: text so far in, scores of the next token out."""

import torch
from torch import nn
from torch.nn import functional

from ppo_edu.guards.torch_settings import neutral_torch
from ppo_edu.guards.validation import check_count, check_generator, shortened
from ppo_edu.language import t
from ppo_edu.language_models.task import ALPHABET, ANSWER_LENGTH, PROMPT_LENGTH

VOCABULARY = len(ALPHABET)
WIDTH, LAYERS, HEADS = 64, 2, 4
_WHOLE = (torch.int32, torch.int64)


class Block(nn.Module):
    """Attention to what came before, then a layer for each token by itself."""

    def __init__(self, width=WIDTH, heads=HEADS):
        super().__init__()
        self.heads = heads
        self.attention_norm, self.norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.queries_keys_values = _linear(width, 3 * width)
        self.mix = _linear(width, width)
        self.up, self.down = _linear(width, 4 * width), _linear(4 * width, width)

    def forward(self, x, cache=None):
        """Return what comes out for `x`, (B, T, W); `cache`, a list, keeps keys and values for later."""
        batch, length, width = x.shape
        heads = self.queries_keys_values(self.attention_norm(x)).view(batch, length, 3, self.heads, -1)
        queries, keys, values = heads.permute(2, 0, 3, 1, 4)
        if cache is not None:
            if cache:
                keys, values = torch.cat([cache[0], keys], 2), torch.cat([cache[1], values], 2)
            cache[:] = keys, values
        # One new token may look at all before it; of several, each only at those before it.
        seen = functional.scaled_dot_product_attention(queries, keys, values, is_causal=length > 1)
        x = x + self.mix(seen.transpose(1, 2).reshape(batch, length, width))
        return x + self.down(functional.gelu(self.up(self.norm(x))))


class GPT(nn.Module):
    """A decoder-only transformer over the characters of the task.

    Parameters
    ----------
    outputs : int in [1, 65536]
        Numbers that come out for each token: scores of the next one, or 1 for a critic.
    generator : torch.Generator, optional
        Decides the first weights.
    """

    def __init__(self, outputs=VOCABULARY, generator=None):
        super().__init__()
        outputs = check_count("outputs", outputs, at_most=65_536)
        check_generator("generator", generator)
        with neutral_torch():
            self._make(outputs, generator)

    def _make(self, outputs, generator):
        self.tokens = nn.utils.skip_init(nn.Embedding, len(ALPHABET), WIDTH)
        self.places = nn.utils.skip_init(nn.Embedding, PROMPT_LENGTH + ANSWER_LENGTH, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm, self.head = nn.LayerNorm(WIDTH), _linear(WIDTH, outputs)
        for weights in self.parameters():
            if weights.dim() > 1:
                nn.init.normal_(weights, std=0.08, generator=generator)

    def forward(self, tokens, caches=None):
        """Return the outputs for `tokens`, (B, T) of int: (B, T, outputs), each of what came up to there.

        `caches`, one list for each block, hold what earlier calls saw: `tokens` then follow on those.
        """
        if not isinstance(tokens, torch.Tensor) or tokens.dim() != 2 or tokens.dtype not in _WHOLE:
            raise TypeError(t("lm_error.no_token_table", value=shortened(tokens)))
        start = caches[0][0].shape[2] if caches and caches[0] else 0
        x = self.tokens(tokens) + self.places.weight[start : start + tokens.shape[1]]
        for index, block in enumerate(self.blocks):
            x = block(x, caches[index] if caches else None)
        return self.head(self.norm(x))

    def new_caches(self):
        """Return empty caches for `forward`."""
        return [[] for _ in self.blocks]


def check_model(name, value):
    """Return `value` if it is a `GPT`, else raise TypeError."""
    if not isinstance(value, GPT):
        raise TypeError(t("lm_error.no_model", name=name, type=type(value).__name__))
    return value


def critic_from(policy):
    """Return a critic: a copy of `policy` with one output, which is 0 at first."""
    critic = GPT(outputs=1, generator=torch.Generator())
    learned = {name: value for name, value in policy.state_dict().items() if not name.startswith("head.")}
    critic.load_state_dict(learned, strict=False)
    nn.init.zeros_(critic.head.weight)
    return critic


def _linear(inputs, outputs):
    # torch's own first weights would be drawn from the session's random numbers.
    layer = nn.utils.skip_init(nn.Linear, inputs, outputs)
    nn.init.zeros_(layer.bias)
    return layer

"""What a page shows while it is presented: asked of the browser, not of the page's script."""

SCREENS = ((1280, 720), (1920, 1080))
SMALLEST = 0.018  # of the height: 13 pixels of 720
# `over`: what is cut, covered, or runs out of the screen. `asks`, `answers`: predictions, and what follows
# them, by the same names. `odd`: a picture that came, but not at the beginning of a slide.
_SEEN = """(() => {
  const main = document.querySelector('main'), over = [], seen = each => each.getBoundingClientRect();
  const foot = seen(document.querySelector('.slide-foot')).top;
  const visible = each => each.checkVisibility({visibilityProperty: true}) && each.getClientRects().length;
  const tell = (each, what) => over.push(`${each.tagName} ${each.textContent.trim().slice(0, 30)} ${what}`);
  for (const each of document.querySelectorAll('.slide-head, .slide-head *, main, main *')) {
    if (!visible(each) || each.closest('.skip') || each.parentElement.closest('svg, math')) continue;
    const box = seen(each), style = getComputedStyle(each);
    const holds = style.display !== 'inline' && !each.matches('input, select, svg, math');
    if (holds && each.clientWidth && each.scrollWidth > each.clientWidth + 1) tell(each, 'is too wide');
    const hides = holds && style.overflowY !== 'visible';
    if (hides && each.scrollHeight > each.clientHeight + 1) tell(each, 'is cut');
    if (box.left < -1 || box.top < -1) tell(each, 'is outside');
    if (box.right > innerWidth + 1 || box.bottom > foot + 1) tell(each, 'is outside');
  }
  const parts = [...main.children].flatMap(each => each.matches('.after') ? [...each.children] : [each]);
  const blocks = parts.filter(visible);
  blocks.slice(1).forEach((each, i) => {
    if (seen(blocks[i]).bottom > seen(each).top + 1) tell(each, 'lies over what is above it');
  });
  const odd = blocks.slice(1).filter(each => each.matches('figure') && !each.dataset.seen).length;
  const named = blocks.filter(each => each.matches('form.predict')).map(each => each.dataset.after);
  const answers = [...main.querySelectorAll('.after')].filter(each => [...each.children].some(visible));
  main.querySelectorAll('*').forEach(each => { if (visible(each)) each.dataset.seen = 1; });
  const bar = document.querySelector('.slide-foot progress');
  return {step: bar.value, last: bar.max, over, odd, asks: named, answers: answers.map(each => each.id),
    blocks: blocks.length, type: parseFloat(getComputedStyle(main).fontSize) / innerHeight};
})()"""
# What is for readers alone, or comes when it is asked for.
_LEFT_OUT = (
    "details, nav, .source, .compare, .stub [hidden], .quiz [role=status], .small, .skip, .coarse, .controls"
)
_NEVER = f"""[...document.querySelectorAll('main :is(p, li, tr, pre, figure, .formula, .predict, .exercise)')]
  .filter(each => !each.dataset.seen && each.textContent.trim() && !each.closest('{_LEFT_OUT}'))
  .map(each => each.textContent.trim().slice(0, 60))"""
READY = "document.querySelector('.slide-foot output')?.textContent"


def drive(page, look=lambda: ()):
    """Press a clicker's key from the first step to the last; return the steps and what is wrong, in words.

    `look` is called at each step, and returns what else is wrong there.
    """
    page.wait_for_function(READY)
    page.evaluate("document.fonts.ready.then(() => 0)")
    steps, wrong, before = [], [], {}
    while not steps or steps[-1]["step"] < steps[-1]["last"]:
        if steps:
            page.keyboard.press("PageDown")
        seen = page.evaluate(_SEEN)
        here = f"step {seen['step'] + 1:.0f}"
        if steps and seen["step"] != steps[-1]["step"] + 1:
            wrong.append(f"{here} after step {steps[-1]['step'] + 1:.0f}")
            break
        wrong += [f"{here}: {what}" for what in seen["over"][:3]]
        wrong += [f"{here}: a picture begins no slide"] * bool(seen["odd"])
        wrong += [f"{here}: type of {seen['type']:.1%} of the height"] * (seen["type"] < SMALLEST)
        for name in seen["asks"]:
            if name not in before and seen["blocks"] != 1:
                wrong.append(f"{here}: the prediction of {name} does not stand alone")
            before.setdefault(name, seen["step"])
        wrong += [
            f"{here}: {name} before its prediction"
            for name in seen["answers"]
            if before.get(name, seen["step"]) >= seen["step"]
        ]
        wrong += [f"{here}: {what}" for what in look()]
        steps.append(seen)
    wrong += [f"never shown: {words}" for words in page.evaluate(_NEVER)]
    return steps, wrong

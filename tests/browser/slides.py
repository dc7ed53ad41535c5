"""What a page of the reading edition shows while it is presented: asked of the browser, not of the page's script."""

SCREENS = ((1280, 720), (1920, 1080))
# `over`: what is cut or runs out of the screen. `asks`, `answers`: predictions, and what follows them, by the
# same names. `odd`: a picture that came, but not at the beginning of a slide.
_SEEN = """(() => {
  const main = document.querySelector('main'), foot = document.querySelector('.slide-foot').getBoundingClientRect().top;
  const visible = each => each.checkVisibility({visibilityProperty: true}) && each.getClientRects().length;
  const over = [];
  for (const each of document.querySelectorAll('.slide-head, .slide-head *, main, main *')) {
    if (!visible(each) || each.closest('.skip') || each.parentElement.closest('svg, math')) continue;
    const box = each.getBoundingClientRect(), style = getComputedStyle(each);
    const cut = style.display !== 'inline' && !each.matches('input, select, svg, math')
      && (each.scrollWidth > each.clientWidth + 1 && each.clientWidth || each.scrollHeight > each.clientHeight + 1 && style.overflowY !== 'visible');
    if (cut || box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > foot + 1)
      over.push(`${each.tagName}.${each.className} ${each.textContent.trim().slice(0, 30)}`);
  }
  const blocks = [...main.children].flatMap(each => each.matches('.after') ? [...each.children] : [each]).filter(visible);
  blocks.slice(1).forEach((each, i) => {
    if (blocks[i].getBoundingClientRect().bottom > each.getBoundingClientRect().top + 1) over.push(`${each.tagName} over what is above it`);
  });
  const odd = blocks.filter(each => each.matches('figure') && !each.dataset.seen && each !== blocks[0]).length;
  const named = blocks.filter(each => each.matches('form.predict')).map(each => each.dataset.after);
  const answers = [...main.querySelectorAll('.after')].filter(each => [...each.children].some(visible)).map(each => each.id);
  main.querySelectorAll('*').forEach(each => { if (visible(each)) each.dataset.seen = 1; });
  const bar = document.querySelector('.slide-foot progress');
  return {step: bar.value, last: bar.max, over, odd, asks: named, answers, blocks: blocks.length,
    type: parseFloat(getComputedStyle(main).fontSize) / innerHeight};
})()"""
_NEVER = """[...document.querySelectorAll('main :is(p, li, tr, pre, figure, .formula, form.predict, section.exercise)')]
  .filter(each => !each.dataset.seen && each.textContent.trim() && !each.closest('details, nav, .source, .compare, .stub [hidden], .quiz [role=status], .small, .skip, .coarse, .controls'))
  .map(each => each.textContent.trim().slice(0, 60))"""
READY = "document.querySelector('.slide-foot output')?.textContent"


def drive(page):
    """Press a clicker's key from the first step to the last; return the steps and what is wrong, in words."""
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
        wrong += [f"{here}: {what} does not fit" for what in seen["over"][:3]]
        wrong += [f"{here}: a picture begins no slide"] * bool(seen["odd"])
        for name in seen["asks"]:
            if name not in before and seen["blocks"] != 1:
                wrong.append(f"{here}: the prediction of {name} does not stand alone")
            before.setdefault(name, seen["step"])
        wrong += [
            f"{here}: {name} before its prediction"
            for name in seen["answers"]
            if before.get(name, seen["step"]) >= seen["step"]
        ]
        steps.append(seen)
    wrong += [f"never shown: {words}" for words in page.evaluate(_NEVER)]
    return steps, wrong

// Runs in the page for each column of widgets (drawing/page.py); `element` is a place in it, `words` what to say
// of a kernel. What ipywidgets lacks there:

(function wait(frames) {
    const box = element.closest('.widget-vbox');
    if (!box) return frames && requestAnimationFrame(() => wait(frames - 1));

    // Words as large as a picture's: JupyterLab's presentation mode enlarges text and code, but not widgets.
    box.style.setProperty('--jp-widgets-font-size', '16px');
    box.classList.add('ppo-edu-column');

    // For a screen reader, whose the words and the value beside a slider are.
    const name = () => box.querySelectorAll('.widget-slider').forEach(slider => {
        // In ipywidgets 7 the handle has no role.
        const [label, handle, readout] = ['.widget-label', '[role=slider], .ui-slider-handle', '.widget-readout'].map(
            part => slider.querySelector(part));
        handle.setAttribute('role', 'slider');
        readout.setAttribute('role', 'textbox');
        [handle, readout].forEach(part => part.setAttribute('aria-label', label.textContent));
        handle.setAttribute('aria-valuetext', readout.textContent);
    });
    name();
    new MutationObserver(name).observe(box, {childList: true, characterData: true, subtree: true});

    // A picture that does not follow its controls says why. It lies over the picture: nothing jumps.
    const note = document.createElement('div');
    note.className = 'ppo-edu-kernel';
    note.setAttribute('role', 'status');
    const say = text => text ? (note.textContent = text, box.append(note)) : note.remove();
    // ipywidgets marks what has lost its kernel to another one, but not what was left without any.
    const toolbar = box.closest('.jp-NotebookPanel')?.querySelector('.jp-Toolbar');
    const status = () => toolbar?.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status;
    const isGone = () => box.matches('.jupyter-widgets-disconnected') ||
        box.querySelector('.jupyter-widgets-disconnected') !== null ||
        ['unknown', 'dead', 'terminating', 'disconnected'].includes(status());
    let asked = 0;
    const ask = () => {
        if (isGone()) return say(words.gone);
        // A drag asks again and again; what counts is the first that has no answer.
        asked ||= setTimeout(() => say(isGone() ? words.gone : words.busy), 1500);
    };
    const answered = () => {
        clearTimeout(asked);
        asked = 0;
        say('');
    };
    const image = box.querySelector('img.widget-image');
    if (image) new MutationObserver(answered).observe(image, {attributes: true, attributeFilter: ['src']});
    // Controls whose picture follows at once, and not those that wait for a button.
    if (image && box.querySelector('.ppo-edu-camera')) {
        box.querySelectorAll('.widget-readout').forEach(readout =>
            new MutationObserver(ask).observe(readout, {childList: true, characterData: true, subtree: true}));
        box.addEventListener('change', ({target}) => target.matches('select, input[type=checkbox]') && ask());
    }
    const see = new MutationObserver(() => image && isGone() && say(words.gone));
    see.observe(box, {attributes: true, attributeFilter: ['class'], subtree: true});
    if (toolbar) see.observe(toolbar, {attributes: true, attributeFilter: ['data-status'], childList: true, subtree: true});

    // What a click on a small button asks for: its code, at once, for later the browser would refuse; or the
    // file, which the kernel puts into a link.
    let awaited = 0;
    box.addEventListener('click', ({target}) => {
        const copy = target.closest('.ppo-edu-code'), icon = copy?.querySelector('i');
        // Where a page may not copy, over plain HTTP say, the code stands there to be selected.
        if (copy) navigator.clipboard?.writeText(copy.title.slice(copy.title.indexOf('\n') + 1)).then(() => {
            icon.classList.replace('fa-code', 'fa-check');
            setTimeout(() => icon.classList.replace('fa-check', 'fa-code'), 1500);
        }).catch(() => {});
        if (target.closest('.ppo-edu-camera')) awaited = Date.now();
    });
    new MutationObserver(() => {
        const link = box.querySelector('a.ppo-edu-file');
        if (!link || Date.now() - awaited > 10000) return;
        awaited = 0;
        link.click();
    }).observe(box, {childList: true, subtree: true});
})(100);

if (!window.ppoEdu) {
    window.ppoEdu = true;

    // Arrow keys for a slider, which Notebook 7 would take for itself.
    window.addEventListener('keydown', ({key, target}) => {
        if (target.matches?.('.widget-slider [role=slider]'))
            target.toggleAttribute('data-lm-suppress-shortcuts', key.startsWith('Arrow'));
    }, true);

    const look = document.createElement('style');
    look.textContent = `
        .ppo-edu-column { container-type: inline-size; position: relative; width: 100%; }
        .ppo-edu-kernel {
            position: absolute; bottom: 12px; left: 12px; max-width: 90%; padding: 6px 12px; font-size: 16px;
            border-radius: 4px; background: #5A3500; color: white; z-index: 1;
        }
        .ppo-edu-column code { font-size: 14px; white-space: pre-wrap; user-select: all; }
        @container (max-width: 560px) {
            .ppo-edu-column .widget-slider { flex-wrap: wrap; height: auto; }
            .ppo-edu-column .widget-slider .widget-label { width: 100% !important; text-align: left; }
            .ppo-edu-column .widget-slider .slider-container { min-width: 180px; }
        }
        [data-jp-theme-light=false] .ppo-edu-column img.widget-image,
        .vscode-dark .ppo-edu-column img.widget-image,
        html[theme=dark] .ppo-edu-column img.widget-image { filter: invert(0.9) hue-rotate(180deg); }`;
    document.head.append(look);
}

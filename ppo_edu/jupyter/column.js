// Runs in the page for each column of widgets (live.py); `element` is a place in it. What ipywidgets lacks there:

(function wait(frames) {
    const box = element.closest('.widget-vbox');
    if (!box) return frames && requestAnimationFrame(() => wait(frames - 1));

    // Words as large as a picture's: JupyterLab's presentation mode enlarges text and code, but not widgets.
    box.style.setProperty('--jp-widgets-font-size', '16px');

    // For a screen reader, whose the words and the value beside a slider are.
    const name = () => box.querySelectorAll('.widget-slider').forEach(slider => {
        const [label, handle, readout] = ['.widget-label', '[role=slider]', '.widget-readout'].map(
            part => slider.querySelector(part));
        readout.setAttribute('role', 'textbox');
        [handle, readout].forEach(part => part.setAttribute('aria-label', label.textContent));
        handle.setAttribute('aria-valuetext', readout.textContent);
    });
    name();
    new MutationObserver(name).observe(box, {childList: true, characterData: true, subtree: true});
})(100);

// Arrow keys for a slider, which Notebook 7 would take for itself.
if (!window.ppoEduArrowKeys) {
    window.ppoEduArrowKeys = true;
    window.addEventListener('keydown', ({key, target}) => {
        if (target.matches?.('.widget-slider [role=slider]'))
            target.toggleAttribute('data-lm-suppress-shortcuts', key.startsWith('Arrow'));
    }, true);
}

// Runs in the page for each column of widgets (drawing/page.py); `element` is a place in it, `kernel` the
// server's name for whose they are, `words` what to say of it. What ipywidgets lacks there:

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
    const sign = () => toolbar?.querySelector('.jp-Notebook-ExecutionIndicator');
    const isSeenGone = () => box.matches('.jupyter-widgets-disconnected') ||
        box.querySelector('.jupyter-widgets-disconnected') !== null ||
        window.ppoEdu.GONE.includes(sign()?.dataset.status);
    // From a narrow window's toolbar JupyterLab takes the sign away, to where nothing tells whose it is.
    const isGone = async () => isSeenGone() || !sign() && await window.ppoEdu.isGone(kernel);
    let asked = 0;
    const ask = () => {
        if (isSeenGone()) return say(words.gone);
        // A drag asks again and again; what counts is the first that has no answer.
        const mine = asked ||= setTimeout(async () => {
            const gone = await isGone();
            if (asked === mine) say(gone ? words.gone : words.busy);
        }, 1500);
    };
    const answered = () => {
        clearTimeout(asked);
        asked = 0;
        say('');
    };
    const image = box.querySelector('img.widget-image');
    if (image) {
        new MutationObserver(answered).observe(image, {attributes: true, attributeFilter: ['src']});
        const see = new MutationObserver(() => isSeenGone() && say(words.gone));
        see.observe(box, {attributes: true, attributeFilter: ['class'], subtree: true});
        box.addEventListener('ppo-edu-kernel', async () => await isGone() && say(words.gone));
    }
    // Controls whose picture follows at once, and not those that wait for a button.
    if (image && box.querySelector('.ppo-edu-camera')) {
        box.querySelectorAll('.widget-readout').forEach(readout =>
            new MutationObserver(ask).observe(readout, {childList: true, characterData: true, subtree: true}));
        box.addEventListener('change', ({target}) => target.matches('select, input[type=checkbox]') && ask());
    }

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
    const GONE = ['unknown', 'dead', 'terminating', 'disconnected'];
    // Asks the server about its kernels, or to end one, as the menu does: the page is logged in, by token, password
    // or hub, and a kernel need not be. JupyterLab's and Notebook 7's servers can be asked; Voila's refuses.
    const server = async (path, method) => {
        const told = document.getElementById('jupyter-config-data');
        if (!told) return null;
        const {baseUrl, token} = JSON.parse(told.textContent);
        const mark = document.cookie.match(/\b_xsrf=([^;]*)/);
        const headers = {};
        if (mark) headers['X-XSRFToken'] = mark[1];
        if (token) headers.Authorization = `token ${token}`;
        const address = new window.URL(`api/kernels${path}`, new window.URL(baseUrl, location.href));
        return fetch(address, {method, headers}).catch(() => 'ended');
    };
    window.ppoEdu = {
        GONE,
        // Looks for it among all: asked for one that it does not have, a server speaks of an error.
        async isGone(id) {
            const answer = id && await server('', 'GET');
            const all = answer?.ok ? await answer.json().catch(() => null) : null;
            return answer === 'ended' || Array.isArray(all) && !all.some(kernel => kernel.id === id);
        },
        end: id => id && server(`/${encodeURIComponent(id)}`, 'DELETE'),
    };

    // Whose kernel it was that has gone, each column finds out.
    new MutationObserver(changes => changes.some(({target}) => GONE.includes(target.dataset.status)) &&
        document.querySelectorAll('.ppo-edu-column').forEach(box => box.dispatchEvent(new Event('ppo-edu-kernel')))
    ).observe(document.body, {attributes: true, attributeFilter: ['data-status'], subtree: true});

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
            .ppo-edu-column :is(.widget-slider, .widget-dropdown) { flex-wrap: wrap; height: auto; }
            .ppo-edu-column :is(.widget-slider, .widget-dropdown) .widget-label {
                width: 100% !important; text-align: left;
            }
            .ppo-edu-column .widget-slider .slider-container { min-width: 180px; }
        }
        [data-jp-theme-light=false] .ppo-edu-column img.widget-image,
        .vscode-dark .ppo-edu-column img.widget-image,
        html[theme=dark] .ppo-edu-column img.widget-image { filter: invert(0.9) hue-rotate(180deg); }`;
    document.head.append(look);
}

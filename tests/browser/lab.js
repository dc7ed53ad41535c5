// What lab.py does inside the page, where JupyterLab keeps its own objects in `jupyterapp`.

window.lab = {
    async open(path) {
        const panel = await jupyterapp.commands.execute('docmanager:open', {path});
        await panel.context.ready;
        await panel.sessionContext.ready;
        panel.said = [];
        panel.sessionContext.iopubMessage.connect((_, {header, content}) => {
            if (header.msg_type === 'error') panel.said.push(content.traceback.join('\n'));
            if (header.msg_type === 'stream' && content.name === 'stderr') panel.said.push(content.text);
        });
        return panel;
    },

    runAll(seconds) {
        const tooLong = (_, reject) => setTimeout(() => reject(`not done after ${seconds} s`), 1000 * seconds);
        return Promise.race([jupyterapp.commands.execute('notebook:run-all-cells'), new Promise(tooLong)]);
    },

    async runCell(panel, words, wait) {
        const says = cell => cell.model.type === 'code' && cell.model.sharedModel.source.includes(words);
        panel.content.activeCellIndex = panel.content.widgets.findIndex(says);
        panel.content.activeCell.node.scrollIntoView();
        const done = jupyterapp.commands.execute('notebook:run-cell');
        if (wait) await done;
    },

    // Runs the cell again that ran as `number`; returns what it ran as now.
    async runAgain(panel, number) {
        const cells = panel.content.widgets;
        const place = cells.findIndex(cell => cell.model.executionCount === number);
        panel.content.activeCellIndex = place;
        await jupyterapp.commands.execute('notebook:run-cell');
        return cells[place].model.executionCount;
    },

    // Puts `answer` in place of an exercise's stub, runs it and the check below; returns the check's number.
    async answer(panel, [name, answer]) {
        const tags = cell => cell.model.getMetadata('tags') ?? [], cells = panel.content.widgets;
        const place = cells.findIndex(cell => tags(cell).includes(`exercise-${name}`));
        cells[place].model.sharedModel.setSource(answer);
        panel.content.activeCellIndex = place;
        await jupyterapp.commands.execute('notebook:run-cell');
        panel.content.activeCellIndex = place + 1;
        await jupyterapp.commands.execute('notebook:run-cell');
        return cells[place + 1].model.executionCount;
    },

    async inKernel(panel, code) {
        const future = panel.sessionContext.session.kernel.requestExecute({code, store_history: false});
        let printed = '', failed = '';
        future.onIOPub = ({header, content}) => {
            if (header.msg_type === 'stream') printed += content.text;
            if (header.msg_type === 'error') failed = content.traceback.join('\n');
        };
        await future.done;
        return [printed, failed];
    },

    async close(panel) {
        if (panel.sessionContext.session) await panel.sessionContext.shutdown();
        panel.context.model.dirty = false;  // or it asks whether to save
        panel.close();
    },

    // The address of an image, which holds its bytes; null if it was `seen` and is the same as at the last call.
    other(image, seen) {
        const source = image.getAttribute('src');
        if (seen && source === lab.sources.get(image)) return null;
        lab.sources.set(image, source);
        return source;
    },
    sources: new WeakMap(),

    // Waits until an image is another than at the last call of `other` or `mark`, or so many milliseconds;
    // returns whether it is.
    another(image, left) {
        return new Promise(resolve => {
            const look = () => {
                if (image.getAttribute('src') === lab.sources.get(image)) return;
                observer.disconnect();
                resolve(true);
            };
            const observer = new MutationObserver(look);
            observer.observe(image, {attributeFilter: ['src']});
            setTimeout(() => { observer.disconnect(); resolve(false); }, left);
            look();
        });
    },

    // Marks the crisp picture of an explorer, once it has come: twice as wide as the draft that shows a move.
    async mark(image) {
        while (!image.complete || image.naturalWidth < 1800) await new Promise(resolve => setTimeout(resolve, 20));
        lab.sources.set(image, image.getAttribute('src'));
    },

    // The pieces of text in an element.
    *texts(element) {
        const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) yield walker.currentNode;
    },

    // A letter without a glyph looks like U+0378, which means nothing and so is in no font.
    missingLetters(body, more) {
        const pen = new OffscreenCanvas(64, 64).getContext('2d', {willReadFrequently: true});
        const drawn = (letter, font) => {
            pen.clearRect(0, 0, 64, 64);
            pen.font = `40px ${font}`;
            pen.fillText(letter, 8, 48);
            return pen.getImageData(0, 0, 64, 64).data.join();
        };
        const missing = new Set(), seen = new Set();
        const fonts = new Set();
        for (const text of lab.texts(body)) {
            const font = getComputedStyle(text.parentElement).fontFamily, first = !fonts.has(font);
            fonts.add(font);
            for (const letter of first ? text.data + more : text.data) {
                if (seen.has(letter + font) || !/[^\x00-\x7f\s\p{Cc}\p{Cf}\p{Co}\p{M}]/u.test(letter)) continue;
                seen.add(letter + font);
                if (drawn(letter, font) === drawn('\u0378', font)) missing.add(letter);
            }
        }
        return [...missing];
    },

    // Returns the Korean words of the text that stand on two lines.
    torn(body) {
        const torn = [], range = new Range();
        for (const text of lab.texts(body)) {
            if (!text.parentElement.closest('.jp-RenderedMarkdown')) continue;
            for (const word of text.data.matchAll(/[가-힣]+/g)) {
                range.setStart(text, word.index);
                range.setEnd(text, word.index + word[0].length);
                if (range.getClientRects().length > 1) torn.push(word[0]);
            }
        }
        return torn;
    },

    // What a control says: the words of its readout or its choice, or whether it is ticked.
    said(control) {
        const box = control.querySelector('input[type=checkbox]'), choice = control.querySelector('select');
        if (box) return box.checked;
        if (choice) return choice.selectedOptions[0].textContent.replaceAll('\u00a0', ' ');
        return control.querySelector('.widget-readout').textContent.replace('\u2212', '-');
    },

    // What a screen reader says of a slider's value, and what stands beside it.
    heardAndSeen: slider => [
        slider.querySelector('[role=slider]').getAttribute('aria-valuetext'),
        slider.querySelector('[role=textbox]').textContent,
    ],

    // Moves a random control of each group so often, without waiting for a picture.
    async moveAtRandom([groups, moves]) {
        const any = from => from[Math.floor(Math.random() * from.length)];
        const keys = [...Array(4).fill(['ArrowLeft', 'ArrowRight']), 'PageDown', 'PageUp', 'Home', 'End'].flat();
        const moveOne = control => {
            const box = control.querySelector('input[type=checkbox]'), choice = control.querySelector('select');
            if (box) {
                box.click();
            } else if (choice) {
                choice.value = any(choice.options).value;
                choice.dispatchEvent(new Event('change', {bubbles: true}));
            } else {
                const press = new KeyboardEvent('keydown', {key: any(keys), bubbles: true, cancelable: true});
                control.querySelector('[role=slider]').dispatchEvent(press);
            }
        };
        for (let move = 0; move < moves; move++) {
            groups.forEach(controls => moveOne(any(controls)));
            await new Promise(resolve => setTimeout(resolve));
        }
    },

    // Notes the place of whatever gets the focus among all that is in a widget, -1 if it is elsewhere, until its end.
    followFocus(widget) {
        const places = [], all = [...widget.querySelectorAll('*')];
        const note = event => places.push(all.indexOf(event.target));
        document.addEventListener('focusin', note);
        return {
            end() {
                document.removeEventListener('focusin', note);
                return places;
            },
        };
    },

    // Returns which of `parts` have an element at one of these places in them.
    reached(parts, [widget, places]) {
        const elements = [...widget.querySelectorAll('*')];
        return parts.map(part => places.some(place => part.contains(elements[place])));
    },

    // Returns the words of a widget that do not fit where they stand.
    cutOff(widget) {
        const wordy = widget.querySelectorAll('.widget-label, .widget-readout, .widget-button');
        return [...wordy].filter(part => part.scrollWidth > part.clientWidth).map(part => part.textContent);
    },
};

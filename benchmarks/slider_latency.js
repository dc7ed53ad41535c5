// What slider_latency.py measures inside the page, where one clock times both the hand and the picture.

window.latency = {
    // A notebook's code cells, each with its picture's area and its sliders.
    subjects: () => [...document.querySelectorAll('.jp-CodeCell')].map(cell => ({
        area: cell.querySelector('.jp-OutputArea'),
        handles: [...cell.querySelectorAll('[role=slider]')],
        tracks: [...cell.querySelectorAll('.noUi-base')],
        readouts: [...cell.querySelectorAll('.widget-readout')],
    })),

    picture: area => area.querySelector(
        'img.widget-image, .jupyter-matplotlib-canvas-div canvas, .jp-RenderedImage img'),

    // A small copy of the picture's pixels; null while there is none to be seen.
    pixels(picture) {
        if (!picture || picture.complete === false) return null;
        const pen = new OffscreenCanvas(360, 160).getContext('2d', {willReadFrequently: true});
        pen.imageSmoothingQuality = 'high';
        pen.drawImage(picture, 0, 0, 360, 160);
        return pen.getImageData(0, 0, 360, 160).data;
    },

    same: (pixels, others) => pixels.every((value, place) => Math.abs(value - others[place]) < 32),

    // Calls `seen` in each frame that shows something else, with the time; returns a function that ends it.
    watch(area, seen) {
        const source = picture => picture?.getAttribute('src');
        let on = true, last = latency.picture(area), pixels = latency.pixels(last), from = source(last);
        const look = () => {
            const picture = latency.picture(area);
            // A canvas is drawn on in place; an image need not be looked at while it is the same.
            const other = picture && (source(picture) === null || picture !== last || source(picture) !== from);
            if (other && picture.complete !== false) {
                const time = performance.now(), now = latency.pixels(picture);
                if (now && !(pixels && latency.same(now, pixels))) {
                    seen(time, picture.naturalWidth ?? picture.width);
                    pixels = now;
                }
                [last, from] = [picture, source(picture)];
            }
            if (on) requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
        return () => { on = false; };
    },

    // Milliseconds from a key press on a slider until the frame with other pixels; null if there is none.
    async press({area, handles}, number, key) {
        let stop;
        const seen = new Promise(resolve => { stop = latency.watch(area, resolve); });
        const start = performance.now();
        handles[number].dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
        const end = await Promise.race([seen, new Promise(resolve => setTimeout(resolve, 3000, null))]);
        stop();
        return end && end - start;
    },

    // Where the first slider's knob and its track are on the screen.
    hold({area, handles, tracks}) {
        area.scrollIntoView();
        const box = element => element.getBoundingClientRect();
        const knob = box(handles[0]), track = box(tracks[0]);
        return {x: knob.x + knob.width / 2, y: knob.y + knob.height / 2, left: track.x, width: track.width};
    },

    // Begins to note when the first slider's value changes and when pictures come; `recorded` tells, and ends it.
    record({area, readouts}) {
        let changed = 0;
        const frames = [];
        const observer = new MutationObserver(() => { changed = performance.now(); });
        observer.observe(readouts[0], {childList: true, characterData: true, subtree: true});
        const stop = latency.watch(area, (time, width) => frames.push({time, width}));
        latency.recorded = () => {
            stop();
            observer.disconnect();
            return {changed, frames};
        };
    },
};

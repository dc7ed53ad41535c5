// What slider_latency.py measures inside the page, where one clock times both the hand and the picture.

window.latency = {
    picture: area => area.querySelector(
        'img.widget-image, .jupyter-matplotlib-canvas-div canvas, .jp-RenderedImage img'),

    // A small copy of the picture's pixels; null while there is none to be seen.
    pixels(area) {
        const picture = latency.picture(area);
        if (!picture || picture.complete === false) return null;
        const pen = new OffscreenCanvas(360, 160).getContext('2d', {willReadFrequently: true});
        pen.imageSmoothingQuality = 'high';
        pen.drawImage(picture, 0, 0, 360, 160);
        return pen.getImageData(0, 0, 360, 160).data;
    },

    // Returns whether two such copies show the same: one may be of a draft, the other of the crisp picture.
    same: (pixels, others) => pixels.every((value, place) => Math.abs(value - others[place]) < 32),

    // Calls `seen` in each frame that shows something else, with the time; returns a function that ends it.
    watch(area, seen) {
        let on = true, pixels = latency.pixels(area), source = latency.picture(area)?.src;
        const look = () => {
            const picture = latency.picture(area);
            // A canvas is drawn on in place; an image need not be looked at while it is the same.
            if (picture && (picture.src === undefined || (picture.src !== source && picture.complete))) {
                const time = performance.now(), now = latency.pixels(area);
                if (now && !(pixels && latency.same(now, pixels))) {
                    seen(time);
                    pixels = now;
                }
                source = picture.src;
            }
            if (on) requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
        return () => { on = false; };
    },

    // Milliseconds from a key press on a slider until the frame with other pixels; null if there is none.
    async press([area, handle, key]) {
        let stop;
        const seen = new Promise(resolve => { stop = latency.watch(area, resolve); });
        const start = performance.now();
        handle.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
        const end = await Promise.race([seen, new Promise(resolve => setTimeout(resolve, 3000, null))]);
        stop();
        return end && end - start;
    },

    // Begins to note when the mouse moves and when pictures come; the function it returns tells, and ends it.
    record(area) {
        let lastMove = 0;
        const frames = [];
        const moved = () => { lastMove = performance.now(); };
        document.addEventListener('pointermove', moved, true);
        const stop = latency.watch(area, time => frames.push(time));
        return () => {
            stop();
            document.removeEventListener('pointermove', moved, true);
            return {lastMove, frames};
        };
    },
};

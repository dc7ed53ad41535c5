// What moves in the reading edition. Every place of every control has its drawing ready: see tools/reading/live.py.
(() => {
  const SVG = 'http://www.w3.org/2000/svg', root = document.documentElement, waiting = new Map();
  const link = document.querySelector('a.present'), presented = link && new URLSearchParams(location.search).has('present');
  // What is answered in front of a class is forgotten: the next class has not predicted yet.
  const store = presented ? { get: () => null, set: () => {} } : { get: key => { try { return localStorage.getItem(key) } catch { return null } },
      set: (key, value) => { try { localStorage.setItem(key, value) } catch { /* a private window */ } } };

  // Fifteen bits a letter: see `script` in tools/reading/live.py.
  const unpacked = (size, packed) => {
    const bytes = new Uint8Array(size);
    for (let i = 0, at = 0, bits = 0, held = 0; i < packed.length; i++) {
      held = held << 15 | packed.charCodeAt(i) - 0x3000;
      for (bits += 15; bits >= 8; held &= (1 << bits) - 1) bytes[at++] = held >> (bits -= 8) & 255;
    }
    return bytes;
  };
  window.ppoLive = async (name, size, packed) => {
    const bytes = unpacked(size, packed);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    waiting.get(name)(JSON.parse(await new Response(stream).text()));
  };
  const tables = new Map();
  const table = name => {
    if (!tables.has(name)) tables.set(name, new Promise(resolve => {
      waiting.set(name, resolve);
      const script = document.createElement('script');
      script.src = `live/${name}.js`;
      document.head.append(script);
    }));
    return tables.get(name);
  };

  const fill = (group, drawing, looks) => {
    for (let i = 0; i < drawing.length; i += 2) {
      const look = drawing[i], what = drawing[i + 1], attributes = looks[look];
      let element = group.children[i / 2];
      if (!element || element.look !== look) {
        const kind = 'font-size' in attributes ? 'text' : 'preserveAspectRatio' in attributes ? 'image' : 'path';
        const made = document.createElementNS(SVG, kind);
        for (const key in attributes) if (key !== 'turned') made.setAttribute(key, attributes[key]);
        made.look = look;
        element ? element.replaceWith(made) : group.append(made);
        element = made;
      }
      if (element.nodeName === 'path') element.setAttribute('d', what);
      else if (element.nodeName === 'image') element.setAttribute('href', what);
      else {
        const [x, y] = what.split(' ', 2), words = what.slice(x.length + y.length + 2);
        if (attributes.turned) element.setAttribute('transform', `translate(${x} ${y})rotate(-90)`);
        else { element.setAttribute('x', x); element.setAttribute('y', y); }
        element.textContent = words;
      }
    }
    while (group.children.length > drawing.length / 2) group.lastChild.remove();
  };

  class Live {
    constructor(figure) {
      this.figure = figure;
      this.inputs = [...figure.querySelectorAll('[data-c]')];
      this.first = this.inputs.map(input => [input.value, input.checked, input.selectedIndex]);
      this.status = figure.querySelector('[role=status]');
      figure.addEventListener('input', event => { this.tell(event.target); this.draw(); });
      figure.querySelector('form').addEventListener('submit', event => event.preventDefault());
      figure.querySelector('form').addEventListener('reset', event => {
        event.preventDefault();
        this.inputs.forEach((input, i) => {
          if (input.type === 'checkbox') input.checked = this.first[i][1];
          else if (input.tagName === 'SELECT') input.selectedIndex = this.first[i][2];
          else input.value = this.first[i][0];
          this.tell(input);
        });
        this.draw();
      });
      const play = figure.querySelector('.play');
      if (play) play.addEventListener('click', () => this.play(play));
    }
    tell(input) {
      if (!input.dataset.words) return;
      const word = JSON.parse(input.dataset.words)[input.value];
      input.setAttribute('aria-valuetext', word);
      input.nextElementSibling.textContent = word;
    }
    async show() {
      const panel = [...this.figure.querySelectorAll('.panel')].find(each => each.offsetParent) ;
      if (!panel || panel === this.panel) return;
      const size = panel.classList.contains('small') ? 'n' : 'w';
      const data = await table(this.figure.dataset.live + '.' + size);
      this.panel = panel;
      [this.sizes, this.looks, this.parts] = data;
      this.names = Object.keys(this.sizes);
      this.holes = this.parts.map((_, i) => panel.querySelector(`[data-p="${i}"]`));
      this.shown = [];
      this.holes.forEach(hole => { if (hole && hole.nodeName === 'g') hole.replaceChildren(); });
      this.draw();
      this.figure.dataset.ready = size;
    }
    draw() {
      if (!this.parts) return;
      const at = {};
      for (const input of this.inputs)
        at[input.dataset.c] = input.type === 'checkbox' ? +input.checked : input.tagName === 'SELECT' ? input.selectedIndex : +input.value;
      this.parts.forEach(([controls, drawings, numbers], i) => {
        let k = 0;
        for (const name of controls) k = k * this.sizes[name] + at[name];
        const number = numbers ? numbers[k] : k;
        if (this.shown[i] === number) return;
        this.shown[i] = number;
        const hole = this.holes[i], drawing = drawings[number];
        if (!hole) return;
        if (hole.nodeName === 'g') return fill(hole, drawing, this.looks);
        hole.textContent = drawing.length ? drawing[1].split(' ').slice(2).join(' ') : '';
        if (drawing.length) hole.style.color = this.looks[drawing[0]].fill;
      });
      clearTimeout(this.later);
      this.later = setTimeout(() => {
        const words = [...this.panel.querySelectorAll('g[data-p] text, .said')].map(each => each.textContent);
        this.status.textContent = words.join('. ');
      }, 500);
    }
    // By itself from place to place: only when asked to, and until told to stop.
    play(button) {
      const slider = this.inputs.find(input => input.dataset.c === button.dataset.plays);
      const stop = () => { clearInterval(this.timer); this.timer = 0; button.setAttribute('aria-pressed', false); button.textContent = button.dataset.play; };
      if (this.timer) return stop();
      if (+slider.value >= +slider.max) slider.value = 0;
      button.setAttribute('aria-pressed', true);
      button.textContent = button.dataset.pause;
      this.timer = setInterval(() => {
        if (+slider.value >= +slider.max) return stop();
        slider.value = +slider.value + 1;
        this.tell(slider);
        this.draw();
      }, 350);
    }
  }
  const lives = new Map();
  const near = new IntersectionObserver(entries => entries.forEach(entry => {
    if (entry.isIntersecting) lives.get(entry.target).show();
  }), { rootMargin: '600px' });
  const wake = () => document.querySelectorAll('.live').forEach(figure => {
    if (!lives.has(figure)) lives.set(figure, new Live(figure));
    near.unobserve(figure);
    near.observe(figure);
  });
  wake();
  matchMedia('(max-width: 640px)').addEventListener('change', wake);

  // Letters and numbers: what the course's check says to each answer was asked when the page was made.
  document.querySelectorAll('form.quiz').forEach(form => form.addEventListener('submit', event => {
    event.preventDefault();
    const { said, table, other } = JSON.parse(form.dataset.verdicts), status = form.querySelector('[role=status]');
    const typed = form.querySelector('input[type=text]');
    let number;
    if (typed) {
      const value = parseFloat(typed.value.replace('−', '-').replace(',', '.'));
      if (Number.isNaN(value)) return typed.focus();
      const near = table.find(([known, tolerance]) => Math.abs(known - value) <= tolerance);
      number = near ? near[2] : other;
    } else {
      const answer = [...form.querySelectorAll(':checked')].map(box => box.value).join('');
      if (!(answer in table)) return;
      number = table[answer];
    }
    const [passed, words] = said[number];
    status.className = passed ? 'right' : 'wrong';
    status.innerHTML = `<b aria-hidden="true">${passed ? '✓' : '✗'}</b> <div>${words}</div>`;
  }));

  // A prediction folds what follows it until the reader has one.
  const here = location.pathname.split('/').slice(-1)[0].replace('.html', '');
  document.querySelectorAll('form.predict').forEach((form, i) => {
    const after = document.getElementById(form.dataset.after), key = `ppo.predicted.${here}.${i}`;
    if (!after) return;
    const box = form.querySelector('textarea'), note = after.querySelector('.compare');
    const open = words => {
      after.hidden = false;
      form.classList.add('done');
      if (box && words) box.value = words;
      else form.querySelectorAll('button').forEach(button => button.setAttribute('aria-pressed', button.value === words));
      if (note && words) { note.hidden = false; note.querySelector('q').textContent = words; }
      wake();
    };
    const answered = store.get(key);
    if (answered !== null) open(answered);
    else { after.setAttribute('hidden', 'until-found'); after.addEventListener('beforematch', () => open('')); }
    form.addEventListener('submit', event => { event.preventDefault(); const words = box ? box.value.trim() : event.submitter.value; store.set(key, words); open(words); });
  });
  addEventListener('beforeprint', () => document.querySelectorAll('.after[hidden]').forEach(each => { each.dataset.folded = ''; each.hidden = false; }));
  addEventListener('afterprint', () => document.querySelectorAll('.after[data-folded]').forEach(each => { delete each.dataset.folded; each.setAttribute('hidden', 'until-found'); }));
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folded = target && target.closest('.after[hidden]');
    if (folded) { folded.hidden = false; target.scrollIntoView(); }
  };
  addEventListener('hashchange', reveal);
  reveal();

  document.querySelectorAll('button.copy').forEach(button => button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.closest('.cell').querySelector('code').textContent);
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = button.dataset.copy; }, 1500);
  }));
  // An animation stands still where no motion is wanted, and stops when told to.
  document.querySelectorAll('.film').forEach(film => {
    const image = film.querySelector('img'), button = film.querySelector('button'), moving = image.dataset.moving, still = image.getAttribute('src');
    const set = on => { image.src = on ? moving : still; button.setAttribute('aria-pressed', on); button.textContent = on ? button.dataset.pause : button.dataset.play; };
    button.hidden = false;
    button.addEventListener('click', () => set(button.getAttribute('aria-pressed') !== 'true'));
    if (!matchMedia('(prefers-reduced-motion: reduce)').matches)
      new IntersectionObserver((entries, observer) => { if (entries[0].isIntersecting) { set(true); observer.disconnect(); } }).observe(film);
  });

  document.querySelectorAll('a.language, a.present').forEach(link => link.addEventListener('click', () => {
    const seen = [...document.querySelectorAll('main h1[id], main h2[id], main h3[id]')].filter(each => each.getBoundingClientRect().top < 120).pop();
    link.href = link.href.split('#')[0] + (seen ? '#' + seen.id : '');
    if (link.hreflang) store.set('ppo.language', link.hreflang);
  }));
  document.querySelector('.theme')?.addEventListener('click', () => {
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
    store.set('ppo.theme', root.dataset.theme);
  });

  // Slides, for who asks for them: see present.js.
  if (presented) {
    root.dataset.present = 'loading';
    const look = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: link.dataset.look });
    const script = Object.assign(document.createElement('script'), { src: 'present.js' });
    look.addEventListener('load', () => document.head.append(script));
    document.head.append(look);
  }
})();

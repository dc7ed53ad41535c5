// A lesson's page as slides: ?present. Or, in a second window, what only the presenter sees: ?present=notes.
// site.js loads this where it is asked for; what is appended when the pages are made calls it with its words.
const present = words => {
  const root = document.documentElement, main = document.querySelector('main');
  const role = new URLSearchParams(location.search).get('present') === 'notes' ? 'notes' : 'slides';
  const here = decodeURIComponent(location.pathname).split('/').pop().replace('.html', '');
  const make = (tag, look, inner = '') => Object.assign(document.createElement(tag), { className: look, innerHTML: inner });
  root.dataset.present = role;

  // What is shown as one: a paragraph, an item of a list, a row of a table, a cell, a picture.
  const titles = [], atoms = [];
  const add = (element, kind, holder = element) => {
    const title = titles.length - 1;
    atoms.push({ element, holder, kind, title, opens: !atoms.length || atoms.at(-1).title !== title, number: atoms.length });
  };
  const kind = element => element.matches('form.predict') ? 'ask' : element.matches('figure') ? 'figure' : element.matches('.cell') ? 'cell'
    : element.matches('.output, .compare, .source') ? 'output' : element.matches('section.exercise') ? 'exercise' : 'text';
  const heading = element => {
    const copy = element.cloneNode(true), level = +element.tagName[1];
    copy.querySelectorAll('[id]').forEach(each => each.remove());
    const section = level === 2 ? element.id : level === 3 ? titles.at(-1)?.section : '';
    const above = level === 3 ? titles.findLast(each => each.level === 2)?.words : '';
    titles.push({ level, id: element.id, words: copy.innerHTML, section, above });
  };
  const saysNothing = element => element.matches('.source') && ![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  for (const element of [...main.children].flatMap(each => each.matches('.after') ? [...each.children] : [each])) {
    if (/^H[1-3]$/.test(element.tagName)) heading(element);
    else if (element.matches('nav') || saysNothing(element)) continue;
    else if (element.matches('ul, ol') || element.matches('.table, .output') && element.querySelector('tbody')) {
      const parts = element.querySelector('tbody') || element;
      parts.classList.add('parts');
      // What is not shown is not counted.
      if (parts.matches('ol')) [...parts.children].forEach((item, i) => { item.value = parts.start + i; });
      for (const part of parts.children) add(part, kind(element), element);
    } else add(element, kind(element));
  }
  main.querySelectorAll('.after').forEach(each => { each.hidden = false; });
  main.querySelectorAll('img').forEach(each => { each.loading = 'eager'; });
  // Hands go up for a letter, where the answers are longer than that.
  main.querySelectorAll('form.predict').forEach(form => {
    if ([...form.querySelectorAll('button[value]')].some(each => each.value.length > 2)) form.classList.add('lettered');
  });

  const head = make('div', 'slide-head', '<p></p><h1></h1>'), foot = make('footer', 'slide-foot'), aside = make('aside', 'presenter');
  const [above, title] = head.children;
  head.setAttribute('role', 'banner');
  document.querySelector('.columns').before(head);
  document.querySelector('.columns').prepend(aside);
  document.body.append(foot);

  // Type, in hundredths of the screen's height (of a wide screen): what is packed upon one slide, and how far it may grow and shrink.
  const TEXT = 3.1, CELL = 2.8, ANSWER = 2.5, LARGEST = role === 'notes' ? 2.6 : 4.6, LEAST = 0.8;
  const PICTURES = [46, 36, 26], picture = share => root.style.setProperty('--picture', share);
  const size = hundredths => { root.style.fontSize = `${hundredths * Math.min(innerHeight, innerWidth * 0.6) / 100}px`; };
  // A long line of code, or of a formula, gets smaller by itself first.
  const squeeze = () => main.querySelectorAll('.on :is(pre, .formula, .table), :is(pre, .formula, .table).on').forEach(each => {
    each.style.fontSize = '';
    const share = each.clientWidth / each.scrollWidth;
    if (share && share < 1) each.style.fontSize = `${Math.max(0.6, share * 0.98) * parseFloat(getComputedStyle(each).fontSize)}px`;
  });
  const over = () => squeeze() || main.scrollHeight > main.clientHeight + 1 || main.scrollWidth > main.clientWidth + 1
    || [...main.querySelectorAll('.on, .on :is(pre, .formula, .table, p:not(.skip), li, td)')].some(each => each.clientWidth && each.scrollWidth > each.clientWidth + 1);
  let code = true, pages = [], at = 0, blank = false, shownFrom = 0, shownTo = 0;
  const lay = (from, to, space = to) => {
    for (const { element, holder } of atoms.slice(shownFrom, shownTo)) [element, holder].forEach(each => each.classList.remove('on', 'later'));
    for (const { element, holder, kind, number } of atoms.slice(from, space)) {
      if (kind === 'cell' && !code) continue;
      element.classList.add('on');
      holder.classList.add('on');
      if (number >= to) element.classList.add('later');
    }
    [shownFrom, shownTo] = [from, space];
  };
  const head_of = number => {
    const { level, words: said, above: of } = titles[atoms[number].title];
    head.dataset.level = level;
    title.innerHTML = said;
    above.innerHTML = of || '';
  };
  const fit = () => {
    // Where words beside a picture would become too small to read, the picture gives way.
    for (const share of PICTURES) {
      picture(share);
      let [small, large] = [LEAST, LARGEST];
      size(large);
      if (!over()) return;
      while (large - small > 0.03) {
        const middle = (small + large) / 2;
        size(middle);
        if (over()) large = middle; else small = middle;
      }
      size(small);
      squeeze();
      if (small > ANSWER * 0.8) return;
    }
  };

  // What comes with one key: all the text up to something else, a question, a picture, a cell with what it printed.
  const paginate = () => {
    const used = atoms.filter(each => code || each.kind !== 'cell'), last = used.length;
    const end = from => {
      let to = from + 1;
      const goes = { text: ['text'], cell: ['output'], output: ['output'], figure: ['output'] }[used[from].kind] || [];
      while (to < last && goes.includes(used[to].kind) && !used[to].opens) to++;
      return to;
    };
    const number = place => place < last ? used[place].number : atoms.length;
    picture(PICTURES[0]);
    const fits = (from, to, hundredths) => { head_of(number(from)); lay(number(from), used[to - 1].number + 1); size(hundredths); return !over(); };
    const leads = place => /[:：]\s*$/.test(used[place].element.textContent);
    pages = [];
    for (let from = 0, next = 0; next < last;) {
      let to = end(next);
      // A question stays beside its answer if it can.
      const first = used[next], wanted = first.kind === 'text' ? TEXT : from === next - 1 && used[from].kind === 'ask' ? ANSWER : CELL;
      if (next === 0 || used.slice(from + 1, next + 1).some(each => each.opens) || ['ask', 'figure', 'exercise'].includes(first.kind) || !fits(from, to, wanted)) from = next;
      if (from === next && ['text', 'output', 'cell'].includes(first.kind) && !fits(from, to, Math.min(wanted, CELL))) {
        const all = to;
        for (to = next + 1; to < all && first.kind !== 'cell' && fits(from, to + 1, wanted);) to++;
        if (to < all && to > next + 1 && leads(to - 1)) to--;
      }
      pages.push({ from: number(from), to: used[to - 1].number + 1, alone: from === next && ['ask', 'figure'].includes(first.kind) });
      next = to;
    }
    // Nothing moves up or gets smaller while more of a slide is shown.
    pages.forEach((page, i) => {
      const group = page.alone ? [page] : pages.slice(i).filter((each, k, rest) => rest.slice(0, k + 1).every(one => one.from === page.from));
      page.space = group.at(-1).to;
    });
  };
  const pageWith = atom => Math.max(0, pages.findIndex(page => page.to > atom) + 1 || pages.length) - 1;

  // From window to window, whatever comes first or twice: each message says where to be, not how far to go.
  const channel = new BroadcastChannel(`ppo.present.${here}`);
  const kept = `ppo.began.${here}`;
  let began = Date.now();
  try { began = +sessionStorage.getItem(kept) || began; sessionStorage.setItem(kept, began); } catch { /* a private window */ }
  const atomOf = page => pages[page] && pages[page].to - 1;
  const told = () => ({
    at: atomOf(at), back: atomOf(Math.max(0, at - 1)), on: atomOf(Math.min(pages.length - 1, at + 1)), next: pages[at + 1], first: pages[at].from,
    step: at + 1, steps: pages.length, title: atoms[pages[at].from].title, began, blank, code,
  });
  const position = (step, steps, current) => {
    const sections = titles.filter(each => each.level === 2), number = sections.findIndex(each => each.id === titles[current].section) + 1;
    return `${number ? `${words.section} ${number}/${sections.length} · ` : ''}${step}/${steps}`;
  };

  // The keys of keyboards and of presenters' clickers; where Hangul is typed, a letter is known by its place.
  const letter = event => /^[a-z?.]$/i.test(event.key) ? event.key.toLowerCase() : event.code === 'Slash' && event.shiftKey ? '?' : event.code?.startsWith('Key') ? event.code[3].toLowerCase() : '';
  const MOVES = { ArrowRight: 'on', ArrowDown: 'on', PageDown: 'on', ' ': 'on', Enter: 'on', ArrowLeft: 'back', ArrowUp: 'back', PageUp: 'back', Backspace: 'back', Home: 'start', End: 'end' };
  const dialog = make('dialog', 'keys');
  const rows = words.keys.map(([keys, what]) => `<tr><td>${keys.split(' ').map(key => `<kbd>${key}</kbd>`).join(' ')}</td><td>${what}</td></tr>`).join('');
  dialog.innerHTML = `<h2>${words.title}</h2><table>${rows}</table><form method="dialog"><button>${words.close}</button></form>`;
  dialog.setAttribute('aria-label', words.title);
  document.body.append(dialog);
  const help = () => dialog.open ? dialog.close() : dialog.showModal();
  const keys = (what, by) => addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const on = event.target.matches ? event.target : document.body, pressed = letter(event);
    if (dialog.open) { if (pressed === '?') { event.preventDefault(); dialog.close(); } return; }
    const types = on.matches('textarea, input[type=text], select');
    const paging = event.key === 'PageDown' || event.key === 'PageUp';
    // A focused slider has the arrows to itself, a button the space bar.
    const own = types || on.matches('input[type=range]') && event.key !== ' ' && event.key !== 'Enter'
      || on.matches('button, summary, a, input[type=checkbox], input[type=radio]') && (event.key === ' ' || event.key === 'Enter');
    let done;
    if (event.key in MOVES) done = (paging || !own) && MOVES[event.key];
    else if (event.key === 'Escape') done = !types && 'leave';
    else done = !types && by[pressed];
    if (!done) return;
    event.preventDefault();
    what(done);
  }, true);
  const button = (name, act, key) => {
    const made = make('button', name, `${words[name]}${key ? ` <kbd>${key}</kbd>` : ''}`);
    made.type = 'button';
    made.addEventListener('click', () => { act(); made.blur(); });
    return made;
  };

  const slides = () => {
    const state = () => {
      root.classList.toggle('blank', blank);
      foot.querySelector('progress').value = at;
      foot.querySelector('progress').max = pages.length - 1;
      foot.querySelector('output').textContent = position(at + 1, pages.length, atoms[pages[at].from].title);
    };
    const show = () => {
      const { from, to, space } = pages[at];
      head_of(from);
      lay(from, to, space);
      fit();
      state();
      const { title: number } = atoms[from], first = atoms.findIndex(each => each.title === number);
      history.replaceState(null, '', `#${titles[number].id}.${to - 1 - first}`);
    };
    const tell = () => channel.postMessage({ kind: 'at', ...told() });
    const go = (page, silent) => {
      at = Math.max(0, Math.min(pages.length - 1, page));
      blocked.remove();
      // Where the eyes are no longer on a slider, its arrows are not wanted.
      if (main.contains(document.activeElement)) document.activeElement.blur();
      show();
      if (!silent) tell();
    };
    const again = () => {
      const atom = atomOf(at) ?? 0;
      paginate();
      at = pageWith(atom);
      show();
    };
    const set = (now, silent) => {
      const changed = now.code !== code;
      ({ blank, code } = now);
      if (changed) again(); else state();
      if (!silent) tell();
    };
    // A browser that opens no window by itself does so where a link is followed.
    const blocked = make('p', 'blocked', `${words.blocked} <a target="_blank" href="${location.pathname}?present=notes">${words.open}</a>`);
    blocked.setAttribute('role', 'alert');
    const acts = {
      on: () => { blank = false; go(at + 1); }, back: () => { blank = false; go(at - 1); }, start: () => go(0), end: () => go(pages.length - 1),
      code: () => set({ blank, code: !code }), blank: () => set({ blank: !blank, code }), help,
      leave: () => location.assign(location.href.split(/[?#]/)[0] + '#' + titles[atoms[pages[at].from].title].id),
      notes: () => {
        blocked.remove();
        if (!open(blocked.lastChild.href, `ppo-notes-${here}`, 'popup,width=1100,height=760')) foot.before(blocked);
      },
      language: () => { const other = document.querySelector('a.language').href.split('#')[0]; location.assign(`${other}?present${location.hash}`); },
      full: () => document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen(),
    };
    foot.append(document.createElement('progress'), document.createElement('output'));
    foot.querySelector('progress').setAttribute('aria-label', words.progress);
    for (const [name, key] of [['code', 'c'], ['blank', 'b'], ['notes', 's'], ['help', '?'], ['leave', 'Esc']]) foot.append(button(name, acts[name], key));
    for (const [name, sign] of [['back', '‹'], ['on', '›']]) {
      const turn = button(name, acts[name]);
      turn.setAttribute('aria-label', words[name]);
      turn.textContent = sign;
      turn.classList.add('turn');
      document.body.append(turn);
    }
    keys(name => acts[name](), { c: 'code', b: 'blank', '.': 'blank', s: 'notes', l: 'language', f: 'full', '?': 'help' });
    document.addEventListener('submit', event => event.target.matches('form.predict') && go(at + 1));
    // Hints and verdicts unfold.
    const refit = () => requestAnimationFrame(fit);
    main.addEventListener('toggle', refit, true);
    main.addEventListener('submit', refit);
    main.addEventListener('click', refit);
    let waits;
    addEventListener('resize', () => { clearTimeout(waits); waits = setTimeout(again, 120); });
    const place = () => {
      const [id, offset] = decodeURIComponent(location.hash.slice(1)).split('.');
      const number = titles.findIndex(each => each.id === id);
      const first = atoms.findIndex(each => each.title === number);
      return first < 0 ? 0 : first + (+offset || 0);
    };
    addEventListener('hashchange', () => go(pageWith(place())));
    channel.addEventListener('message', ({ data }) => {
      if (data.kind === 'hello') tell();
      else if (data.kind === 'go') { blank = false; go(pageWith(data.atom)); }
      else if (data.kind === 'set') set(data);
      else if (data.kind === 'began') { began = data.began; try { sessionStorage.setItem(kept, began); } catch { /* a private window */ } tell(); }
      else if (data.kind === 'at') { go(pageWith(data.at), true); set(data, true); }
    });
    const start = () => { const first = place(); paginate(); go(pageWith(first)); };
    start();
    // What the mathematics' font has measured otherwise.
    document.fonts.load('1em "Latin Modern Math"').then(again, () => {});
  };

  const notes = () => {
    let now;
    const post = message => channel.postMessage(message);
    aside.innerHTML = `<p class="clock"><time>0:00</time> <output></output></p><p class="here"></p><h2></h2><p class="plan"></p><div class="do"></div><h3 class="wrong">${words.wrong}</h3><div class="ask"></div><h3 class="discuss">${words.discuss}</h3><ol class="questions"></ol>`;
    const part = name => aside.querySelector(name);
    let aim = '', plan = {}, questions = [];
    const clock = () => {
      const seconds = now ? Math.max(0, Math.floor((Date.now() - now.began) / 1000)) : 0;
      part('time').textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    };
    const until = (id, length) => { let sum = 0; for (const [each, row] of Object.entries(plan)) { sum += row[length]; if (each === id) return sum; } return sum; };
    const fill = (pattern, ...values) => pattern.replace(/\{(\d)\}/g, (_, i) => values[i]);
    const show = () => {
      const current = titles[now.title], row = plan[current.section];
      part('h2').innerHTML = current.section ? titles.find(each => each.id === current.section).words : current.words;
      part('.here').innerHTML = current.level === 3 ? current.words : '';
      part('output').textContent = position(now.step, now.steps, now.title);
      part('.plan').textContent = row ? `${fill(words.planned, row.minutes, until(current.section, 'minutes'))} · ${row.short ? fill(words.short, row.short, until(current.section, 'short')) : words.cut}` : '';
      const sections = Object.entries(plan).map(([, each]) => `<tr><td>${each.heading}</td><td>${each.minutes}</td><td>${each.short || '-'}</td></tr>`).join('');
      const before = aim ? `<p><b>${words.aim}</b> ${aim}</p>` : '';
      part('.do').innerHTML = row ? row.do : `${before}<table><thead><tr>${words.table.map(each => `<th>${each}</th>`).join('')}</tr></thead><tbody>${sections}</tbody></table>`;
      part('.ask').innerHTML = row?.ask || '';
      part('.wrong').hidden = !row?.ask;
      part('.questions').innerHTML = now.next ? '' : questions.map(each => `<li>${each}</li>`).join('');
      part('.discuss').hidden = Boolean(now.next) || !questions.length;
      root.classList.toggle('blank', now.blank);
      code = now.code;
      const next = now.next;
      main.classList.toggle('over', !next);
      lay(0, 0);
      if (next) {
        head_of(next.from);
        // Of a slide that grows, what is new.
        const from = next.from === now.first ? now.at + 1 : next.from;
        lay(from, next.to);
        fit();
      }
      head.dataset.label = next ? words.next : words.over;
      if (!next) title.textContent = above.textContent = '';
      clock();
    };
    window.ppoNotes = found => { ({ aim = '', plan = {}, questions = [] } = found); if (now) show(); };
    const script = document.createElement('script');
    script.src = `notes/${here}.js`;
    document.head.append(script);
    const acts = {
      on: () => now && post({ kind: 'go', atom: now.on }), back: () => now && post({ kind: 'go', atom: now.back }),
      start: () => post({ kind: 'go', atom: 0 }), end: () => post({ kind: 'go', atom: atoms.length - 1 }),
      code: () => now && post({ kind: 'set', blank: now.blank, code: !now.code }), blank: () => now && post({ kind: 'set', blank: !now.blank, code: now.code }),
      clock: () => post({ kind: 'began', began: Date.now() }), help, leave: () => close(),
    };
    for (const [name, key] of [['back', '←'], ['on', '→'], ['code', 'c'], ['blank', 'b'], ['clock', 'r'], ['help', '?']]) foot.append(button(name, acts[name], key));
    keys(name => acts[name](), { c: 'code', b: 'blank', '.': 'blank', r: 'clock', '?': 'help' });
    channel.addEventListener('message', ({ data }) => { if (data.kind === 'at') { now = data; show(); } });
    addEventListener('resize', () => now && show());
    document.title = `${words.notes} · ${document.title}`;
    document.querySelector('.columns').append(head);
    main.before(head);
    head.dataset.label = words.waiting;
    setInterval(clock, 500);
    post({ kind: 'hello' });
  };

  role === 'notes' ? notes() : slides();
};

'use strict';
// Search, the choice of light or dark, and the menu of narrow windows. Pages
// are whole without it, and it works from a folder as from a server.
(() => {
  const root = document.currentScript.dataset.root;
  const most = 12;

  // A narrow window begins with the text, not with the list of pages.
  if (matchMedia('(max-width: 60rem)').matches) document.querySelector('.menu').open = false;

  const theme = document.querySelector('.theme');
  const kept = () => { try { return localStorage.getItem('theme'); } catch { return null; } };
  const dark = () => (document.documentElement.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
  const name = () => { theme.textContent = dark() ? 'Light' : 'Dark'; };
  if (kept()) document.documentElement.dataset.theme = kept();
  theme.hidden = false;
  name();
  theme.addEventListener('click', () => {
    document.documentElement.dataset.theme = dark() ? 'light' : 'dark';
    try { localStorage.setItem('theme', document.documentElement.dataset.theme); } catch { /* not kept, then */ }
    name();
  });

  const form = document.querySelector('.search');
  const input = form.querySelector('input');
  const list = form.querySelector('.results');
  const status = form.querySelector('[role=status]');

  // The index is fetched when somebody is about to search, as a script: a page
  // of a folder may fetch nothing else.
  let loading;
  const load = () => loading ??= new Promise((done, fail) => {
    const script = document.createElement('script');
    script.src = root + 'search-index.js';
    script.onload = () => done(window.searchIndex.map(e => ({ ...e, low: (e.t + ' ' + e.p).toLowerCase(), text: e.x.toLowerCase() })));
    script.onerror = fail;
    document.head.append(script);
  });

  // Every word must occur; where it occurs says how good it is.
  const score = (e, words) => {
    let sum = 0;
    for (const w of words) {
      const at = e.low.indexOf(w);
      if (at === 0) sum += 12;
      else if (at > 0) sum += /[\p{L}\p{N}]/u.test(e.low[at - 1]) ? 4 : 9;
      else if (e.text.includes(w)) sum += 2;
      else return 0;
    }
    return e.u.includes('#') ? sum : sum + 1;
  };

  const around = (e, word) => {
    const at = Math.max(0, e.text.indexOf(word) - 40);
    return (at ? '… ' : '') + e.x.slice(at, at + 120) + (e.x.length > at + 120 ? ' …' : '');
  };

  const show = async () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    list.replaceChildren();
    list.hidden = !words.length;
    if (!words.length) { status.textContent = ''; return; }
    const all = await load();
    if (input.value.toLowerCase().split(/\s+/).filter(Boolean).join() !== words.join()) return; // typed on meanwhile
    const hits = all.map(e => [score(e, words), e]).filter(h => h[0]).sort((a, b) => b[0] - a[0]).slice(0, most);
    list.replaceChildren(...hits.map(([, e]) => {
      const item = document.createElement('li'), link = document.createElement('a'), more = document.createElement('small');
      link.href = root + e.u;
      link.textContent = e.t === e.p ? e.t : e.p + ' › ' + e.t;
      more.textContent = around(e, words[0]);
      link.append(more);
      item.append(link);
      return item;
    }));
    if (!hits.length) {
      const none = document.createElement('li');
      none.textContent = 'Nothing has all of these words.';
      list.append(none);
    }
    status.textContent = hits.length + ' found';
  };

  input.addEventListener('focus', load, { once: true });
  input.addEventListener('input', show);
  form.addEventListener('submit', e => { e.preventDefault(); list.querySelector('a')?.click(); });
  form.addEventListener('keydown', e => {
    const links = [...list.querySelectorAll('a')];
    const at = links.indexOf(document.activeElement);
    if (e.key === 'Escape') { list.hidden = true; input.focus(); }
    if (e.key === 'ArrowDown' && links.length) { e.preventDefault(); links[Math.min(at + 1, links.length - 1)].focus(); }
    if (e.key === 'ArrowUp' && at >= 0) { e.preventDefault(); (links[at - 1] || input).focus(); }
  });
  document.addEventListener('click', e => { if (!form.contains(e.target)) list.hidden = true; });
  document.addEventListener('keydown', e => {
    if (e.key === '/' && document.activeElement === document.body) { e.preventDefault(); input.focus(); }
  });
})();

// The few things a server-rendered page cannot do: keys before the browser acts on them, focus, theme, clipboard.

const field = 'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]';
const pressable = 'button, a[href], input, summary';
const tableRow = 'tbody > tr';
const lettersOff = 'postern-letters-off';

// Where the focus goes back to when the drawer closes, and whether somebody walks the rows while one is open.
let opener = null;
let isWalking = false;

// Listens for the keys that the parts of the page have asked for. Single letters count only while no field has the focus.
export function listen(receiver) {
  let taken = new Set();
  let prefix = '';
  let prefixAt = 0;
  function pressed(event) {
    const target = event.target instanceof Element ? event.target : document.body;
    const inField = target.closest(field) !== null;
    if (event.defaultPrevented || event.altKey || event.metaKey || event.isComposing) {
      return;
    }
    if (event.ctrlKey && event.key.toLowerCase() !== 'a') {
      return;
    }
    if (inField && event.key !== 'Escape') {
      return;
    }
    if ((event.key === 'Enter' || event.key === ' ') && target.closest(pressable) !== null) {
      return;
    }
    if (event.repeat && event.key.length === 1 && event.key !== 'j' && event.key !== 'k') {
      return;
    }
    if (document.querySelector('dialog[open]') !== null || (event.key === 'Escape' && document.querySelector(':popover-open') !== null)) {
      return; // the browser closes it, and nothing behind a dialog answers
    }
    if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !letters()) {
      return;
    }
    if (event.key === 'Enter') {
      isWalking = false;
    }
    const name = (event.ctrlKey ? 'Control+' : '') + (event.shiftKey && event.key.length > 1 ? 'Shift+' : '') + (event.key.length === 1 ? event.key.toLowerCase() : event.key);
    const isSecond = prefix === 'g' && performance.now() - prefixAt < 1500;
    prefix = name;
    prefixAt = performance.now();
    const part = isSecond ? null : document.querySelector(`[data-press="${CSS.escape(name)}"]`);
    if (part !== null) {
      event.preventDefault();
      press(part);
      return;
    }
    if (!taken.has(name)) {
      return;
    }
    event.preventDefault();
    receiver.invokeMethodAsync('Pressed', name);
  }
  document.addEventListener('keydown', pressed);
  document.addEventListener('submit', go);
  document.addEventListener('pointerdown', point);
  document.addEventListener('click', skip, true);
  document.addEventListener('click', leave);
  document.addEventListener('beforetoggle', place, true);
  const drawers = new MutationObserver(giveBack);
  drawers.observe(document.body, { childList: true, subtree: true });
  return {
    take: names => {
      taken = new Set(names);
      document.documentElement.dataset.keys = 'heard';
    },
    stop: () => {
      document.removeEventListener('keydown', pressed);
      document.removeEventListener('submit', go);
      document.removeEventListener('pointerdown', point);
      document.removeEventListener('click', skip, true);
      document.removeEventListener('click', leave);
      document.removeEventListener('beforetoggle', place, true);
      drawers.disconnect();
    },
  };
}

// A part with data-press answers its key here and now: letters that follow must not be lost on the way to the server.
function press(part) {
  if (part.matches(field)) {
    part.focus();
  } else {
    part.click();
  }
}

// A form with data-go leads to that address with its words added. Words and Enter are one step here; as two messages to a busy server
// the second could overtake what the first has changed.
function go(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.dataset.go === undefined) {
    return;
  }
  event.preventDefault();
  const address = new URL(form.dataset.go, document.baseURI);
  for (const [name, words] of new FormData(form)) {
    if (words.trim() !== '') {
      address.searchParams.set(name, words.trim());
    }
  }
  form.closest('[popover]')?.hidePopover();
  if (form.dataset.clears !== undefined) {
    form.reset();
  }
  Blazor.navigateTo(address.pathname + address.search);
}

function point() {
  isWalking = false;
}

// A pop-up closes when one of its links is followed. What is to be printed is printed by the browser alone.
function leave(event) {
  if (event.target instanceof Element && event.target.closest('[data-print]') !== null) {
    window.print();
  }
  if (event.target instanceof Element && event.target.closest('a[href]') !== null) {
    event.target.closest('[popover]')?.hidePopover();
  }
}

// The link past the navigation: its address would be read against the base of the console, which is another page.
function skip(event) {
  const link = event.target instanceof Element ? event.target.closest('a[data-skip]') : null;
  if (link !== null) {
    event.preventDefault();
    event.stopPropagation();
    focus(link.hash);
  }
}

// When the last drawer has gone and took the focus with it, the focus returns to what opened it, or to the row that was walked to.
function giveBack(changes) {
  const isGone = node => node instanceof Element && node.matches('[data-entered], :has([data-entered])');
  if (!changes.some(change => [...change.removedNodes].some(isGone)) || document.querySelector('[data-entered]') !== null) {
    return;
  }
  const back = opener?.isConnected && opener.tabIndex >= 0 && !opener.matches(tableRow) ? opener : document.querySelector('tr.cursor');
  opener = null;
  if (document.activeElement === document.body) {
    back?.focus({ preventScroll: true });
  }
}

// A pop-up stands below the button that opens it, or above one at the foot of the window, and inside the window.
function place(event) {
  const popup = event.target;
  const button = document.querySelector(`[popovertarget="${CSS.escape(popup.id)}"]`);
  if (event.newState !== 'open' || button === null) {
    return;
  }
  const edge = button.getBoundingClientRect();
  const isLow = edge.bottom > innerHeight * 0.7;
  const isRight = edge.left > innerWidth * 0.8;
  popup.style.top = isLow ? 'auto' : `${edge.bottom + 4}px`;
  popup.style.bottom = isLow ? `${innerHeight - edge.top + 4}px` : 'auto';
  popup.style.left = isRight ? 'auto' : `${edge.left}px`;
  popup.style.right = isRight ? `${innerWidth - edge.right}px` : 'auto';
  popup.style.maxWidth = isRight ? `${edge.right - 8}px` : `calc(100vw - ${edge.left}px - 8px)`;
  popup.style.maxHeight = isLow ? `${edge.top - 16}px` : `calc(100vh - ${edge.bottom}px - 16px)`;
}

export function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  const secure = location.protocol === 'https:' ? '; secure' : '';
  document.cookie = `postern-theme=${theme}; path=/; max-age=31536000; samesite=lax${secure}`;
}

export function currentTheme() {
  return document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light';
}

// Brings the cursor row into view, and the focus with it unless that is at work elsewhere. The server put the cursor there and is not
// told: by the time it heard of this focus, quick fingers may have led the cursor on, and it would be pulled back.
export function follow(selector) {
  const row = document.querySelector(selector);
  const at = document.activeElement;
  row?.scrollIntoView({ block: 'nearest' });
  isWalking = true;
  if (at === null || at === document.body || at.tabIndex < 0 || at.matches(tableRow)) {
    const hush = event => event.stopImmediatePropagation();
    window.addEventListener('focus', hush, true);
    row?.focus({ preventScroll: true });
    window.removeEventListener('focus', hush, true);
  }
}

// A drawer has opened: its title takes the focus, but for who walks from row to row.
export function enter(selector) {
  const title = document.querySelector(selector);
  const at = document.activeElement ?? document.body;
  title?.closest('aside').setAttribute('data-entered', '');
  if (isWalking && at.matches(tableRow)) {
    return;
  }
  if (at !== document.body && at.closest('.drawer') === null) {
    opener = at;
  }
  title?.focus();
}

export function focus(selector) {
  document.querySelector(selector)?.focus();
}

// Opens a dialog, or closes it; the browser keeps the focus inside and gives it back.
export function dialog(selector) {
  const box = document.querySelector(selector);
  if (box?.open) {
    box.close();
  } else {
    box?.showModal();
  }
}

// Keys of one letter can be switched off in this browser: who speaks instead of typing would set them off (WCAG 2.1.4).
export function letters() {
  return localStorage.getItem(lettersOff) === null;
}

export function setLetters(on) {
  if (on) {
    localStorage.removeItem(lettersOff);
  } else {
    localStorage.setItem(lettersOff, 'yes');
  }
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

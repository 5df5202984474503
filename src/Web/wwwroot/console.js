// The few things a server-rendered page cannot do: keys before the browser acts on them, focus, theme, clipboard.

const field = 'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]';
const pressable = 'button, a[href], input, summary';

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
    if (event.key === 'Escape' && document.querySelector(':popover-open') !== null) {
      return; // the browser closes it
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
  document.addEventListener('click', leave);
  document.addEventListener('beforetoggle', place, true);
  document.documentElement.dataset.keys = 'heard';
  return {
    take: names => { taken = new Set(names); },
    stop: () => {
      document.removeEventListener('keydown', pressed);
      document.removeEventListener('submit', go);
      document.removeEventListener('click', leave);
      document.removeEventListener('beforetoggle', place, true);
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

// A pop-up closes when one of its links is followed.
function leave(event) {
  if (event.target instanceof Element && event.target.closest('a[href]') !== null) {
    event.target.closest('[popover]')?.hidePopover();
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

export function show(selector) {
  document.querySelector(selector)?.scrollIntoView({ block: 'nearest' });
}

export function focus(selector) {
  document.querySelector(selector)?.focus();
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

// The few things a server-rendered page cannot do: keys before the browser acts on them, focus, theme, clipboard.

const field = 'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]';
const pressable = 'button, a[href], input, summary';

// Listens for the keys that the parts of the page have asked for. Single letters count only while no field has the focus.
export function listen(receiver) {
  let taken = new Set();
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
    const name = (event.ctrlKey ? 'Control+' : '') + (event.shiftKey && event.key.length > 1 ? 'Shift+' : '') + (event.key.length === 1 ? event.key.toLowerCase() : event.key);
    if (!taken.has(name)) {
      return;
    }
    event.preventDefault();
    if (name === '/') {
      focus('#trace'); // here and now: letters that follow must not be lost on the way to the server
      return;
    }
    receiver.invokeMethodAsync('Pressed', name);
  }
  document.addEventListener('keydown', pressed);
  document.documentElement.dataset.keys = 'heard';
  return {
    take: names => { taken = new Set(names); },
    stop: () => document.removeEventListener('keydown', pressed),
  };
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

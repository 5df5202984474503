// Runs before the first paint: without a choice of the operator the page follows the system, also when that changes.
(function () {
  var root = document.documentElement;
  var dark = matchMedia('(prefers-color-scheme: dark)');
  function follow() {
    if (!/(^|; )postern-theme=/.test(document.cookie)) {
      root.dataset.theme = dark.matches ? 'dark' : 'light';
    }
  }
  if (!root.dataset.theme) {
    follow();
    dark.addEventListener('change', follow);
  }
})();

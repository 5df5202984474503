// Runs before the first paint: without a choice of the operator the page follows the system.
(function () {
  var root = document.documentElement;
  if (!root.dataset.theme) {
    root.dataset.theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
})();

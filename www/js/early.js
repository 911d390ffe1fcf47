// The one script that runs before the first paint: the user's choice of colors.
(function () {
  try {
    var theme = localStorage.getItem('trainmode.theme');
    if (theme) document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is switched off: the system's colors it is.
  }
})();

// Dark or light by the system, or as chosen.
import { byId } from './html.js';
import { recall, remember } from './state.js';

export function startTheme() {
  const choice = byId('theme');
  choice.value = recall('theme') || '';
  choice.addEventListener('change', () => {
    remember('theme', choice.value);
    if (choice.value) document.documentElement.dataset.theme = choice.value;
    else delete document.documentElement.dataset.theme;
    document.dispatchEvent(new Event('themechange'));
  });
}

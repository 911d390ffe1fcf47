// Messages that belong to no place on the page. They stay until dismissed, or
// (unless they are to `stay`) long enough to be read twice; what went wrong is always said at its place
// too, never only here.
import { byId, html } from './html.js';

export function notice(text, { action, run, stay } = {}) {
  const box = byId('notices');
  const node = html`<div class="notice"><span>${text}</span></div>`;
  const close = () => node.remove();
  if (action) {
    node.append(
      html`<button
        type="button"
        @click=${() => {
          close();
          run();
        }}
      >
        ${action}
      </button>`,
    );
  }
  node.append(
    html`<button
      type="button"
      class="quiet"
      aria-label="Dismiss"
      @click=${close}
    >
      ✕
    </button>`,
  );
  box.append(node);
  while (box.children.length > 3) box.firstElementChild.remove();
  if (!stay) fadeOut(node, action ? 20000 : 9000);
}

// Only for screen readers: what the eye sees anyway.
export function announce(text) {
  byId('live').textContent = text;
}

function fadeOut(node, ms) {
  const later = () => {
    if (!node.isConnected) return;
    if (node.matches(':hover, :focus-within')) setTimeout(later, 2000);
    else node.remove();
  };
  setTimeout(later, ms);
}

// Dialogs: the browser's own, which keep and give back the focus.
import { byId } from './html.js';

export function startDialogs() {
  for (const button of document.querySelectorAll('[data-close]')) {
    button.addEventListener('click', () => button.closest('dialog').close());
  }
}

// A question before something that cannot be undone. Resolves true or false.
export function ask(title, text, yes, no = 'Keep') {
  const dialog = byId('ask');
  byId('ask-title').textContent = title;
  byId('ask-text').textContent = text;
  byId('ask-yes').textContent = yes;
  byId('ask-yes').classList.toggle('danger', no === 'Keep');
  byId('ask-no').textContent = no;
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener(
      'close',
      () => resolve(dialog.returnValue === 'yes'),
      { once: true },
    );
  });
}

// While `work` runs, the form's submit button waits; errors are shown in
// `errorNode`. Resolves to true on success.
export async function tryIn(button, errorNode, work) {
  button.disabled = true;
  errorNode.hidden = true;
  try {
    await work();
    return true;
  } catch (error) {
    errorNode.textContent = error.message;
    errorNode.hidden = false;
    return false;
  } finally {
    button.disabled = false;
  }
}
